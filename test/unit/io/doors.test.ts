/** Every way in that a path has, and every path that must not come in. A new way gets a line here. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { generate } from '../../../src/core/generate.ts';
import { basePath, LOCK_PATH, serializeLock } from '../../../src/core/lock.ts';
import { parseLock } from '../../../src/core/lock-reader.ts';
import { openOverlay } from '../../../src/core/plop/overlay.ts';
import { namedFile } from '../../../src/core/presets/find.ts';
import { readChoices } from '../../../src/core/presets/project.ts';
import { isProblem, parseWord } from '../../../src/core/presets/words.ts';
import { defineGenerator } from '../../../src/define.ts';
import { openWriter } from '../../../src/io/disk.ts';
import { openProject } from '../../../src/io/project-files.ts';
import { openState } from '../../../src/io/state.ts';
import type { Lock, LockEntry } from '../../../src/model.ts';
import { ATTACKS, GOOD_PATHS } from '../../helpers/attacks.ts';
import { project } from '../../helpers/project.ts';
import { system } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';
import { sha, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update } from '../../helpers/writes.ts';

afterEach(removeFresh);

const HASH = 'a'.repeat(64);
const ENTRY: LockEntry = { generator: 'docker', ownership: 'own', hash: HASH, mode: 0o644 };
const lockOf = (more: Partial<Lock>): string =>
  serializeLock({ version: 1, tool: '1.2.3', config: HASH, pinned: {}, files: {}, ...more });
const state = { hash: sha('x\n'), mode: 0o644 };
const journalOf = (path: string): string =>
  JSON.stringify({ version: 1, label: 'x', folders: [], operations: [{ path, old: null, new: state }] });
/** The problems that a path makes, as `CODE place`; of the door that it knocks at nothing may be left on a disk. */
const DOORS: Readonly<Record<string, (path: string) => readonly string[]>> = {
  'the writer': (path) => failure(() => openWriter(fresh()).apply([create(path)])),
  'the journal of an interrupted run': (path) => {
    const files = { '.devops/tx/held/journal.json': journalOf(path), '.devops/tx/held/owner.json': '' };
    return failure(() => openWriter(fresh(files)).recover());
  },
  'a record of undo': (path) => {
    const files = { '.devops/tx/undo/1/journal.json': journalOf(path), '.devops/tx/undo/1/committed': '0\n' };
    return failure(() => openWriter(fresh(files)).undo());
  },
  'a folder in a record of undo': (path) => {
    const journal = JSON.stringify({ version: 1, folders: [], emptied: [{ path, mode: 0o755 }], operations: [] });
    const files = { '.devops/tx/undo/1/journal.json': journal, '.devops/tx/undo/1/committed': '0\n' };
    return failure(() => openWriter(fresh(files)).undo());
  },
  'the lock': (path) => failure(() => parseLock(lockOf({ files: { [path]: ENTRY } }))),
  'where the lock says that a file was moved': (path) =>
    failure(() => parseLock(lockOf({ files: { 'a.txt': { ...ENTRY, at: path } } }))),
  'the copy of a preset in the lock': (path) =>
    failure(() =>
      parseLock(lockOf({ presets: { 'npm:a@1': { file: path, hash: HASH, resolved: '1.0.0', integrity: 'x' } } })),
    ),
  'the list of files that are left alone': (path) => {
    const around = { files: project({}), lock: null, questions: [] };
    return failure(() => readChoices(`unmanaged:\n  - ${JSON.stringify(path)}\n`, around));
  },
  'the path of a preset': (path) => {
    const word = parseWord(path.startsWith('.') ? path : `./${path}`, '.devops/config.yaml:1');
    return isProblem(word) ? [`${word.code} ${word.place}`] : [];
  },
  'the path of a preset in a package': (path) =>
    failure(() => namedFile(JSON.stringify({ devopsSetup: path }), 'package.json', 'config')),
  'a generator': (path) => {
    const files = () => [{ path, template: 't.ejs', view: {} }];
    const mine = defineGenerator({ id: 'mine', title: 'Mine', summary: 'x', files });
    return failure(() => generate(system({ generators: ['mine'] }), [mine], { 't.ejs': () => 'x\n' }, pins));
  },
  'an action of a plopfile': (path) =>
    failure(() => openOverlay(project({ 'package.json': '{}' })).write(path, { text: 'x', executable: 0 })),
  'our state outside of projects': (path) =>
    failure(() => openState({ XDG_STATE_HOME: fresh() }, 'linux').write(path, 'x')),
};

