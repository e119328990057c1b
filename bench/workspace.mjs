/** A workspace of any number of small Express services, as a company's repository would hold them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** Writes npm workspaces with `count` services below `folder`. */
export function writeWorkspace(folder, count) {
  const names = Array.from({ length: count }, (_, index) => `s${String(index + 1).padStart(4, '0')}`);
  const git = join(folder, '.git');
  mkdirSync(join(git, 'refs/remotes/origin'), { recursive: true });
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(git, 'refs/remotes/origin/HEAD'), 'ref: refs/remotes/origin/main\n');
  writeFileSync(join(git, 'config'), '[remote "origin"]\n\turl = https://github.com/acme/fleet.git\n');
  writeFileSync(
    join(folder, 'package.json'),
    json({ name: 'fleet', private: true, workspaces: ['services/*'], engines: { node: '22' } }),
  );
  writeFileSync(
    join(folder, 'package-lock.json'),
    json({
      name: 'fleet',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'fleet', workspaces: ['services/*'] },
        'node_modules/express': { version: '5.1.0' },
        'node_modules/typescript': { version: '5.9.3', dev: true },
        ...Object.fromEntries(names.map((name) => [`services/${name}`, { name: `@acme/${name}`, version: '1.0.0' }])),
      },
    }),
  );
  names.forEach((name, index) => {
    writeService(join(folder, 'services', name), name, 3000 + index);
  });
}

function writeService(folder, name, port) {
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    json({
      name: `@acme/${name}`,
      version: '1.0.0',
      private: true,
      type: 'module',
      scripts: { build: 'tsc -p tsconfig.json', start: 'node dist/server.js', test: 'node --test dist' },
      dependencies: { express: '^5.1.0' },
      devDependencies: { typescript: '^5.9.3' },
    }),
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    json({
      compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, rootDir: 'src', outDir: 'dist' },
      include: ['src'],
    }),
  );
  writeFileSync(
    join(folder, 'src/server.ts'),
    [
      "import express from 'express';",
      '',
      'const app = express();',
      "app.get('/healthz', (_request, response) => response.json({ status: 'ok' }));",
      `const server = app.listen(Number(process.env.PORT ?? ${port}));`,
      "process.on('SIGTERM', () => server.close());",
      '',
    ].join('\n'),
  );
}
