/**
 * What programs read: every command's output against its published schema, with no field that the schema does not name; sorted, without
 * times and absolute paths, the same twice. And the two halves of a reviewed change: plan --json, apply --plan.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/args.ts';
import { bytesOf, emptyFolder, project, ROOT, type RunOptions, removeFolders, cli as run } from '../helpers/cli.ts';
import { rewritePast } from '../helpers/past.ts';

afterAll(removeFolders, 60_000);

const state = emptyFolder();
const cli = (folder: string, args: readonly string[], options: RunOptions = {}) =>
  run(folder, args, { ...options, env: { XDG_STATE_HOME: state } });
const RULES = 'monitoring/prometheus/rules/availability.yml';
const edit = (folder: string, path: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'utf8')));

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Published schemas let unknown fields through, as readers have to; here a field that nobody described is a mistake. */
function strict(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

const FOLDER = join(ROOT, 'docs/schemas');
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
for (const file of readdirSync(FOLDER))
  ajv.addSchema(strict(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))) as object);

function expectSchema(name: string, data: unknown): void {
  const validate = ajv.getSchema(name) as ValidateFunction;
  expect(validate, name).toBeDefined();
  validate(data);
  expect(validate.errors ?? [], JSON.stringify(data).slice(0, 2000)).toEqual([]);
}

const isSorted = (value: Json): boolean => {
  if (Array.isArray(value)) return value.every(isSorted);
  if (typeof value !== 'object' || value === null) return true;
  const keys = Object.keys(value);
  return (
    keys.every((key, index) => index === 0 || (keys[index - 1] as string) < key) && Object.values(value).every(isSorted)
  );
};

/** Runs a command, checks its output, and gives it back. */
function json(folder: string, args: readonly string[], code: number): Record<string, unknown> {
  const result = cli(folder, [...args, '--json']);
  expect(result.code, result.stderr).toBe(code);
  const data = JSON.parse(result.stdout) as Record<string, Json>;
  const command = args[0] ?? '';
  expect(data).toMatchObject({ schema: 1, command });
  expectSchema(`${command}.schema.json`, data);
  expect(isSorted(data)).toBe(true);
  expect(result.stdout).not.toContain(folder);
  expect(result.stdout).not.toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d/);
  expect(result.stdout.endsWith('}\n')).toBe(true);
  return data;
}

/** Written by an older release, edited in the same place, with a file that is gone. */
function contested(): string {
  const folder = project({ setUp: true });
  rewritePast(folder, {
    [RULES]: (text) => text.replace(/\bfor: \S+/, 'for: 7m'),
    Dockerfile: (text) => text.replace('\n', '\n# said by the older release\n'),
  });
  edit(folder, RULES, (text) => text.replace('for: 7m', 'for: 9m'));
  return folder;
}

