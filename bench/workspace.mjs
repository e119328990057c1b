/**
 * A workspace of any number of small Express services, as a company's repository would hold them. With pnpm: npm wants the manifest of every
 * member in every image, so that there what is written grows with the square of the services.
 */
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
    json({ name: 'fleet', private: true, packageManager: 'pnpm@10.34.9', engines: { node: '22' } }),
  );
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'packages:\n  - services/*\n');
  writeFileSync(join(folder, 'pnpm-lock.yaml'), lockOf(names));
  names.forEach((name, index) => {
    writeService(join(folder, 'services', name), name, 3000 + index);
  });
}

/** As pnpm writes it, with made-up integrity. */
function lockOf(names) {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  const importer = (name) => [
    `  services/${name}:`,
    '    dependencies:',
    '      express:',
    '        specifier: ^5.1.0',
    '        version: 5.1.0',
    '    devDependencies:',
    '      typescript:',
    '        specifier: ^5.9.3',
    '        version: 5.9.3',
    '',
  ];
  return [
    "lockfileVersion: '9.0'",
    '',
    'importers:',
    '',
    '  .: {}',
    '',
    ...names.flatMap(importer),
    'packages:',
    '',
    ...['express@5.1.0', 'typescript@5.9.3'].flatMap((id) => [
      `  ${id}:`,
      `    resolution: {integrity: ${integrity}}`,
      '',
    ]),
    'snapshots:',
    '',
    ...['express@5.1.0', 'typescript@5.9.3'].flatMap((id) => [`  ${id}: {}`, '']),
  ].join('\n');
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
