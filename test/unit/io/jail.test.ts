import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWriter } from '../../../src/io/disk.ts';
import { type DiskIo, nodeIo } from '../../../src/io/disk-io.ts';
import { ATTACKS } from '../../helpers/attacks.ts';
import { removeFolder, type Seed, seed, sha, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update } from '../../helpers/writes.ts';

afterEach(removeFresh);

describe('the jail', () => {
  it.each(ATTACKS)('refuses to write %j', (path) => {
    const root = fresh({ a: 'x\n' });
    const before = snapshot(root);
    expect(failure(() => openWriter(root).apply([create('fine'), create(path)]))[0]).toMatch(/^JAIL /);
    expect(snapshot(root)).toEqual(before);
  });

  /** A project and, beside it, a folder that nobody may reach. Links are made by `links`: name → target. */
  function withLinks(links: Readonly<Record<string, string>>): { root: string; outside: string } {
    const outside = fresh({ 'victim.txt': 'precious\n', 'sub/victim.txt': 'precious\n' });
    const root = fresh({ 'real/file.txt': 'x\n', 'plain.txt': 'x\n' });
    mkdirSync(join(root, 'folder'));
    for (const [name, target] of Object.entries(links))
      symlinkSync(target.replace('OUTSIDE', outside), join(root, name));
    return { root, outside };
  }

  it.each([
    ['a linked folder', { link: 'OUTSIDE' }, 'link/new.txt'],
    ['a file in a linked folder', { link: 'OUTSIDE' }, 'link/victim.txt'],
    ['a folder below a linked folder', { link: 'OUTSIDE' }, 'link/sub/new/new.txt'],
    ['a linked file', { 'link.txt': 'OUTSIDE/victim.txt' }, 'link.txt'],
    ['a chain of links', { one: 'two', two: 'OUTSIDE' }, 'one/new.txt'],
    ['a chain of links to a file', { one: 'two', two: 'OUTSIDE/victim.txt' }, 'one'],
    ['a dangling link', { dangling: 'OUTSIDE/absent.txt' }, 'dangling'],
    ['a dangling link to a folder', { dangling: 'OUTSIDE/absent' }, 'dangling/new.txt'],
    ['a chain that dangles', { one: 'two', two: 'OUTSIDE/absent' }, 'one'],
    ['a link in a circle', { loop: 'loop' }, 'loop/new.txt'],
    ['a relative link out', { up: '..' }, 'up/new.txt'],
    ['a link that stays inside', { inner: 'real' }, 'inner/new.txt'],
    ['a linked file that stays inside', { inner: 'real/file.txt' }, 'inner'],
    ['a link deep down', { 'real/deep': 'OUTSIDE' }, 'real/deep/new.txt'],
    ['a folder as target', {}, 'folder'],
    ['a file as folder', {}, 'plain.txt/new.txt'],
    ['our folder as link', { '.devops': 'OUTSIDE' }, 'new.txt'],
    ['our folder as dangling link', { '.devops': 'OUTSIDE/absent' }, 'new.txt'],
    ['our folder as file', { '.devops': 'plain.txt' }, 'new.txt'],
  ])('refuses %s', (_, links, path) => {
    const { root, outside } = withLinks(links);
    const before = [snapshot(root), snapshot(outside)];
    const found = sha('precious\n');
    for (const expect_ of [null, found, sha('x\n')])
      for (const content of ['evil\n', null])
        expect(
          failure(() => openWriter(root).apply([create('fine'), { path, content, mode: 0o644, expect: expect_ }]))[0],
        ).toMatch(/^JAIL /);
    expect([snapshot(root), snapshot(outside)]).toEqual(before);
  });

  it.each(['tx', 'tx/held', 'tx/breaking'])('refuses .devops/%s as a link', (name) => {
    const { root, outside } = withLinks({});
    mkdirSync(join(root, '.devops/tx'), { recursive: true });
    if (name === 'tx') removeFolder(join(root, '.devops/tx'));
    if (name === 'tx/breaking') seed(root, { '.devops/tx/held/owner.json': 'nobody' });
    symlinkSync(outside, join(root, '.devops', name));
    const before = snapshot(outside);
    expect(failure(() => openWriter(root).apply([create('fine')]))[0]).toMatch(/^JAIL /);
    expect(failure(() => openWriter(root).recover())[0]).toMatch(/^JAIL /);
    expect(snapshot(outside)).toEqual(before);
    expect(existsSync(join(root, 'fine'))).toBe(false);
  });

  it('refuses a pipe, and does not hang on it', (context) => {
    const root = fresh();
    if (spawnSync('mkfifo', [join(root, 'pipe')]).status !== 0) context.skip('mkfifo is not there');
    expect(failure(() => openWriter(root).apply([create('pipe')]))).toEqual(['JAIL pipe']);
  });

  it('tells all problems at once', () => {
    const { root } = withLinks({ link: 'OUTSIDE' });
    expect(
      failure(() =>
        openWriter(root).apply([create('../x'), create('a:b'), create('A'), create('a'), create('.devops/tx/x')]),
      ),
    ).toEqual(['JAIL ../x', 'JAIL a:b', 'JAIL .devops/tx/x', 'JAIL a']);
    expect(
      failure(() => openWriter(root).apply([create('link/x'), create('folder'), update('plain.txt', 'y', 'z')])),
    ).toEqual(['JAIL link/x', 'JAIL folder', 'CHANGED plain.txt']);
  });

  it('refuses a folder that becomes a link between staging and writing', () => {
    const { root, outside } = withLinks({});
    let armed = true;
    const io: DiskIo = {
      ...nodeIo,
      rename: (from, to) => {
        nodeIo.rename(from, to);
        if (!armed || !to.endsWith('a.txt')) return;
        armed = false;
        removeFolder(join(root, 'real'));
        symlinkSync(outside, join(root, 'real'));
      },
    };
    const writes = [create('a.txt'), create('real/victim.txt')];
    expect(failure(() => openWriter(root, { io }).apply(writes))).toEqual(['JAIL real/victim.txt']);
    expect(existsSync(join(root, 'a.txt'))).toBe(false);
    expect(snapshot(outside)).toMatchObject({ 'victim.txt': '644 "precious\\n"' });
  });
});

