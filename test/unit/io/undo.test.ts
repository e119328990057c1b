import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWriter } from '../../../src/io/disk.ts';
import { MAX_BYTES, MAX_RECORDS } from '../../../src/io/undo-store.ts';
import type { ProjectWriter } from '../../../src/model.ts';
import { ATTACKS } from '../../helpers/attacks.ts';
import { mixedWrites, OLD } from '../../helpers/crash-plan.ts';
import { sha, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update, visible } from '../../helpers/writes.ts';

afterEach(removeFresh);

const records = (root: string): string[] => readdirSync(join(root, '.devops/tx/undo')).sort();

describe('undo', () => {
  it('takes a write back byte for byte, with modes and folders, and leaves nothing', () => {
    const root = fresh(OLD);
    mkdirSync(join(root, 'monitoring'));
    chmodSync(join(root, 'legacy/deep'), 0o750);
    const before = snapshot(root);
    const writer = openWriter(root);
    expect(writer.undoable()).toBeNull();
    writer.apply(mixedWrites(), { label: 'init' });
    expect(existsSync(join(root, 'legacy/deep'))).toBe(false);
    const told = {
      label: 'init',
      created: [
        '.devops/.gitignore',
        '.devops/base/.github/workflows/ci.yml.base',
        '.devops/lock.json',
        '.github/dependabot.yml',
        '.github/workflows/ci.yml',
        'monitoring/rules/deep/http.yml',
      ],
      changed: ['package.json', 'scripts/run.sh'],
      deleted: ['legacy/deep/er/gone.yml'],
    };
    expect(writer.undoable()).toEqual(told);
    expect(writer.undo()).toEqual(told);
    expect(snapshot(root)).toEqual(before);
    expect(statSync(join(root, 'legacy/deep')).mode & 0o777).toBe(0o750);
    expect(writer.undoable()).toBeNull();
    expect(failure(() => writer.undo())).toEqual(['PROJECT .devops/tx/undo']);
    expect(snapshot(root)).toEqual(before);
  });

  it('twice goes back two writes, and is itself no write that is taken back', () => {
    const root = fresh({ a: 'one\n' });
    const writer = openWriter(root);
    const states = [visible(root)];
    writer.apply([update('a', 'one\n', 'two\n'), create('d/b')], { label: 'first' });
    states.push(visible(root));
    writer.apply([update('a', 'two\n', 'three\n'), update('d/b', 'new\n', null), create('c')], { label: 'second' });
    expect(writer.undo().label).toBe('second');
    expect(visible(root)).toEqual(states[1]);
    expect(writer.undo().label).toBe('first');
    expect(snapshot(root)).toEqual(states[0]);
  });

  it('brings back bytes that are no text, and the owner', (context) => {
    const root = fresh({ a: '' });
    const bytes = Buffer.from([0, 255, 254, 13, 10, 0xc3, 0x28]);
    writeFileSync(join(root, 'a'), bytes);
    const asRoot = process.getuid?.() === 0;
    if (asRoot) spawnSync('chown', ['1234:1234', join(root, 'a')]);
    const writer = openWriter(root);
    writer.apply([{ path: 'a', content: null, mode: 0o644, expect: sha(bytes) }]);
    writer.undo();
    expect(readFileSync(join(root, 'a'))).toEqual(bytes);
    if (!asRoot) context.skip('only root can give files away');
    expect(statSync(join(root, 'a')).uid).toBe(1234);
  });

  it('keeps a folder that was there before, and what somebody else put into one of ours', () => {
    const root = fresh();
    mkdirSync(join(root, 'theirs'));
    const writer = openWriter(root);
    writer.apply([create('theirs/a'), create('ours/deep/b'), create('ours/c')]);
    writeFileSync(join(root, 'ours/mine'), 'mine\n');
    writer.undo();
    expect(snapshot(root)).toEqual({ 'theirs/': 'folder', 'ours/': 'folder', 'ours/mine': '644 "mine\\n"' });
  });

  it('names every file that was edited, deleted, made executable or put back since, and touches nothing', () => {
    const root = fresh({ a: 'old\n', b: 'old\n', c: 'old\n', d: 'old\n', e: 'old\n' });
    const writer = openWriter(root);
    writer.apply([...['a', 'b', 'c', 'd'].map((path) => update(path, 'old\n', 'ours\n')), update('e', 'old\n', null)]);
    writeFileSync(join(root, 'a'), 'edited\n');
    rmSync(join(root, 'b'));
    chmodSync(join(root, 'c'), 0o755);
    writeFileSync(join(root, 'e'), 'back\n');
    const before = snapshot(root);
    expect(failure(() => writer.undo())).toEqual(['CHANGED a', 'CHANGED b', 'CHANGED c', 'CHANGED e']);
    expect(snapshot(root)).toEqual(before);
    expect(writer.undoable()?.changed).toEqual(['a', 'b', 'c', 'd']);
    for (const path of ['a', 'b', 'c']) {
      writeFileSync(join(root, path), 'ours\n');
      chmodSync(join(root, path), 0o644);
    }
    rmSync(join(root, 'e'));
    writer.undo();
    expect(snapshot(root)).toMatchObject({ a: '644 "old\\n"', e: '644 "old\\n"' });
  });

  it('can be stopped, and is rolled back then', () => {
    const root = fresh(OLD);
    openWriter(root).apply(mixedWrites());
    const before = snapshot(root);
    let asked = 0;
    expect(failure(() => openWriter(root, { shouldStop: () => ++asked === 4 }).undo())).toEqual(['CANCELLED .']);
    expect(snapshot(root)).toEqual(before);
  });
});

