/** What a plan says, and what it refuses: the words by which a person decides, and the errors that no run may swallow. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/core/lock.ts';
import { removal } from '../../../src/core/plan/removal.ts';
import { toWrites } from '../../../src/core/plan.ts';
import { SetupError } from '../../../src/errors.ts';
import type { ProjectFiles } from '../../../src/model.ts';
import { changeOf, file, MemoryProject, written } from '../../helpers/plan.ts';

const PATH = 'deploy.sh';
const BASE = '#!/bin/sh\none\ntwo\nthree\nfour\nfive\n';
const NEWS = BASE.replace('two', 'TWO');
const NEAR = BASE.replace('two', 'my two');
const v = (text: string, path = PATH) => [file(path, text)];
const WORKFLOW = '.github/workflows/ci.yml';

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}

describe('a file that cannot be read', () => {
  /** The project, with files that are no text. */
  const broken = (project: MemoryProject, paths: readonly string[]): ProjectFiles => {
    const { files } = project;
    const read = (path: string): string | null => {
      if (paths.includes(path)) throw new SetupError({ code: 'READ', place: path, message: 'no text', hint: '-' });
      return files.read(path);
    };
    return { ...files, read };
  };

  it('stops the plan, all of them at once: it is not forgotten in the lock', () => {
    const rendered = [...v(BASE, 'a.txt'), ...v(BASE, 'b.txt'), ...v(BASE, 'c.txt')];
    const project = written(rendered);
    const files = broken(project, ['a.txt', 'c.txt']);
    for (const wanted of [rendered, []]) {
      const error = thrown(() => project.plan(wanted, { files }));
      expect(error).toBeInstanceOf(SetupError);
      expect((error as SetupError).problems.map(({ code, place }) => `${code} ${place}`)).toEqual([
        'READ a.txt',
        'READ c.txt',
      ]);
    }
  });

  it('stops it not where only another path is decided', () => {
    const rendered = [...v(BASE, 'a.txt'), ...v(BASE, 'b.txt')];
    const project = written(rendered);
    const made = project.plan(rendered, { files: broken(project, ['a.txt']), only: new Set(['b.txt']) });
    expect(made.changes.map(({ path }) => path)).toEqual(['b.txt']);
    expect(Object.keys(made.lock.files)).toEqual(['a.txt', 'b.txt']);
  });

  it('is told from a mistake of ours, which is not taken for the user\u2019s', () => {
    const project = written(v(BASE));
    const mistake = new TypeError('ours');
    const read = (path: string) => {
      if (path === PATH) throw mistake;
      return project.files.read(path);
    };
    expect(thrown(() => project.plan(v(NEWS), { files: { ...project.files, read } }))).toBe(mistake);
  });

  it('is named once where a folder stands in its place', () => {
    const project = new MemoryProject({ 'deploy.sh/x': 'x\n' });
    const error = thrown(() => project.plan(v(BASE), { files: broken(project, [PATH]) }));
    expect((error as SetupError).problems.map(({ code, place }) => `${code} ${place}`)).toEqual([`READ ${PATH}`]);
    const plain = thrown(() => project.plan(v(BASE)));
    expect((plain as SetupError).problems.map(({ code, place }) => `${code} ${place}`)).toEqual([`JAIL ${PATH}`]);
  });
});

describe('why a file is as it is', () => {
  const reason = (project: MemoryProject, text: string, more = {}, path = PATH): string | undefined =>
    changeOf(project.plan(text === '' ? [] : v(text, path), more), path)?.reason;

  it('says of a conflict whose text it is, and what is not known', () => {
    const edited = 'edited by you, and there is a newer text';
    const project = written(v(BASE)).put(PATH, NEAR);
    expect(reason(project, NEWS)).toBe(edited);
    expect(reason(project, NEWS, { policy: 'fail' })).toBe(edited);
    const workflow = written(v(BASE, WORKFLOW)).put(WORKFLOW, NEAR);
    expect(reason(workflow, NEWS, {}, WORKFLOW)).toBe(edited);
    expect(reason(workflow, NEWS, { policy: 'markers' }, WORKFLOW)).toBe(
      `${edited}; no marks are written into a workflow`,
    );
    project.put(`.devops/base/${PATH}.base`, null);
    expect(reason(project, NEWS)).toBe(`${edited}; what we last wrote is not known, so nothing is merged by itself`);
  });

  it('has notes and conflicts only where there are some', () => {
    const project = written(v(BASE));
    const plain = ['after', 'before', 'generator', 'kind', 'mode', 'modeBefore', 'ownership', 'path', 'reason'];
    expect(Object.keys(changeOf(project.plan(v(NEWS)), PATH) ?? {}).sort()).toEqual(plain);
    const theirs = project.put(PATH, NEAR).plan(v(NEWS), { policy: 'theirs' });
    expect(Object.keys(changeOf(theirs, PATH) ?? {}).sort()).toEqual([...plain, 'conflicts'].sort());
  });

  it('says of one that is no longer generated why it stays', () => {
    const project = written(v(BASE));
    project.links.add(PATH);
    expect(reason(project, '')).toBe('reached by a symbolic link, which is not followed');
    expect(reason(written(v(BASE)).put(PATH, NEAR), '')).toBe('no longer generated; you edited it, so it is yours');
    const once = new MemoryProject();
    once.run([file(PATH, BASE, { ownership: 'once' })]);
    expect(reason(once.put(PATH, NEAR), '')).toBe('written once, yours since');
  });

  it('says what of the user\u2019s own stays beside our addition, and nothing where nothing does', () => {
    const ours = [file('.gitignore', 'dist/\n', { ownership: 'merge:ignore-lines' })];
    const project = new MemoryProject({ '.gitignore': 'mine/\n' });
    expect(changeOf(project.run(ours), '.gitignore')?.reason).toBe('a small addition to your file');
    expect(changeOf(project.plan(ours), '.gitignore')?.reason).toBe('our part is in it');
  });

  it('says of remove --all without a lock whether there is something that it does not know', () => {
    const hint = (files: Readonly<Record<string, string>>): unknown =>
      thrown(() =>
        removal({ lock: null, files: new MemoryProject(files).files, tool: '1', ours: ['.devops/config.yaml'] }),
      );
    const lost = hint({ '.devops/config.yaml': 'version: 1\n' }) as SetupError;
    expect(lost.problems).toMatchObject([
      { code: 'PROJECT', message: expect.stringContaining('not there'), hint: expect.stringContaining('git checkout') },
    ]);
    expect((hint({ a: '' }) as SetupError).problems).toMatchObject([
      { message: 'nothing was set up here.', hint: 'There is nothing to remove.' },
    ]);
  });
});

