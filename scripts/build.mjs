/** Bundles everything into one ESM file without run-time dependencies, with the licences of what is inside. */
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
const result = await build({
  entryPoints: [join(root, 'src/index.ts')],
  outfile: join(root, 'dist/create-devops-setup.js'),
  bundle: true,
  minify: true,
  keepNames: false,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  legalComments: 'none',
  metafile: true,
  alias: { '@inquirer/external-editor': join(root, 'src/io/no-editor.ts') },
  define: { __VERSION__: JSON.stringify(version) },
  // Bundled CommonJS packages still ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
writeFileSync(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), notices(root, result.metafile));