describe('what undo keeps', () => {
  it('is seen by nobody else, and not by git', () => {
    const root = fresh({ secret: ['KEY=1\n', 0o644] });
    spawnSync('git', ['init', '-q', root]);
    openWriter(root).apply([update('secret', 'KEY=1\n', 'KEY=2\n'), create('a')]);
    const record = join(root, '.devops/tx/undo/1');
    expect(readdirSync(record).sort()).toEqual(['.gitignore', '0.old', 'committed', 'journal.json']);
    expect(statSync(record).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(record)) expect(statSync(join(record, name)).mode & 0o777, name).toBe(0o600);
    const status = spawnSync('git', ['-C', root, 'status', '--porcelain', '--untracked-files=all'], {
      encoding: 'utf8',
    });
    expect(status.stdout.split('\n').filter(Boolean)).toEqual(['?? a', '?? secret']);
  });

  it('is at most five writes, the newest of them', () => {
    const root = fresh({ a: '0\n' });
    const writer = openWriter(root);
    for (let n = 0; n < 8; n += 1) writer.apply([update('a', `${n}\n`, `${n + 1}\n`)], { label: `write ${n}` });
    expect(MAX_RECORDS).toBe(5);
    expect(records(root)).toEqual(['4', '5', '6', '7', '8']);
    for (let n = 7; n >= 3; n -= 1) expect(writer.undo().label).toBe(`write ${n}`);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('3\n');
    expect(writer.undoable()).toBeNull();
    expect(readdirSync(root)).toEqual(['a']);
  });

  it('is at most 32 MiB, and always the last write, however large it is', () => {
    const large = (letter: string, size: number): string => letter.repeat(size);
    const third = MAX_BYTES / 3;
    const root = fresh({ a: large('0', third), huge: large('h', MAX_BYTES + 1) });
    const writer = openWriter(root);
    for (let n = 0; n < 4; n += 1) writer.apply([update('a', large(String(n), third), large(String(n + 1), third))]);
    expect(records(root)).toEqual(['2', '3', '4']);
    writer.apply([update('huge', large('h', MAX_BYTES + 1), 'small\n')], { label: 'huge' });
    expect([records(root).length, writer.undoable()?.label]).toEqual([1, 'huge']);
    writer.apply([create('b')]);
    expect(records(root)).toHaveLength(1);
    writer.undo();
    expect(writer.undoable()).toBeNull();
  });

  it('is no record of a write that asked for nothing, or was taken back', () => {
    const root = fresh({ a: 'x\n' });
    openWriter(root).apply([{ path: 'gone', content: null, mode: 0o644, expect: null }]);
    expect(failure(() => openWriter(root, { shouldStop: () => true }).apply([create('b')]))).toEqual(['CANCELLED .']);
    expect(readdirSync(root)).toEqual(['a']);
  });
});

