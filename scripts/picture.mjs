/**
 * Records real sessions of the built command line in a real terminal and draws their last screens: docs/first-contact.svg, and
 * docs/conflict.svg, an update by a later release that meets an edit. docs/conflict.cast has the second as it ran (`asciinema play`).
 * Run it after `npm run build`: `node scripts/picture.mjs`. What the tool printed is drawn as it was printed, times included.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildLater } from './later-release.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const COLUMNS = 92;
const CELL = { width: 8.43, height: 20 };
const MARGIN = { left: 22, top: 62, right: 22, bottom: 22 };
const FONT =
  "ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace";
const COLOURS = {
  window: '#0d1117',
  bar: '#161b22',
  edge: '#3d444d',
  text: '#e6edf3',
  dim: '#8b949e',
  bold: '#ffffff',
  31: '#ff7b72',
  32: '#56d364',
  33: '#e3b341',
  34: '#79c0ff',
  36: '#76e3ea',
  90: '#8b949e',
};

/** What the later release of the second picture changes. */
const NEWS = [
  ['generators/shared/alerts/availability.ts', "for: '2m'", "for: '3m'"],
  ['templates/docker/Dockerfile.ejs', 'The same numeric user everywhere', 'The same numeric user on every machine'],
  ['templates/ci-github/.github/workflows/ci.yml.ejs', 'retention-days: 7', 'retention-days: 14'],
];