describe('every command with --json', () => {
  it('reads', () => {
    for (const folder of [project(), contested()]) {
      json(folder, ['facts'], 0);
      json(folder, ['list'], 0);
      expect([0, 1]).toContain(cli(folder, ['doctor', '--json']).code);
      expectSchema('doctor.schema.json', JSON.parse(cli(folder, ['doctor', '--json']).stdout));
      json(folder, ['plan'], 1);
      json(folder, ['diff'], 1);
    }
    const folder = contested();
    json(folder, ['diff', 'Dockerfile'], 1);
    json(folder, ['explain', 'CI-003'], 0);
    json(folder, ['config', 'explain', 'delivery.strategy'], 0);
    json(folder, ['config', 'explain', 'persona'], 0);
    json(folder, ['explain', '.github/workflows/ci.yml'], 0);
    json(folder, ['explain', '.github/workflows/ci.yml:30'], 0);
    const verified = cli(folder, ['verify', '--json']);
    expectSchema('verify.schema.json', JSON.parse(verified.stdout));
  });

  it('writes, and takes back', () => {
    const folder = project();
    expect(json(folder, ['init', '--yes', '--dry-run'], 1)).toMatchObject({ written: false, dryRun: true });
    expect(json(folder, ['init', '--yes'], 0)).toMatchObject({ written: true, dryRun: false });
    expect(json(folder, ['init', '--yes'], 0)).toMatchObject({ written: false });
    expect(json(folder, ['unmanage', 'docs/configuration.md'], 0)).toMatchObject({ path: 'docs/configuration.md' });
    json(folder, ['adopt', 'docs/configuration.md'], 0);
    edit(folder, 'Dockerfile', (text) => `${text}# mine\n`);
    json(folder, ['restore', 'Dockerfile'], 0);
    json(folder, ['remove', 'alertmanager'], 0);
    json(folder, ['add', 'alertmanager'], 0);
    expect(json(folder, ['undo', '--yes'], 0)).toMatchObject({ undone: true, write: { label: 'add' } });
    expect(json(folder, ['remove', '--all', '--yes'], 0)).toMatchObject({ written: true });
    expect(json(folder, ['undo', '--yes'], 0)).toMatchObject({ undone: true, write: { label: 'remove --all' } });
    expect(existsSync(join(folder, '.devops/lock.json'))).toBe(true);
  });

  it('scaffolds a generator, and extends a preset', () => {
    const folder = project({ setUp: true });
    expect(json(folder, ['new-generator', 'my-thing'], 0)).toMatchObject({ written: true, id: 'my-thing' });
    writeFileSync(
      join(folder, 'team.yaml'),
      'title: Ours\ndelivery: { coverage: 0 }\nlocked: { delivery.coverage: "said by the team" }\n',
    );
    expect(json(folder, ['preset', 'add', './team.yaml'], 0)).toMatchObject({ written: true, preset: './team.yaml' });
    json(folder, ['config', 'explain', 'delivery.coverage'], 0);
    json(folder, ['list'], 0);
  });

  it('updates: conflicts and answers are data', () => {
    const folder = contested();
    const left = json(folder, ['update', '--dry-run'], 1);
    expect(left.conflicts).toHaveLength(1);
    const decided = json(folder, ['update', '--on-conflict', 'theirs'], 0);
    expect(decided).toMatchObject({ conflicts: [], lost: [], from: '0.0.1', written: true });
    const change = (decided.changes as { path: string; answered?: unknown }[]).find(({ path }) => path === RULES);
    expect(change?.answered).toEqual(
      Array.isArray(left.conflicts) ? left.conflicts.map(({ path: _, ...rest }) => rest) : [],
    );
  });

  it('says the same twice, and the same in another folder', () => {
    const [one, two] = [project(), project()];
    const outputs = [one, one, two].map((folder) => cli(folder, ['plan', '--json']).stdout);
    expect(new Set(outputs).size).toBe(1);
    expect(new Set([one, two].map((folder) => cli(folder, ['facts', '--json']).stdout)).size).toBe(1);
  });

  it.each([
    ['update'],
    ['undo'],
    ['restore', 'Dockerfile'],
    ['explain', 'CI-999'],
    ['verify'],
    ['plan', '--set', 'nothing=1'],
    ['remove', 'docker'],
    ['apply', '--plan', 'nowhere.json'],
    ['list', 'too', 'many'],
    ['facts', 'nowhere'],
    ['update', '--nonsense'],
  ])('%s: what is wrong is data too', (...words) => {
    const folder = words[0] === 'undo' ? project({ setUp: true }) : project();
    const before = bytesOf(folder);
    const { code, stdout, stderr } = cli(folder, [...words, '--json']);
    expect(code, stderr).toBe(2);
    const data = JSON.parse(stdout);
    expect(data).toMatchObject({ schema: 1, command: words[0] });
    const validate = ajv.compile({ $ref: 'common.schema.json#/$defs/failure' });
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
    expect(data.problems.length).toBeGreaterThan(0);
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('has a schema for each, and a schema for nothing else', () => {
    const described = readdirSync(FOLDER).map((file) => file.replace('.schema.json', ''));
    const data = COMMANDS.filter((command) => command !== 'mcp');
    expect(described.filter((name) => name !== 'common').sort()).toEqual([...data].sort());
  });
});

describe('a plan that is kept', () => {
  const keep = (folder: string, args: readonly string[] = []): string => {
    const file = join(emptyFolder(), 'plan.json');
    writeFileSync(file, cli(folder, ['plan', '--json', ...args]).stdout);
    return file;
  };

  it('is written as it was looked at, with the answers of then', () => {
    const folder = project();
    const file = keep(folder, ['--set', 'generators=docker', '--persona', 'workflow']);
    const data = json(folder, ['apply', '--plan', file], 0);
    expect(data).toMatchObject({ written: true, planId: JSON.parse(readFileSync(file, 'utf8')).planId });
    const direct = project();
    cli(direct, ['--yes', '--set', 'generators=docker', '--persona', 'workflow']);
    const written = (root: string) => [...bytesOf(root)].filter(([path]) => !/^\.devops\/tx(\/|$)/.test(path));
    expect(written(folder)).toEqual(written(direct));
  });

  it('comes from standard input', () => {
    const folder = project();
    const input = readFileSync(keep(folder), 'utf8');
    expect(cli(folder, ['apply', '--plan', '-'], { input })).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'Dockerfile'))).toBe(true);
  });

  it('keeps the policy for conflicts, and leaves conflicts without one: exit 1', () => {
    const folder = contested();
    const theirs = keep(folder, ['--on-conflict', 'theirs']);
    const left = keep(folder);
    expect(cli(folder, ['apply', '--plan', left])).toMatchObject({ code: 1 });
    const late = cli(folder, ['apply', '--plan', theirs]);
    expect(late.code, late.stderr).toBe(2);
    expect(cli(folder, ['apply', '--plan', keep(folder, ['--on-conflict', 'theirs'])])).toMatchObject({ code: 0 });
  });

  const rows: readonly [string, (folder: string) => void, string][] = [
    [
      'a file that is planned was edited',
      (folder) => edit(folder, 'Dockerfile', () => 'FROM x\n'),
      'Dockerfile: it was edited',
    ],
    [
      'the code moved its port',
      (folder) => edit(folder, 'src/config.ts', (text) => text.replace('3000', '3001')),
      'what would be written has changed',
    ],
    [
      'a file appeared where one is to be written',
      (folder) => writeFileSync(join(folder, 'compose.yaml'), 'services: {}\n'),
      'compose.yaml',
    ],
    [
      'it was written already',
      (folder) => void cli(folder, ['update', '--on-conflict', 'keep']),
      'Dockerfile: it was edited',
    ],
  ];
  it.each(rows)('is refused when %s', (_, change, says) => {
    const folder = contested();
    const file = keep(folder);
    change(folder);
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['apply', '--plan', file]);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('CHANGED');
    expect(stderr).toContain(says);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('is refused from another release, and when its id was written by hand', () => {
    const folder = project();
    const file = keep(folder);
    edit('/', file, (text) =>
      text
        .replace(/"version": "[^"]+"/, '"version": "0.0.7"')
        .replace(/"planId": "\w+"/, '"planId": "0123456789abcdef"'),
    );
    const { code, stderr } = cli(folder, ['apply', '--plan', file]);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('release 0.0.7 made the plan');
    expect(existsSync(join(folder, '.devops'))).toBe(false);
  });

  it('takes no other answers than its own', () => {
    const folder = project();
    const { code, stderr } = cli(folder, [
      'apply',
      '--plan',
      keep(folder),
      '--set',
      'persona=workflow',
      '--on-conflict',
      'keep',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--set persona: was decided when the plan was made');
    expect(stderr).toContain('--on-conflict: was decided when the plan was made');
  });
});