describe('a journal that somebody else wrote', () => {
  const planted = (journal: unknown, more: Seed = {}): string =>
    fresh({
      'victim.txt': 'x\n',
      '.devops/tx/held/journal.json': JSON.stringify(journal),
      '.devops/tx/held/owner.json': '',
      ...more,
    });
  const state = (text: string): object => ({ hash: sha(text), mode: 0o644 });
  const operation = (path: string): object => ({
    version: 1,
    folders: [],
    operations: [{ path, old: null, new: state('x\n') }],
  });

  it.each(ATTACKS)('is refused when it names %j', (path) => {
    const root = planted(operation(path));
    const before = snapshot(root);
    expect(failure(() => openWriter(root).recover())[0]).toMatch(/^JAIL /);
    const { '.devops/tx/held/owner.json': _, ...rest } = snapshot(root);
    expect({ ...rest, '.devops/tx/held/owner.json': before['.devops/tx/held/owner.json'] }).toEqual(before);
  });

  it.each([
    ['no JSON', '{'],
    ['null', null],
    ['another version', { version: 2, folders: [], operations: [] }],
    ['folders that leave', { version: 1, folders: ['../x'], operations: [] }],
    ['no list', { version: 1, folders: [], operations: {} }],
    [
      'a wrong state',
      { version: 1, folders: [], operations: [{ path: 'victim.txt', old: null, new: { hash: 'x', mode: 1 } }] },
    ],
    [
      'a wrong mode',
      { version: 1, folders: [], operations: [{ path: 'a', old: { hash: sha(''), mode: 65536 }, new: null }] },
    ],
  ])('is refused when it is %s', (_, journal) => {
    const root = planted(journal);
    if (journal === '{') writeFileSync(join(root, '.devops/tx/held/journal.json'), '{');
    expect(failure(() => openWriter(root).recover())[0]).toMatch(/^(WRITE|JAIL) /);
    expect(readFileSync(join(root, 'victim.txt'), 'utf8')).toBe('x\n');
  });

  it('reaches nothing through links, in the project or beside the journal', () => {
    const outside = fresh({ 'secret.txt': 'secret\n', 'x.txt': 'x\n' });
    const root = planted({
      version: 1,
      folders: [],
      operations: [
        { path: 'link/x.txt', old: null, new: state('x\n') },
        { path: 'victim.txt', old: state('secret\n'), new: state('x\n') },
      ],
    });
    symlinkSync(outside, join(root, 'link'));
    symlinkSync(join(outside, 'secret.txt'), join(root, '.devops/tx/held/1.old'));
    expect(failure(() => openWriter(root).recover())).toEqual(['WRITE victim.txt']);
    expect(readFileSync(join(root, 'victim.txt'), 'utf8')).toBe('x\n');
    expect(readdirSync(outside).sort()).toEqual(['secret.txt', 'x.txt']);
  });

  it('cannot put bytes into a file that are not the old ones', () => {
    const journal = {
      version: 1,
      folders: [],
      operations: [{ path: 'victim.txt', old: state('old\n'), new: state('x\n') }],
    };
    const root = planted(journal, { '.devops/tx/held/0.old': 'evil\n' });
    expect(failure(() => openWriter(root).recover())).toEqual(['WRITE victim.txt']);
    expect(readFileSync(join(root, 'victim.txt'), 'utf8')).toBe('x\n');
  });
});