const folder = mkdtempSync(join(tmpdir(), 'create-devops-setup-picture-'));
try {
  const { converse, screenOf, KEYS } = await helpers();
  const { enter } = KEYS;
  const session = async (bin, args, steps) => {
    const command = [process.execPath, bin, ...args];
    const { code, raw, missed, chunks } = await converse(command, { cwd: project, columns: COLUMNS, steps });
    if (code !== 0 || missed.length > 0) throw new Error(`The session went another way (exit ${code}):\n${raw}`);
    return { lines: screenOf(raw, COLUMNS), chunks };
  };
  const project = clone();
  const bin = join(root, 'bin/create-devops-setup.js');
  const first = await session(
    bin,
    [],
    [
      { see: '? Whose standards?', type: enter },
      { see: '? What shall I set up?', type: enter },
      { see: '? In which AWS region?', type: enter },
      { see: '? Who is paged?', type: enter },
      { see: '? Where do warnings go?', type: enter },
      { see: '? Write it?', type: enter },
    ],
  );
  mkdirSync(join(root, 'docs'), { recursive: true });
  const title = 'The first run of create-devops-setup in a project';
  writeFileSync(join(root, 'docs/first-contact.svg'), draw(title, [prompt('npx create-devops-setup'), ...first.lines]));

  edit(project, 'monitoring/prometheus/rules/availability.yml', 'for: 2m', 'for: 1m');
  edit(
    project,
    '.github/workflows/ci.yml',
    '      - name: Unit tests\n',
    '      - name: Seed database\n        run: npm run seed\n      - name: Unit tests\n',
  );
  const later = buildLater(join(folder, 'later'), '0.2.0', NEWS);
  const update = await session(
    later,
    ['update'],
    [
      { see: '? Which one?', type: enter },
      { see: '? Write it?', type: enter },
    ],
  );
  const command = 'npx create-devops-setup@0.2.0 update';
  writeFileSync(
    join(root, 'docs/conflict.svg'),
    draw('An update that asks about one place', [prompt(command), ...update.lines]),
  );
  writeFileSync(join(root, 'docs/conflict.cast'), cast(command, update.chunks));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function edit(project, path, from, to) {
  const text = readFileSync(join(project, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  writeFileSync(join(project, path), text.replace(from, to));
}

/** The session as asciinema plays it: a head, then one line for each piece that came out, with its second. Breaks of a person who reads are put in. */
function cast(command, chunks) {
  const head = { version: 2, width: COLUMNS, height: 40, title: command, env: { TERM: 'xterm-256color' } };
  const typed = [[0.5, `\u001b[32m$\u001b[0m ${command}\r\n`]];
  let pause = 1;
  let before = 0;
  const events = chunks.map(({ at, text }) => {
    // Between a question and its answer a person reads.
    if (at - before > 0.05 && before > 0) pause += 2;
    before = at;
    return [at + pause, text];
  });
  return [head, ...[...typed, ...events].map(([at, text]) => [Number(at.toFixed(3)), 'o', text])]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

/** The terminal and the screen are those of the tests; they are TypeScript, so they are bundled on the fly. */
async function helpers() {
  const outfile = join(folder, 'helpers.mjs');
  const contents = "export * from './pty.ts'; export * from './screen.ts';";
  const stdin = { contents, resolveDir: join(root, 'test/helpers'), loader: 'ts' };
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  return import(pathToFileURL(outfile).href);
}

/** A fixture as a clone of acme/orders. */
function clone() {
  const project = join(folder, 'orders');
  cpSync(join(root, 'test/fixtures/express-postgres'), project, { recursive: true });
  mkdirSync(join(project, '.git/refs/remotes/origin'), { recursive: true });
  writeFileSync(join(project, '.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(project, '.git/refs/remotes/origin/HEAD'), 'ref: refs/remotes/origin/main\n');
  writeFileSync(join(project, '.git/config'), '[remote "origin"]\n\turl = https://github.com/acme/orders.git\n');
  return project;
}

function prompt(command) {
  const look = { bold: false, dim: false, underline: false, colour: null };
  const cells = (text, style) => [...text].map((character) => ({ character, look: { ...look, ...style } }));
  return [...cells('$', { colour: 32 }), ...cells(` ${command}`, { bold: true })];
}

function draw(title, lines) {
  const width = Math.ceil(MARGIN.left + COLUMNS * CELL.width + MARGIN.right);
  const height = Math.ceil(MARGIN.top + lines.length * CELL.height + MARGIN.bottom);
  const text = lines.map((cells) => cells.map(({ character }) => character).join('')).join('\n');
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${24 + index * 20}" cy="20" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${xml(title)}</title>`,
    `<desc id="desc">${xml(text)}</desc>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${COLOURS.window}" stroke="${COLOURS.edge}"/>`,
    `<path d="M1 40V11A10 10 0 0 1 11 1H${width - 11}A10 10 0 0 1 ${width - 1} 11V40Z" fill="${COLOURS.bar}"/>`,
    `<path d="M1 40.5H${width - 1}" stroke="${COLOURS.edge}"/>`,
    ...dots,
    `<g font-family="${FONT}" font-size="14" fill="${COLOURS.text}" xml:space="preserve">`,
    `<text x="${width / 2}" y="25" text-anchor="middle" font-size="13" fill="${COLOURS.dim}">orders</text>`,
    ...lines.flatMap((cells, row) => words(cells).map((word) => wordElement(word, row))),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Pieces of one look without gaps: each is put at its own column, so that columns stand upright in any font. */
function words(cells) {
  const found = [];
  let current = null;
  cells.forEach(({ character, look }, column) => {
    const gap = character === ' ' && (cells[column + 1]?.character ?? ' ') === ' ';
    const key = JSON.stringify(look);
    if (current && (gap || current.key !== key)) current = null;
    if (gap || (character === ' ' && !current)) return;
    if (!current) {
      current = { key, look, column, text: '' };
      found.push(current);
    }
    current.text += character;
  });
  return found.map((word) => ({ ...word, text: word.text.trimEnd() }));
}

function wordElement({ look, column, text }, row) {
  const x = (MARGIN.left + column * CELL.width).toFixed(1);
  const y = MARGIN.top + row * CELL.height + 4;
  const fill = look.colour !== null ? COLOURS[look.colour] : look.dim ? COLOURS.dim : look.bold ? COLOURS.bold : null;
  if (fill === undefined) throw new Error(`there is no colour for ${look.colour}`);
  const style = [
    fill ? ` fill="${fill}"` : '',
    look.bold ? ' font-weight="600"' : '',
    look.underline ? ' text-decoration="underline"' : '',
  ];
  return `<text x="${x}" y="${y}"${style.join('')}>${xml(text)}</text>`;
}

function xml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
