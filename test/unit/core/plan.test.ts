import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/core/lock.ts';
import { hasConflict, toWrites } from '../../../src/core/plan.ts';
import { SetupError } from '../../../src/errors.ts';
import type { MergeTexts, RenderedFile } from '../../../src/model.ts';
import { changeOf, file, MemoryProject, written } from '../../helpers/plan.ts';

const V1 = [file('ci.yml', 'a\nb\n')];
const V2 = [file('ci.yml', 'a\nB\n')];

function kindOf(project: MemoryProject, rendered: readonly RenderedFile[], path = 'ci.yml'): string | undefined {
  return changeOf(project.plan(rendered), path)?.kind;
}

describe('files of our own', () => {
  it('are created, with lock, base and ignore file, the lock last', () => {
    const project = new MemoryProject();
    const made = project.run(V1, { extras: [{ path: '.devops/config.yaml', text: 'version: 1\n' }] });
    expect(changeOf(made, 'ci.yml')).toMatchObject({
      kind: 'create',
      before: null,
      after: 'a\nb\n',
      mode: 0o644,
      generator: 'docker',
    });
    expect(toWrites(made).map(({ path }) => path)).toEqual([
      'ci.yml',
      '.devops/.gitignore',
      '.devops/base/ci.yml.base',
      '.devops/config.yaml',
      '.devops/lock.json',
    ]);
    expect(project.text('.devops/base/ci.yml.base')).toBe('a\nb\n');
    expect(project.text('.devops/.gitignore')).toBe('tx/\n');
    expect(made.lock.files['ci.yml']).toEqual({
      generator: 'docker',
      ownership: 'own',
      hash: hashText('a\nb\n'),
      mode: 0o644,
    });
  });

  it('are left in peace by a second run: not one write', () => {
    const project = written(V1);
    const made = project.plan(V1);
    expect(made.changes.map(({ kind }) => kind)).toEqual(['unchanged']);
    expect(toWrites(made)).toEqual([]);
  });

  it('follow while nobody edited them', () => {
    const project = written(V1);
    expect(changeOf(project.run(V2), 'ci.yml')).toMatchObject({ kind: 'update', before: 'a\nb\n', after: 'a\nB\n' });
    expect(project.text('.devops/base/ci.yml.base')).toBe('a\nB\n');
    expect(toWrites(project.plan(V2))).toEqual([]);
  });

  it('are kept when they were edited and there is no news', () => {
    const project = written(V1).put('ci.yml', 'a\nmine\n');
    expect(changeOf(project.plan(V1), 'ci.yml')).toMatchObject({ kind: 'keep', foreign: false, before: 'a\nmine\n' });
    expect(toWrites(project.plan(V1))).toEqual([]);
  });

  it('conflict when they were edited and there is news; file, base and lock entry stay', () => {
    const project = written(V1).put('ci.yml', 'a\nmine\n');
    const first = project.run(V2);
    expect(hasConflict(first)).toBe(true);
    expect(changeOf(first, 'ci.yml')).toMatchObject({
      kind: 'conflict',
      before: 'a\nmine\n',
      after: 'a\nmine\n',
      theirs: 'a\nB\n',
      base: 'a\nb\n',
      conflicts: [expect.objectContaining({ yours: expect.stringContaining('mine') })],
    });
    expect(project.text('ci.yml')).toBe('a\nmine\n');
    expect(project.text('.devops/base/ci.yml.base')).toBe('a\nb\n');
    expect(first.lock.files['ci.yml']?.hash).toBe(hashText('a\nb\n'));
    expect(kindOf(project, V2)).toBe('conflict');
    expect(kindOf(project, V1)).toBe('keep');
  });

  it('take ours on request, and fail leaves the conflict to the caller', () => {
    const project = written(V1).put('ci.yml', 'a\nmine\n');
    expect(hasConflict(project.plan(V2, { policy: 'fail' }))).toBe(true);
    expect(changeOf(project.run(V2, { policy: 'theirs' }), 'ci.yml')).toMatchObject({
      kind: 'update',
      after: 'a\nB\n',
    });
    expect(toWrites(project.plan(V2))).toEqual([]);
  });

  it('are settled when the user made the same change', () => {
    const project = written(V1).put('ci.yml', 'a\nB\n');
    expect(changeOf(project.run(V2), 'ci.yml')?.kind).toBe('unchanged');
    expect(project.text('.devops/base/ci.yml.base')).toBe('a\nB\n');
  });

  it('go through the merge without their style, and get it back', () => {
    const project = written(V1).put('ci.yml', '\ufeffmine\r\na\r\nb');
    const calls: MergeTexts[] = [];
    const made = project.run(V2, {
      threeWay: {
        merge: (texts) => {
          calls.push(texts);
          return { text: 'mine\na\nB\n', method: 'lines', conflicts: [], open: [], notes: ['b: yours'] };
        },
        mark: () => expect.unreachable(),
      },
    });
    expect(calls).toEqual([{ path: 'ci.yml', base: 'a\nb\n', yours: 'mine\na\nb\n', theirs: 'a\nB\n' }]);
    expect(changeOf(made, 'ci.yml')).toMatchObject({
      kind: 'update',
      after: '\ufeffmine\r\na\r\nB',
      notes: ['b: yours'],
    });
    expect(kindOf(project, V2)).toBe('keep');
    expect(toWrites(project.plan(V2))).toEqual([]);
  });

  it('conflict without a base when the base is damaged or gone, though the texts would merge', () => {
    const text = (one: string, last: string) => [file('a.txt', `${one}\n2\n3\n4\n5\n6\n7\n${last}\n`)];
    for (const base of ['tampered\n', `1\n2\n3\n4\n5\n6\n7\nmine\n`, null]) {
      const project = written(text('1', '8'));
      project.put('a.txt', '1\n2\n3\n4\n5\n6\n7\nmine\n').put('.devops/base/a.txt.base', base);
      const made = project.plan(text('one', '8'));
      expect(changeOf(made, 'a.txt')).toMatchObject({ kind: 'conflict', base: null });
      project.run(text('1', '8'));
      expect(project.text('.devops/base/a.txt.base')).toBe('1\n2\n3\n4\n5\n6\n7\n8\n');
      expect(changeOf(project.plan(text('one', '8')), 'a.txt')?.kind).toBe('update');
    }
  });

  it.each(['keep', 'theirs'] as const)('stay in conflict where the merge does not take the answer %s', (policy) => {
    const place = { id: 'x', pointer: null, line: 1, yours: 'mine', base: 'b', theirs: 'B', reason: 'both' };
    const project = written(V1).put('ci.yml', 'a\nmine\n');
    const made = project.run(V2, {
      policy,
      threeWay: {
        merge: ({ yours }) => ({ text: yours, method: 'lines', conflicts: [place], open: [place], notes: [] }),
        mark: () => expect.unreachable(),
      },
    });
    expect(changeOf(made, 'ci.yml')).toMatchObject({ kind: 'conflict', conflicts: [place] });
    expect(made.lock.files['ci.yml']?.hash).toBe(hashText('a\nb\n'));
  });

  it('stay deleted when the user deleted them', () => {
    const project = written(V1).put('ci.yml', null);
    for (const rendered of [V1, V2]) {
      const made = project.run(rendered);
      expect(changeOf(made, 'ci.yml')).toMatchObject({ kind: 'keep', before: null, foreign: false });
      expect(made.lock.files['ci.yml']).toBeDefined();
    }
    project.run([]);
    expect(kindOf(project, V1)).toBe('create');
  });
});

