/**
 * Compiles what would be slow to parse at run time: templates, pins and the standards' catalogue become modules in `src/generated`.
 * Run by every build; the folder is never committed.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'src/generated');

export async function generate() {
  mkdirSync(out, { recursive: true });
  write('templates.ts', await templatesModule());
  write('pins.ts', pinsModule());
  write('catalog.ts', catalogModule());
}

async function templatesModule() {
  const compileTemplate = await loadCompiler();
  const dir = join(root, 'templates');
  const names = walk(dir).filter((name) => name.endsWith('.ejs'));
  const entries = names.map((name) => {
    const source = readFileSync(join(dir, name), 'utf8');
    return `${JSON.stringify(name)}: ${compileTemplate(name, source)}`;
  });
  return [
    '// @ts-nocheck',
    "import type { Templates } from '../core/render/render.ts';",
    `export const templates: Templates = {\n${entries.join(',\n')}\n};`,
  ].join('\n');
}

/** The compiler is TypeScript; it is bundled on the fly so that plain Node can run it. */
async function loadCompiler() {
  const outfile = join(tmpdir(), `create-devops-setup-compile-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, 'src/core/render/compile.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  try {
    return (await import(pathToFileURL(outfile).href)).compileTemplate;
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Pins live in files that update bots understand: a composite action, a Dockerfile, a package.json. */
function pinsModule() {
  const read = (name) => readFileSync(join(root, 'templates/_pins', name), 'utf8');
  const actions = {};
  for (const [, name, sha, tag] of read('action.yml').matchAll(/uses: (\S+)@([0-9a-f]{40}) # (v\S+)/g)) {
    actions[name] = { sha, tag };
  }
  const images = {};
  for (const [, tag, digest] of read('Dockerfile').matchAll(/^FROM (\S+)@(sha256:[0-9a-f]{64})/gm))
    images[tag] = digest;
  const tools = JSON.parse(read('package.json')).devDependencies;
  return [
    `export const actions: Readonly<Record<string, { sha: string; tag: string }>> = ${JSON.stringify(actions)};`,
    `export const images: Readonly<Record<string, string>> = ${JSON.stringify(images)};`,
    `export const tools: Readonly<Record<string, string>> = ${JSON.stringify(tools)};`,
  ].join('\n');
}

function catalogModule() {
  const standards = parse(readFileSync(join(root, 'src/standards/catalog.yaml'), 'utf8'));
  return [
    "import type { Standard } from '../standards/standard.ts';",
    `export const catalog: readonly Standard[] = ${JSON.stringify(standards)};`,
  ].join('\n');
}

function walk(dir, base = dir) {
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? walk(join(dir, entry.name), base) : [join(dir, entry.name)]))
    .map((path) => (path.startsWith(base) ? relative(base, path).replaceAll('\\', '/') : path))
    .sort();
}

function write(name, text) {
  const path = join(out, name);
  const next = `${text}\n`;
  let before = null;
  try {
    before = readFileSync(path, 'utf8');
  } catch {}
  if (before !== next) writeFileSync(path, next);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