describe('a record outside of the project', () => {
  const opened = (root: string, home: string): ProjectWriter =>
    openWriter(root, { stateFolder: () => join(home, 'state/create-devops-setup') });
  const removal = (): Parameters<ProjectWriter['apply']>[0] => [
    update('.devops/lock.json', 'lock\n', null),
    update('.devops/base/ci.base', 'ci\n', null),
    update('ci', 'ci\n', null),
    update('package.json', 'ours\n', 'theirs\n'),
  ];

  it('leaves nothing in the project, and takes everything back', () => {
    const home = fresh();
    const root = fresh({ 'package.json': 'theirs\n' });
    const before = snapshot(root);
    const writer = opened(root, home);
    writer.apply(
      [create('.devops/lock.json', 'lock\n'), create('.devops/base/ci.base', 'ci\n'), create('ci', 'ci\n')],
      { label: 'init' },
    );
    writer.apply([update('package.json', 'theirs\n', 'ours\n')], { label: 'update' });
    const full = visible(root);
    writer.apply(removal(), { label: 'remove --all', record: 'outside' });
    expect(snapshot(root)).toEqual(before);
    const state = snapshot(home);
    for (const [path, told] of Object.entries(state)) if (told !== 'folder') expect(told, path).toMatch(/^600 /);
    for (const path of Object.keys(state).filter((name) => name.endsWith('/') && name.includes('setup')))
      expect(statSync(join(home, path)).mode & 0o777, path).toBe(0o700);
    expect(opened(root, home).undo().label).toBe('remove --all');
    expect(visible(root)).toEqual(full);
    expect(opened(root, home).undo().label).toBe('update');
    expect(opened(root, home).undo().label).toBe('init');
    expect(snapshot(root)).toEqual(before);
    expect(Object.keys(snapshot(home)).filter((path) => path.includes('undo/'))).toEqual([
      'state/create-devops-setup/undo/',
    ]);
  });

  it('is bounded, and what is written afterwards is taken back first', () => {
    const home = fresh();
    const root = fresh({ a: 'x\n' });
    const writer = opened(root, home);
    for (let n = 0; n < 7; n += 1) {
      writer.apply([create('ours')], { label: `init ${n}` });
      writer.apply([update('ours', 'new\n', null)], { label: `remove ${n}`, record: 'outside' });
    }
    expect(readdirSync(root)).toEqual(['a']);
    writer.apply([create('ours')], { label: 'init 7' });
    const labels = Array.from({ length: 6 }, () => writer.undo().label);
    expect(labels).toEqual(['init 7', 'remove 6', 'init 6', 'remove 5', 'init 5', 'remove 4']);
    expect(writer.undoable()).toBeNull();
  });

  it('is not taken for that of another project which stands at the same place later', () => {
    const home = fresh();
    const parent = fresh({ 'p/ours': 'new\n' });
    const root = join(parent, 'p');
    opened(root, home).apply([update('ours', 'new\n', null)], { record: 'outside' });
    mkdirSync(join(parent, 'other'));
    rmSync(root, { recursive: true });
    spawnSync('mv', [join(parent, 'other'), root]);
    expect(opened(root, home).undoable()).toBeNull();
  });

  it('that cannot be kept stops the write before anything is touched', () => {
    const home = fresh({ state: 'a file' });
    const root = fresh({ ours: 'new\n' });
    const before = snapshot(root);
    const problems = failure(() => opened(root, home).apply([update('ours', 'new\n', null)], { record: 'outside' }));
    expect(problems).toEqual([`WRITE ${join(home, 'state/create-devops-setup')}`]);
    expect(snapshot(root)).toEqual(before);
  });

  it('in whose place a link stands is refused', () => {
    const home = fresh({ 'victim/1/journal.json': 'x' });
    const root = fresh({ ours: 'new\n' });
    const before = snapshot(root);
    mkdirSync(join(home, 'state/create-devops-setup'), { recursive: true });
    symlinkSync(join(home, 'victim'), join(home, 'state/create-devops-setup/undo'));
    const victim = snapshot(join(home, 'victim'));
    expect(failure(() => opened(root, home).apply([update('ours', 'new\n', null)], { record: 'outside' }))[0]).toMatch(
      /^JAIL undo/,
    );
    expect(snapshot(root)).toEqual(before);
    expect(snapshot(join(home, 'victim'))).toEqual(victim);
  });
});

