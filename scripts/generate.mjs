/**
 * Compiles what would be slow to parse at run time: templates, pins and the standards' catalogue become modules in `src/generated`.
 * Run by every build; the folder is never committed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
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
  const still = {};
  const texts = [];
  const entries = names.map((name) => {
    const source = readFileSync(join(dir, name), 'utf8');
    const compiled = compileTemplate(name, source);
    if (!isStill(source)) return `${JSON.stringify(name)}: ${withoutTexts(compiled, texts)}`;
    still[name] = piecesOf(compiled);
    return `${JSON.stringify(name)}: still(${JSON.stringify(name)})`;
  });
  return [
    '// @ts-nocheck',
    "import { brotliDecompressSync } from 'node:zlib';",
    "import type { Templates } from '../core/render/render.ts';",
    `const packed = '${brotliCompressSync(JSON.stringify({ still, texts })).toString('base64')}';`,
    'let unpacked = null;',
    'const opened = () => {',
    "  unpacked ??= JSON.parse(brotliDecompressSync(Buffer.from(packed, 'base64')).toString('utf8'));",
    '  return unpacked;',
    '};',
    'const __text = (index) => opened().texts[index];',
    'const still = (name) => (_it, _escape, mark) => {',
    '  const output = [];',
    "  for (const piece of opened().still[name]) if (typeof piece === 'string') output.push(piece); else mark(piece.standards, output);",
    "  return output.join('');",
    '};',
    `export const templates: Templates = {\n${entries.join(',\n')}\n};`,
  ].join('\n');
}

/** True for a template that prints the same in every project: it has marks of standards at most. */
function isStill(source) {
  return !source.replace(/<%#[\s\S]*?%>/g, '').includes('<%');
}

/** The longer texts of a template go to one list that is packed; what is left is the code between them. */
function withoutTexts(compiled, texts) {
  return withoutIdleLines(compiled).replace(/__append\(("(?:[^"\\]|\\.)*")\)/g, (whole, literal) => {
    if (literal.length < 10) return whole;
    return `__append(__text(${texts.push(JSON.parse(literal)) - 1}))`;
  });
}

/** The line is for the message when something fails: texts and ends of blocks never do, and behind the last of them nobody asks for it. */
function withoutIdleLines(compiled) {
  return compiled.replace(
    /^ *; __line = \d+\n(?=(?: *; __append\("(?:[^"\\]|\\.)*"\)\n| *; *\} *(?:else \{ *)?\n)*(?: *; __line = \d+\n|.*catch))/gm,
    '',
  );
}

/** What such a template prints: text, and between it the standards of the line. Packed together they are a fifth of their size. */
function piecesOf(compiled) {
  const pieces = [];
  let printed = 0;
  const add = (text) => {
    if (text.length > 0) pieces.push(text);
    printed += text.length;
  };
  const template = new Function(`return ${compiled}`)();
  const mark = (standards, output) => {
    add(output.join('').slice(printed));
    pieces.push({ standards });
  };
  // Words of the text that are named like a helper are asked for; nobody calls them.
  const whole = template({}, String, mark, null, {});
  add(whole.slice(printed));
  return pieces;
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

/** Pins live in files that update bots understand: a composite action, a Dockerfile, a package.json with its lock file. */
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
    "import { brotliDecompressSync } from 'node:zlib';",
    `export const actions: Readonly<Record<string, { sha: string; tag: string }>> = ${JSON.stringify(actions)};`,
    `export const images: Readonly<Record<string, string>> = ${JSON.stringify(images)};`,
    `export const tools: Readonly<Record<string, string>> = ${JSON.stringify(tools)};`,
    `const packed = '${brotliCompressSync(JSON.stringify(npmProjects())).toString('base64')}';`,
    'export function npmProjects(): Readonly<Record<string, { manifest: string; lock: string }>> {',
    "  return JSON.parse(brotliDecompressSync(Buffer.from(packed, 'base64')).toString('utf8'));",
    '}',
  ].join('\n');
}

/** Every folder of the pins that has a lock file. Packed together they are a sixth of their size, as most packages are in each of them. */
function npmProjects() {
  const pins = join(root, 'templates/_pins');
  const compact = (path) => JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  const projects = {};
  for (const folder of readdirSync(pins).sort()) {
    const lock = join(pins, folder, 'package-lock.json');
    if (!existsSync(lock)) continue;
    projects[folder] = { manifest: compact(join(pins, folder, 'package.json')), lock: compact(lock) };
  }
  return projects;
}

/** Packed, the standards are a fifth of their size, and read as fast. */
function catalogModule() {
  const standards = parse(readFileSync(join(root, 'src/standards/catalog.yaml'), 'utf8'));
  return [
    "import { brotliDecompressSync } from 'node:zlib';",
    "import type { Standard } from '../standards/standard.ts';",
    `const packed = '${brotliCompressSync(JSON.stringify(standards)).toString('base64')}';`,
    "const text = brotliDecompressSync(Buffer.from(packed, 'base64')).toString('utf8');",
    'export const catalog: readonly Standard[] = JSON.parse(text);',
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
