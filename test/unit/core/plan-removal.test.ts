/** `remove --all`: as if we had never been there, save what people edited. */
import { describe, expect, it } from 'vitest';
import { hashText, serializeLock } from '../../../src/core/lock.ts';
import { removal } from '../../../src/core/plan/removal.ts';
import { toWrites } from '../../../src/core/plan.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Lock, Plan } from '../../../src/model.ts';
import { changeOf, file, MemoryProject } from '../../helpers/plan.ts';

const CONFIG = '.devops/config.yaml';
const SCHEMA = '.devops/config.schema.json';
const RENDERED = [
  file('Dockerfile', 'FROM node\nRUN build\n'),
  file('.github/workflows/ci.yml', 'on: push\njobs: {}\n'),
  file('contacts.yaml', 'team: ?\n', { ownership: 'once' }),
  file('.gitignore', 'dist/\n', { ownership: 'merge:ignore-lines' }),
];
const THEIRS = { 'src/index.ts': 'export {};\n', '.gitignore': 'secret\n' };
const EXTRAS = [
  { path: CONFIG, text: 'version: 1\n' },
  { path: SCHEMA, text: '{}\n' },
];

function setUp(): MemoryProject {
  const project = new MemoryProject(THEIRS);
  project.run(RENDERED, { extras: EXTRAS });
  return project;
}

function plan(project: MemoryProject, unmanaged?: ReadonlySet<string>): Plan {
  const input = { lock: project.lock(), files: project.files, tool: '1.0.0', ours: [CONFIG, SCHEMA] };
  return removal(unmanaged === undefined ? input : { ...input, unmanaged });
}

function remove(project: MemoryProject): Plan {
  const made = plan(project);
  project.carryOut(made);
  return made;
}

function all(project: MemoryProject): Record<string, string> {
  return Object.fromEntries([...project.entries].map(([path, { text }]) => [path, text]));
}

describe('remove --all', () => {
  it('leaves the project as it was, the lock last', () => {
    const project = setUp();
    const made = remove(project);
    expect(all(project)).toEqual(THEIRS);
    expect(made.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'delete .github/workflows/ci.yml',
      'update .gitignore',
      'delete Dockerfile',
      'delete contacts.yaml',
    ]);
    expect(toWrites(made).at(-1)).toMatchObject({ path: '.devops/lock.json', content: null });
  });

  it('leaves what people edited, and says so', () => {
    const project = setUp().put('Dockerfile', 'FROM mine\n').put('contacts.yaml', 'team: us\n');
    const made = remove(project);
    expect(all(project)).toEqual({ ...THEIRS, Dockerfile: 'FROM mine\n', 'contacts.yaml': 'team: us\n' });
    expect(made.changes.filter(({ kind }) => kind === 'orphan').map(({ path }) => path)).toEqual([
      'Dockerfile',
      'contacts.yaml',
    ]);
  });

  it('leaves what a person put into our folder, and takes an edited configuration along', () => {
    const project = setUp()
      .put('.devops/notes.md', 'mine\n')
      .put('.devops/.gitignore', 'tx/\nlocal/\n')
      .put(CONFIG, 'version: 1\n# edited\n')
      .put('.devops/base/old/file.yml.base', 'from a branch\n')
      .put('.devops/base/readme.md', 'mine\n');
    const made = remove(project);
    expect(all(project)).toEqual({
      ...THEIRS,
      '.devops/notes.md': 'mine\n',
      '.devops/.gitignore': 'local/\n',
      '.devops/base/readme.md': 'mine\n',
    });
    expect(made.changes.filter(({ kind }) => kind === 'orphan')).toMatchObject([
      { path: '.devops/.gitignore', reason: 'lines of yours are in it' },
      { path: '.devops/base/readme.md', reason: 'not ours: somebody put it there' },
      { path: '.devops/notes.md' },
    ]);
  });

  it('takes presets along that were fetched, unless they were edited', () => {
    const preset = (file: string) => ({ file, hash: hashText('x: 1\n'), resolved: '1.0.0', integrity: '' });
    const presets: Lock['presets'] = {
      'npm:a@1': preset('.devops/presets/a.yaml'),
      'npm:b@1': preset('.devops/presets/b.yaml'),
    };
    const project = setUp().put('.devops/presets/a.yaml', 'x: 1\n').put('.devops/presets/b.yaml', 'x: 2\n');
    project.put('.devops/lock.json', serializeLock({ ...(project.lock() as Lock), presets }));
    const made = remove(project);
    expect(all(project)).toEqual({ ...THEIRS, '.devops/presets/b.yaml': 'x: 2\n' });
    expect(changeOf(made, '.devops/presets/b.yaml')?.kind).toBe('orphan');
  });

  it('takes marks\u2019 waiting text along, follows moved files, and leaves alone what is left to the user', () => {
    const text = Array.from({ length: 9 }, (_, index) => `RUN step ${index}\n`).join('');
    const project = new MemoryProject(THEIRS);
    project.run([file('Dockerfile', text), file('a.sh', text), file('b.sh', 'x\n')]);
    project.put('Dockerfile', text.replace('step 3', 'my step 3'));
    project.run([file('Dockerfile', text.replace('step 3', 'step three')), file('a.sh', text), file('b.sh', 'x\n')], {
      policy: 'markers',
    });
    expect(project.text('.devops/base/Dockerfile.next.base')).not.toBeNull();
    project.put('bin/a.sh', text).put('a.sh', null);
    const marked = project.text('Dockerfile');
    const made = plan(project, new Set(['b.sh']));
    project.carryOut(made);
    expect(all(project)).toEqual({ ...THEIRS, Dockerfile: marked, 'b.sh': 'x\n' });
  });

  it('says what to do when nobody knows what is ours', () => {
    const refuse = (project: MemoryProject) => {
      try {
        plan(project);
      } catch (error) {
        if (error instanceof SetupError) return error.problems[0];
        throw error;
      }
      throw new Error('not refused');
    };
    expect(refuse(new MemoryProject(THEIRS))).toMatchObject({ code: 'PROJECT', message: 'nothing was set up here.' });
    expect(refuse(setUp().put('.devops/lock.json', null))).toMatchObject({
      code: 'PROJECT',
      place: '.devops/lock.json',
      hint: expect.stringContaining('git'),
    });
  });
});