describe('a record that somebody tampered with', () => {
  const written = (): { root: string; journal: string; record: string } => {
    const root = fresh({ a: 'old\n', b: 'old\n' });
    openWriter(root).apply([update('a', 'old\n', 'new\n'), update('b', 'old\n', null), create('c')], { label: 'init' });
    const record = join(root, '.devops/tx/undo/1');
    return { root, record, journal: readFileSync(join(record, 'journal.json'), 'utf8') };
  };
  const refused = (root: string): string[] => {
    const before = snapshot(root);
    const problems = failure(() => openWriter(root).undo());
    expect(snapshot(root)).toEqual(before);
    return problems;
  };

  it.each(ATTACKS)('is refused when its journal names %j', (path) => {
    const { root, record, journal } = written();
    const parsed = JSON.parse(journal) as { operations: { path: string }[] };
    (parsed.operations[0] as { path: string }).path = path;
    writeFileSync(join(record, 'journal.json'), JSON.stringify(parsed));
    expect(refused(root)[0]).toMatch(/^JAIL /);
    expect(failure(() => openWriter(root).undoable())[0]).toMatch(/^JAIL /);
  });

  it.each<[string, (journal: Record<string, unknown>) => unknown, RegExp]>([
    ['is no JSON', () => undefined, /^WRITE \.devops\/tx\/undo\/1\/journal\.json/],
    ['has another version', (j) => ({ ...j, version: 2 }), /^WRITE/],
    ['has a label with an escape in it', (j) => ({ ...j, label: '\u001b[2J' }), /^WRITE/],
    ['has folders that leave', (j) => ({ ...j, folders: ['../x'] }), /^JAIL/],
    ['has emptied folders that leave', (j) => ({ ...j, emptied: [{ path: '/x', mode: 0o755 }] }), /^JAIL/],
    ['has a mode that is none', (j) => ({ ...j, emptied: [{ path: 'x', mode: -1 }] }), /^WRITE/],
    ['has a sequel that is none', (j) => ({ ...j, sequel: { take: 'inside', record: '../1' } }), /^WRITE/],
    ['has a pending name that leaves', (j) => ({ ...j, sequel: { keep: 'outside', pending: '../../x' } }), /^WRITE/],
    ['has no operations', (j) => ({ ...j, operations: null }), /^WRITE/],
  ])('is refused when its journal %s', (_, edit, told) => {
    const { root, record, journal } = written();
    const next = edit(JSON.parse(journal) as Record<string, unknown>);
    writeFileSync(join(record, 'journal.json'), next === undefined ? '{' : JSON.stringify(next));
    expect(refused(root)[0]).toMatch(told);
  });

  it('is refused when an old text was edited, is missing, or is a link', () => {
    const outside = fresh({ secret: 'old\n' });
    for (const damage of [
      (path: string) => writeFileSync(path, 'evil\n'),
      (path: string) => rmSync(path),
      (path: string) => {
        rmSync(path);
        symlinkSync(join(outside, 'secret'), path);
      },
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ]) {
      const { root, record } = written();
      damage(join(record, '0.old'));
      expect(refused(root)).toEqual(['WRITE .devops/tx/undo/1']);
    }
  });

  it.each(['.devops/tx/undo', '.devops/tx/undo/1', '.devops/tx/undo/1/journal.json', '.devops/tx/undo/1/committed'])(
    'is refused when %s is a link',
    (path) => {
      const { root } = written();
      const away = fresh();
      spawnSync('mv', [join(root, path), join(away, 'moved')]);
      symlinkSync(join(away, 'moved'), join(root, path));
      const kept = snapshot(away);
      expect(refused(root)[0]).toMatch(/^(JAIL|WRITE) \.devops\/tx\/undo/);
      if (path === '.devops/tx/undo') expect(failure(() => openWriter(root).apply([create('d')]))[0]).toMatch(/^JAIL/);
      expect(snapshot(away)).toEqual(kept);
    },
  );

  it('reaches nothing through a link that stands in a file’s place now', () => {
    const { root } = written();
    const outside = fresh({ victim: 'new\n' });
    rmSync(join(root, 'a'));
    symlinkSync(join(outside, 'victim'), join(root, 'a'));
    expect(refused(root)).toEqual(['JAIL a']);
    expect(snapshot(outside)).toEqual({ victim: '644 "new\\n"' });
  });
});
