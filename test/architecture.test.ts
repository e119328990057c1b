/** Reads the import lines and holds the directions of the house. A wrong import fails here, with the file that has it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

type Source = Readonly<{ path: string; text: string; imports: readonly string[] }>;

/** The room of a file: the longest prefix that names one. */
const ROOMS = [
  'src/model',
  'src/errors.ts',
  'src/define.ts',
  'src/tool.ts',
  'src/core',
  'src/standards',
  'src/pipeline.ts',
  'src/io',
  'src/mcp',
  'src/cli',
  'src/generated',
  'src/api',
  'src/index.ts',
  'src/plop.ts',
  'generators',
] as const;
type Room = (typeof ROOMS)[number];

/** room → rooms that it may import. Types of another room count as well: a type is a dependency too. */
const MAY: Readonly<Record<Room, readonly Room[]>> = {
  'src/model': [],
  'src/errors.ts': [],
  'src/define.ts': ['src/model'],
  'src/tool.ts': [],
  'src/core': ['src/model', 'src/errors.ts', 'src/define.ts'],
  'src/standards': ['src/model', 'src/errors.ts', 'src/define.ts'],
  'src/pipeline.ts': ['src/model', 'src/errors.ts', 'src/define.ts', 'src/core', 'src/standards'],
  'src/io': ['src/model', 'src/errors.ts', 'src/define.ts', 'src/core'],
  // The protocol and its tools; what they do is handed in by the command.
  'src/mcp': [],
  'src/cli': [
    'src/mcp',
    'src/model',
    'src/errors.ts',
    'src/define.ts',
    'src/core',
    'src/standards',
    'src/pipeline.ts',
    'src/io',
    'src/tool.ts',
    'src/api',
    'generators',
  ],
  // Where the parts come together: the ports of a project, our generators and templates, and those of the project.
  'src/api': [
    'src/model',
    'src/errors.ts',
    'src/define.ts',
    'src/core',
    'src/standards',
    'src/pipeline.ts',
    'src/io',
    'src/tool.ts',
    'src/generated',
    'generators',
  ],
  'src/generated': ['src/core', 'src/standards'],
  'src/index.ts': ['src/model', 'src/errors.ts', 'src/define.ts', 'src/io', 'src/api'],
  'src/plop.ts': ['src/cli', 'generators'],
  generators: ['src/model', 'src/define.ts'],
};

const sources = ['src', 'generators'].flatMap((folder) => walk(join(root, folder)));

describe('the rooms', () => {
  it('has every source file in a room', () => {
    expect(sources.filter(({ path }) => roomOf(path) === null).map(({ path }) => path)).toEqual([]);
  });

  it('imports in one direction', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const from = roomOf(path);
      return imports
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(root, resolve(root, dirname(path), target)))
        .filter((target) => {
          const to = roomOf(target);
          return from !== null && to !== from && (to === null || !MAY[from].includes(to));
        })
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ["nothing imports plop, which is the user's own", /^(node-)?plop$/, /^$/],
    ['nothing but core/render imports ejs', /^ejs$/, /^src\/core\/render\//],
    ['nothing but io/prompt imports inquirer', /^inquirer$/, /^src\/io\/prompt\.ts$/],
    ['nothing but io and the command line imports node:fs', /^node:fs/, /^src\/(io|cli)\//],
    [
      'nothing but io/tools, io/presets-run and io/editor runs a program',
      /^node:child_process$/,
      /^src\/io\/(tools|presets-run|editor)\.ts$/,
    ],
  ])('%s', (_, what, where) => {
    const wrong = sources.filter(({ path, imports }) => !where.test(path) && imports.some((name) => what.test(name)));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('lets only io and the command line touch the process, and nobody exit', () => {
    const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'[^'\n]*'|`[^`]*`/g, "''");
    const touching = sources.filter(
      ({ path, text }) => !/^src\/(io|cli)\//.test(path) && /\bprocess\.\w/.test(code(text)),
    );
    const exiting = sources.filter(({ text }) => /\bprocess\.exit\(/.test(code(text)));
    const printing = sources.filter(({ text }) => /\bconsole\.\w/.test(code(text)));
    expect([...touching, ...exiting, ...printing].map(({ path }) => path)).toEqual([]);
  });

  it('keeps files small', () => {
    const long = sources.filter(({ path, text }) => !path.startsWith('src/generated') && text.split('\n').length > 320);
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length} lines`)).toEqual([]);
  });
});

function roomOf(path: string): Room | null {
  if (path === 'src/model.ts') return 'src/model';
  if (path.startsWith('src/define/')) return 'src/define.ts';
  if (path === 'src/ejs.d.ts') return 'src/core';
  return ROOMS.find((room) => path === room || path.startsWith(`${room}/`)) ?? null;
}

function walk(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    if (!entry.name.endsWith('.ts')) return [];
    const text = readFileSync(path, 'utf8');
    // Programs that we write for others (a template literal with lines of its own) are no imports of ours.
    const imports = [
      ...text
        .replace(/`[^`]*\n[^`]*`/g, '``')
        .matchAll(/(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/g),
    ].map((found) => found[1] ?? found[2] ?? '');
    return [{ path: relative(root, path), text, imports }];
  });
}