describe('files that are no longer rendered', () => {
  it('are deleted while untouched, and forgotten', () => {
    const project = written(V1);
    const made = project.run([]);
    expect(changeOf(made, 'ci.yml')).toMatchObject({ kind: 'delete', before: 'a\nb\n', after: null });
    expect([project.text('ci.yml'), project.text('.devops/base/ci.yml.base')]).toEqual([null, null]);
    expect(made.lock.files).toEqual({});
  });

  it('become the user\u2019s when edited', () => {
    const project = written(V1).put('ci.yml', 'mine\n');
    expect(changeOf(project.run([]), 'ci.yml')).toMatchObject({ kind: 'orphan' });
    expect(project.text('ci.yml')).toBe('mine\n');
    expect(project.plan([]).changes).toEqual([]);
  });

  it('leave nothing to tell when they are gone already', () => {
    const project = written(V1).put('ci.yml', null);
    expect(project.run([]).changes).toEqual([]);
    expect(project.text('.devops/base/ci.yml.base')).toBeNull();
  });
});

describe('files of somebody else', () => {
  it('are kept, and not in the lock', () => {
    const project = new MemoryProject({ 'ci.yml': 'foreign\n' });
    const made = project.run(V1);
    expect(changeOf(made, 'ci.yml')).toMatchObject({
      kind: 'keep',
      foreign: true,
      before: 'foreign\n',
      after: 'a\nb\n',
    });
    expect(made.lock.files).toEqual({});
    expect(project.text('.devops/base/ci.yml.base')).toBeNull();
    expect(hasConflict(made)).toBe(false);
  });

  it('are adopted when they are what we would write, whatever their line ends', () => {
    const project = new MemoryProject({ 'ci.yml': '\ufeffa\r\nb' });
    const made = project.run(V1);
    expect(changeOf(made, 'ci.yml')).toMatchObject({ kind: 'unchanged', before: '\ufeffa\r\nb' });
    expect(made.lock.files['ci.yml']?.hash).toBe(hashText('a\nb\n'));
  });

  it('are found where only the case differs', () => {
    const made = new MemoryProject({ dockerfile: 'FROM x\n' }).plan([file('Dockerfile', 'FROM y\n')]);
    expect(changeOf(made, 'Dockerfile')).toMatchObject({
      kind: 'keep',
      foreign: true,
      before: 'FROM x\n',
      reason: expect.stringContaining('dockerfile'),
    });
  });

  it('are not reached through a link, and not written when they are no UTF-8', () => {
    const project = new MemoryProject({ 'README.md': 'x\n', '.gitignore': 'caf\ufffd\n' });
    project.links.add('README.md');
    const made = project.plan([
      file('README.md', '## x\n', { ownership: 'merge:markdown-section' }),
      file('.gitignore', 'dist\n', { ownership: 'merge:ignore-lines' }),
    ]);
    expect(made.changes.map(({ kind }) => kind)).toEqual(['keep', 'keep']);
  });
});