describe('a text of ours that holds the sign for unknown bytes', () => {
  const odd = 'odd: \ufffd\none\n';

  it('is kept current, and the user\u2019s bytes are not taken for it', () => {
    const project = written(v(odd));
    expect(changeOf(project.run(v(`${odd}two\n`)), PATH)).toMatchObject({ kind: 'update', after: `${odd}two\n` });
    const theirs = written(v(BASE)).put(PATH, `${BASE}\ufffd\n`);
    expect(changeOf(theirs.plan(v(NEWS)), PATH)).toMatchObject({ kind: 'keep', reason: 'it is not UTF-8 text' });
  });
});

describe('marks in a file that is adopted', () => {
  it('leave what began them to measure our next text by, and settle like any other', () => {
    const project = new MemoryProject({ [PATH]: NEAR });
    const made = project.run(v(BASE), { policy: 'markers', intents: new Map([[PATH, 'adopt']]) });
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'update', reason: expect.stringContaining('marks written') });
    expect(project.lock()?.files[PATH]).toMatchObject({
      hash: hashText(BASE),
      open: { yours: hashText(NEAR), theirs: hashText(BASE) },
    });
    expect(project.text(`.devops/base/${PATH}.base`)).toBe(BASE);
    const mine = NEAR.replace('bin/sh', 'bin/bash');
    const next = BASE.replace('five', 'FIVE');
    expect(changeOf(project.put(PATH, mine).run(v(next)), PATH)).toMatchObject({
      kind: 'update',
      after: mine.replace('five', 'FIVE'),
    });
    expect(project.lock()?.files[PATH]?.open).toBeUndefined();
    expect(toWrites(project.plan(v(next)))).toEqual([]);
  });
});

describe('a path where nothing can be written', () => {
  const told = (files: Readonly<Record<string, string>>, ...paths: string[]): readonly string[] => {
    const rendered = paths.map((path) => file(path, 'x\n'));
    const error = thrown(() => new MemoryProject(files).plan(rendered));
    return error === null ? [] : (error as SetupError).problems.map(({ place, message }) => `${place}: ${message}`);
  };

  it('says what stands in the way, and which generator asks for it', () => {
    expect(told({ 'docs/x': '' }, 'docs')).toEqual([
      'docs: a folder stands where the file belongs (generator docker).',
    ]);
    expect(told({ docs: '' }, 'docs/a/b.md')).toEqual([
      'docs/a/b.md: docs is a file here, a folder is needed (generator docker).',
    ]);
    expect(told({}, 'a.md', 'A.md')).toEqual(['a.md: A.md is the same where case is ignored (generator docker).']);
    expect(told({}, 'docs', 'docs/a.md')).toEqual(['docs/a.md: docs is a file, not a folder (generator docker).']);
  });

  it('is none of our business where it is left to its owner', () => {
    const asked = { unmanaged: new Set(['docs/a/b.md']) };
    const { changes } = new MemoryProject({ docs: '' }).plan([file('docs/a/b.md', 'x\n')], asked);
    expect(changes.map(({ kind }) => kind)).toEqual(['keep']);
  });

  it.each(['.devops/x', '.Devops/lock.json', '.DEVOPS'])('%s is our own folder, in any spelling', (path) => {
    expect(told({}, path)).toEqual([`${path}: no generator writes into our own folder (generator docker).`]);
  });

  it('is none because a file has a name that the path only begins with', () => {
    expect(told({ D: '', 'doc/s': '', '.g': '' }, 'Dockerfile', 'docs/a.md', '.github/x.yml')).toEqual([]);
  });
});
