/** Projects that earlier releases set up, brought to today's version: `test/fixtures/frozen/README.md`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { versionOf } from '../../src/core/migrations/index.ts';
import { bytesOf, cli, type Ran, ROOT, removeFolders } from '../helpers/cli.ts';
import { buildRelease, removeReleases } from '../helpers/releases.ts';
import { prepare } from '../helpers/snapshot.ts';

/** What people did, by project: texts that have to be in a file, files that have to stay away. */
const PROJECTS: Readonly<
  Record<string, Readonly<{ kept: Readonly<Record<string, readonly string[]>>; deleted: readonly string[] }>>
> = {
  '1/orders': {
    kept: {
      '.github/workflows/ci.yml': ['# Ours: the schema of the orders topic', '- name: Compare the event schema'],
      Dockerfile: ['# Ours: the log collector reads this.', 'ENV LOG_LEVEL=info'],
      'package.json': ['"dev": "node --watch src/server.js"', '"engines": { "node": ">=22" }'],
      'compose.yaml': ['memory: 1G'],
      '.devops/config.yaml': [
        '# Ask #platform before you change the strategy.',
        '# no stacks: another team has them',
        '# not yet',
        '# The contract is tested by its readers.',
        '# was #orders-alerts',
        '# Ours: 1 GiB is what the load test needs.',
        "channel: '#orders'",
      ],
    },
    deleted: ['.dockerignore'],
  },
};

afterAll(() => {
  removeFolders();
  removeReleases();
});

const FROZEN = join(ROOT, 'test/fixtures/frozen');
const found = readdirSync(FROZEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(FROZEN, name)).map((project) => `${name}/${project}`));

/** Everything but what undo needs. */
const tree = (folder: string) =>
  new Map(
    [...bytesOf(folder)].filter(([path]) => !path.startsWith('.devops/tx') && path !== '.' && path !== '.devops'),
  );

function heldIn(folder: string, name: string): void {
  const { kept, deleted } = PROJECTS[name] ?? { kept: {}, deleted: [] };
  for (const [path, texts] of Object.entries(kept))
    for (const text of texts) expect(readFileSync(join(folder, path), 'utf8'), `${path}: ${text}`).toContain(text);
  for (const path of deleted) expect(existsSync(join(folder, path)), path).toBe(false);
  for (const [path] of tree(folder)) if (/\.(ya?ml|json)$/.test(path)) parse(readFileSync(join(folder, path), 'utf8'));
}

/** `update`, and once more, which finds nothing to do. 1: it left conflicts, which are there again. */
function updated(folder: string, run: (...args: string[]) => Ran): Ran {
  const first = run('update', '--yes', '--json');
  expect(first.stderr).not.toContain('error');
  expect([0, 1]).toContain(first.code);
  const { conflicts } = JSON.parse(first.stdout);
  expect(conflicts.length > 0).toBe(first.code === 1);
  const after = tree(folder);
  const second = run('update', '--yes', '--json');
  expect(second.code).toBe(first.code);
  expect(JSON.parse(second.stdout).written).toBe(false);
  expect(tree(folder)).toEqual(after);
  return first;
}

describe('a project of an earlier release', () => {
  it('is described for each one that is there', () => {
    expect(Object.keys(PROJECTS).sort()).toEqual(found.sort());
    const versions = new Set(found.map((name) => Number(name.split('/')[0])));
    for (let version = 1; version <= versionOf(); version++) expect(versions).toContain(version);
  });

  it.each(found)('%s keeps what people did, and is done after one update', (name) => {
    const folder = prepare(`frozen/${name}`);
    const before = tree(folder);
    updated(folder, (...args) => cli(folder, args));
    heldIn(folder, name);
    expect(parse(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).version).toBe(versionOf());
    const wrote = cli(folder, ['undo', '--yes']).code === 0;
    if (wrote) expect(tree(folder)).toEqual(before);
  });
});

describe('the next version of the configuration', () => {
  const LIST = 'export const MIGRATIONS: readonly Migration[] = [];';
  const migration = (from: number, title: string, steps: string) =>
    `{ from: ${from}, to: ${from + 1}, title: '${title}', steps: [${steps}] },`;
  const two = migration(1, 'coverage is of lines', "{ rename: 'delivery.coverage', to: 'lines' }");
  const three = migration(2, 'people are told in one place', "{ move: 'observability.chat', to: 'people.chat' }");

  it('comes in order with the update that brings it, keeps every comment, and is taken back with it', () => {
    const program = buildRelease([
      {
        version: '9.0.0',
        changes: [
          { file: 'src/core/migrations/index.ts', from: LIST, to: LIST.replace('[];', `[${two}${three}];`) },
          { file: 'src/core/questions/delivery.ts', from: "'delivery.coverage'", to: "'delivery.lines'" },
          { file: 'src/core/questions/operations.ts', from: "'observability.chat.", to: "'people.chat." },
          { file: 'src/core/personas.ts', from: 'coverage: 80', to: 'lines: 80' },
          {
            file: 'templates/docker/Dockerfile.ejs',
            from: 'STOPSIGNAL SIGTERM',
            to: 'LABEL frozen=no\nSTOPSIGNAL SIGTERM',
          },
        ],
      },
    ]);
    const folder = prepare('frozen/1/orders');
    const path = join(folder, '.devops/config.yaml');
    const old = readFileSync(path, 'utf8');
    const before = tree(folder);
    const later = (...args: string[]): Ran => {
      const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
      const ran = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', env, input: '' });
      return { code: ran.status, signal: ran.signal, stdout: ran.stdout, stderr: ran.stderr };
    };
    updated(folder, later);
    heldIn(folder, '1/orders');
    const text = readFileSync(path, 'utf8');
    const { delivery, ...rest } = parse(old);
    const { coverage, ...other } = delivery;
    const { chat, ...observability } = rest.observability;
    expect(Object.keys(observability)).toEqual([]);
    const { observability: _, ...left } = rest;
    expect(parse(text)).toEqual({ ...left, version: 3, delivery: { ...other, lines: coverage }, people: { chat } });
    for (const [comment] of old.matchAll(/# .*$/gm)) expect(text).toContain(comment);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toContain('LABEL frozen=no');

    // This release does not understand it, says so, and touches nothing.
    const newer = tree(folder);
    const refused = cli(folder, ['update', '--yes']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'this release reads versions up to 1, the file says 3. Use the release that wrote the file',
    );
    expect(tree(folder)).toEqual(newer);

    expect(later('undo', '--yes').code).toBe(0);
    expect(tree(folder)).toEqual(before);
    // And from the middle of the way it goes on.
    writeFileSync(path, old.replace('version: 1', 'version: 2').replace('coverage:', 'lines:'));
    updated(folder, later);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }, 240_000);
});