describe.each(Object.entries(DOORS))('%s', (door, knock) => {
  it.each(ATTACKS)('refuses %j', (path) => {
    const told = knock(path);
    expect(told, `${door} lets ${JSON.stringify(path)} in`).not.toEqual([]);
    expect(told[0]).toMatch(/^(JAIL|LOCK_SYNTAX|CONFIG_VALUE|PRESET) /);
  });
});

describe('good paths', () => {
  const doors = ['the writer', 'the lock', 'a generator', 'an action of a plopfile', 'our state outside of projects'];
  it.each(doors)('come in by %s', (door) => {
    for (const path of GOOD_PATHS) expect(DOORS[door]?.(path), path).toEqual(['nothing was thrown']);
  });
});

/** What is read by a path of ours, or by one that somebody wrote into a file of ours. */
const READ = [
  '.devops/config.yaml',
  LOCK_PATH,
  basePath('Dockerfile'),
  '.devops/presets/acme.yaml',
  'presets/mine.yaml',
];

/** Each leads out of the project, or nowhere; `at` is the path that is read. */
const LINKS: Readonly<Record<string, (root: string, at: string, outside: string) => void>> = {
  'a link': (root, at, outside) => symlinkSync(join(outside, 'secret'), join(root, at)),
  'a relative link': (root, at, outside) =>
    symlinkSync(relative(dirname(join(root, at)), join(outside, 'secret')), join(root, at)),
  'a chain of links': (root, at, outside) => {
    symlinkSync(join(outside, 'secret'), join(root, 'one'));
    symlinkSync(join(root, 'one'), join(root, 'two'));
    symlinkSync(join(root, 'two'), join(root, at));
  },
  'a chain that leaves and comes back': (root, at, outside) => {
    symlinkSync(join(outside, 'secret'), join(outside, 'back'));
    symlinkSync(join(outside, 'back'), join(root, at));
  },
  'a dangling link': (root, at, outside) => symlinkSync(join(outside, 'absent'), join(root, at)),
  'a link in a circle': (root, at) => symlinkSync(join(root, at), join(root, at)),
  'a linked folder on the way': (root, at, outside) => {
    mkdirSync(join(outside, dirname(at)), { recursive: true });
    writeFileSync(join(outside, at), 'secret\n');
    rmSync(dirname(join(root, at)), { recursive: true });
    symlinkSync(join(outside, dirname(at)), dirname(join(root, at)));
  },
};

describe.each(Object.entries(LINKS))('%s', (_, link) => {
  it.each(READ)('in the place of %s is not read, and not written through', (at) => {
    const outside = fresh({ secret: 'secret\n' });
    const root = fresh({ [at]: 'x\n' });
    rmSync(join(root, at));
    link(root, at, outside);
    const before = [snapshot(root), snapshot(outside)];
    const read = failure(() => {
      if (openProject(root).files.read(at) !== null) throw new Error(`${at} was read through the link`);
    });
    expect(read[0]).toMatch(/^(READ |nothing was thrown)/);
    for (const expect_ of [null, sha('secret\n'), sha('x\n')])
      for (const content of ['evil\n', null])
        expect(
          failure(() => openWriter(root).apply([create('fine'), { path: at, content, mode: 0o644, expect: expect_ }])),
        ).not.toEqual(['nothing was thrown']);
    expect([snapshot(root), snapshot(outside)]).toEqual(before);
  });
});

describe('a link that comes between plan and write', () => {
  it.each(['a file', 'its folder', 'a folder above'])('in the place of %s stops the write', (what) => {
    const outside = fresh({ 'c.txt': 'x\n', 'b/c.txt': 'x\n' });
    const root = fresh({ 'a/b/c.txt': 'x\n', first: 'x\n' });
    const writes = [update('first', 'x\n', 'y\n'), update('a/b/c.txt', 'x\n', 'y\n')];
    const swap = (): void => {
      const at = what === 'a file' ? 'a/b/c.txt' : what === 'its folder' ? 'a/b' : 'a';
      rmSync(join(root, at), { recursive: true });
      symlinkSync(what === 'a file' ? join(outside, 'c.txt') : outside, join(root, at));
    };
    // Behind the plan, and in the middle of the write.
    expect(failure(() => openWriter(root).apply(writes, { progress: (done) => done === 1 && swap() }))).toEqual([
      'JAIL a/b/c.txt',
    ]);
    expect(failure(() => openWriter(root).apply(writes))).toEqual(['JAIL a/b/c.txt']);
    expect(readFileSync(join(root, 'first'), 'utf8')).toBe('x\n');
    expect(snapshot(outside)).toEqual(snapshot(fresh({ 'c.txt': 'x\n', 'b/c.txt': 'x\n' })));
  });
});
