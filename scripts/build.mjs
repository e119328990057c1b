/**
 * Bundles the work into ESM files without run-time dependencies, with the licences of what is inside. What is shared, and what is loaded only
 * when it is needed (prompts, the compiler of templates, the MCP server), stands in files of its own.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';
import { notices } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The command line, the API of the package, and the plugin for plop. */
const ENTRIES = { main: 'src/cli/main.ts', 'create-devops-setup': 'src/index.ts', plop: 'src/plop.ts' };

/** What the generated modules hold packed stands in files beside them: as text in a program it would be a third larger. */
const packedApart = {
  name: 'packed data apart',
  setup: ({ onLoad }) =>
    onLoad({ filter: /src[\\/]generated[\\/]\w+\.ts$/ }, ({ path }) => {
      const name = `${basename(path, '.ts')}.br`;
      const text = readFileSync(path, 'utf8');
      const [declaration, packed] = /^const packed = '([^']+)';$/m.exec(text);
      writeFileSync(join(dist, name), Buffer.from(packed, 'base64'));
      const bytes = `readFileSync(new URL('./${name}', import.meta.url))`;
      const code = text.replace(declaration, '').replace("Buffer.from(packed, 'base64')", bytes);
      return { contents: `import { readFileSync } from 'node:fs';\n${code}`, loader: 'ts', resolveDir: dirname(path) };
    }),
};

await generate();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const { metafile } = await build({
  entryPoints: Object.fromEntries(
    Object.entries(ENTRIES)
      .map(([name, path]) => [name, join(root, path)])
      .filter(([, path]) => existsSync(path)),
  ),
  outdir: dist,
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  plugins: [packedApart],
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  legalComments: 'none',
  charset: 'utf8',
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
  // plop is the user's own: an optional peer.
  external: ['plop', 'node-plop'],
  alias: {
    '@inquirer/external-editor': join(root, 'src/io/no-editor.ts'),
    // The same code as modules: what is not used stays out, and nothing is wrapped.
    yaml: createRequire(import.meta.url)
      .resolve('yaml/package.json')
      .replace(/package\.json$/, 'browser/dist/index.js'),
  },
  // Bundled CommonJS packages still ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices(root, metafile));

// What editors complete `.devops/config.yaml` and presets with, for who has the package installed.
const { schemas } = await import(pathToFileURL(join(dist, 'create-devops-setup.js')).href);
for (const [name, text] of Object.entries(schemas()))
  writeFileSync(join(dist, name), `${JSON.stringify(JSON.parse(text))}\n`);