describe('housekeeping', () => {
  it('keeps lines that somebody added to our ignore file', () => {
    const project = new MemoryProject({ '.devops/.gitignore': 'mine/\r\n' });
    project.run(V1);
    expect(project.text('.devops/.gitignore')).toBe('mine/\r\ntx/\r\n');
    expect(toWrites(project.plan(V1))).toEqual([]);
  });

  it('writes a given file only when its text changes', () => {
    const project = written(V1);
    const extras = [{ path: '.devops/config.yaml', text: 'version: 1\n' }];
    project.put('.devops/config.yaml', 'version: 1\r\n');
    expect(toWrites(project.plan(V1, { extras }))).toEqual([]);
    project.put('.devops/config.yaml', 'version: 0\n');
    expect(toWrites(project.plan(V1, { extras })).map(({ path }) => path)).toEqual(['.devops/config.yaml']);
  });

  it('records the tool, the configuration and what is pinned', () => {
    const made = written(V1).plan(V1, { tool: '2.0.0', pinned: { branch: 'main' } });
    expect(made.lock).toMatchObject({ version: 1, tool: '2.0.0', config: 'c'.repeat(64), pinned: { branch: 'main' } });
    expect(toWrites(made).map(({ path }) => path)).toEqual(['.devops/lock.json']);
  });

  it('gives the same plan whatever the order of what was rendered', () => {
    const two = [file('b', '1\n'), file('a/c', '2\n')];
    const project = new MemoryProject();
    expect(project.plan(two)).toEqual(project.plan([...two].reverse()));
    expect(project.plan(two).changes.map(({ path }) => path)).toEqual(['a/c', 'b']);
  });
});

describe('paths', () => {
  it('are checked, all of them, before anything is compared', () => {
    const project = new MemoryProject({ docs: 'a file\n', 'Dockerfile/x': 'a folder\n' });
    const rendered = ['../x', '.devops/evil', 'a', 'A', 'docs/x.md', 'Dockerfile', 'twice', 'twice'].map((path) =>
      file(path, 'x\n'),
    );
    try {
      project.plan(rendered);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      expect(error.problems.map(({ code, place }) => `${code} ${place}`).sort()).toEqual([
        'JAIL ../x',
        'JAIL .devops/evil',
        'JAIL Dockerfile',
        'JAIL a',
        'JAIL docs/x.md',
        'OWNER twice',
      ]);
    }
  });
});

describe('a file with the name of something that every object has', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('%s is a file like any other', (name) => {
    const project = new MemoryProject();
    expect(kindOf(project, [file(name, 'a\n')], name)).toBe('create');
    project.run([file(name, 'a\n')]);
    expect(toWrites(project.plan([file(name, 'a\n')]))).toEqual([]);
    expect(kindOf(project, [file(name, 'b\n')], name)).toBe('update');
    project.put(name, null);
    expect(kindOf(project, [file(name, 'b\n')], name)).toBe('keep');
  });
});
