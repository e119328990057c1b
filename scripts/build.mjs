/** Bundles the work into one ESM file without run-time dependencies, with the licences of what is inside, and the small part in front of it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';
import { notices } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

await generate();
rmSync(join(root, 'dist'), { recursive: true, force: true });
const common = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  legalComments: 'none',
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
};

// The small part answers --version, --help and wrong flags; a whole bundle would take twice as long to read as Node to start.
await build({
  ...common,
  entryPoints: [join(root, 'src/cli/main.ts')],
  outfile: join(root, 'dist/main.js'),
  plugins: [
    {
      name: 'the work is the other bundle',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/run\.ts$/ }, () => ({ path: './create-devops-setup.js', external: true })),
    },
  ],
});

const { metafile } = await build({
  ...common,
  entryPoints: [join(root, 'src/index.ts')],
  outfile: join(root, 'dist/create-devops-setup.js'),
  metafile: true,
  alias: { '@inquirer/external-editor': join(root, 'src/io/no-editor.ts') },
  // Bundled CommonJS packages still ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
writeFileSync(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), notices(root, metafile));
