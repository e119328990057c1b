import { describe, expect, it } from 'vitest';
import { localGenerator } from '../../../src/core/local/generator.ts';
import { hashText } from '../../../src/core/lock.ts';
import { toWrites } from '../../../src/core/plan.ts';
import type { Generator, GeneratorInput } from '../../../src/define.ts';
import { changeOf, file, MemoryProject, written } from '../../helpers/plan.ts';

const V1 = [file('ci.yml', 'a\nb\n')];
const V2 = [file('ci.yml', 'a\nB\n')];

function kindOf(project: MemoryProject, rendered: typeof V1, path = 'ci.yml'): string | undefined {
  return changeOf(project.plan(rendered), path)?.kind;
}

describe('line ends, byte order mark, final newline, mode', () => {
  it.each([
    ['CRLF', 'a\r\nb\r\n', 'a\r\nB\r\n'],
    ['a byte order mark', '\ufeffa\nb\n', '\ufeffa\nB\n'],
    ['no final newline', 'a\nb', 'a\nB'],
    ['all three', '\ufeffa\r\nb', '\ufeffa\r\nB'],
  ])('%s is no edit and survives an update', (_, disk, updated) => {
    const project = written(V1).put('ci.yml', disk);
    expect(kindOf(project, V1)).toBe('unchanged');
    expect(toWrites(project.plan(V1))).toEqual([]);
    project.run(V2);
    expect(project.text('ci.yml')).toBe(updated);
    expect(toWrites(project.plan(V2))).toEqual([]);
  });

  it('a checkout with CRLF everywhere is no news', () => {
    const project = written(V1);
    for (const [path, { text }] of project.entries) project.put(path, text.replaceAll('\n', '\r\n'));
    expect(toWrites(project.plan(V1))).toEqual([]);
  });

  const script = (mode: 0o644 | 0o755) => [file('run.sh', '#!/bin/sh\n', { mode })];

  it('a mode of ours that changes is an update', () => {
    const project = written(script(0o644)).put('run.sh', '#!/bin/sh\n', 0o664);
    expect(changeOf(project.run(script(0o755)), 'run.sh')).toMatchObject({
      kind: 'update',
      modeBefore: 0o664,
      mode: 0o775,
    });
    expect(toWrites(project.plan(script(0o755)))).toEqual([]);
    expect(changeOf(project.plan(script(0o644)), 'run.sh')).toMatchObject({ kind: 'update', mode: 0o664 });
  });

  it('a mode of ours reaches an edited file, and its text stays', () => {
    const project = written(script(0o644)).put('run.sh', '#!/bin/sh\nmine\n');
    expect(changeOf(project.run(script(0o755)), 'run.sh')).toMatchObject({
      kind: 'update',
      after: '#!/bin/sh\nmine\n',
      mode: 0o755,
    });
    expect(toWrites(project.plan(script(0o755)))).toEqual([]);
    expect(kindOf(project, script(0o755), 'run.sh')).toBe('keep');
  });

  it('a mode that the user set stays, and so do bits that depend on the machine', () => {
    const project = written(script(0o755)).put('run.sh', '#!/bin/sh\n', 0o640);
    expect(toWrites(project.plan(script(0o755)))).toEqual([]);
    const update = [file('run.sh', '#!/bin/sh\nset -e\n', { mode: 0o755 })];
    expect(changeOf(project.plan(update), 'run.sh')).toMatchObject({ mode: 0o640, modeBefore: 0o640 });
  });

  it('an identical file of somebody else becomes executable when it has to be', () => {
    const project = new MemoryProject({ 'run.sh': '#!/bin/sh\n' });
    expect(changeOf(project.run(script(0o755)), 'run.sh')).toMatchObject({ kind: 'update', mode: 0o755 });
    expect(toWrites(project.plan(script(0o755)))).toEqual([]);
  });
});

describe('ownership once', () => {
  const once = (text: string) => [file('contacts.yaml', text, { ownership: 'once' })];

  it('writes when absent and never in the lock, then never again', () => {
    const project = new MemoryProject();
    expect(changeOf(project.run(once('a\n')), 'contacts.yaml')?.kind).toBe('create');
    expect(project.text('.devops/base/contacts.yaml.base')).toBeNull();
    project.put('contacts.yaml', 'mine\n');
    expect(changeOf(project.run(once('b\n')), 'contacts.yaml')).toMatchObject({ kind: 'keep', foreign: false });
    project.put('contacts.yaml', null);
    expect(changeOf(project.run(once('b\n')), 'contacts.yaml')).toMatchObject({ kind: 'keep', before: null });
    project.put('contacts.yaml', 'mine\n');
    expect(changeOf(project.run([]), 'contacts.yaml')?.kind).toBe('orphan');
  });

  it('is deleted when nobody ever wrote another text into it, and remembers the first for that', () => {
    const project = new MemoryProject();
    project.run(once('a\n'));
    const made = project.run(once('b\n'));
    expect(made.lock.files['contacts.yaml']?.hash).toBe(hashText('a\n'));
    expect(changeOf(project.run([]), 'contacts.yaml')?.kind).toBe('delete');
  });

  it('leaves a foreign file alone', () => {
    const project = new MemoryProject({ 'contacts.yaml': 'mine\n' });
    expect(changeOf(project.run(once('a\n')), 'contacts.yaml')).toMatchObject({ kind: 'keep', foreign: true });
  });
});

describe('additive edits', () => {
  const ignore = (text: string) => [file('.gitignore', text, { ownership: 'merge:ignore-lines' })];

  it('add, remember their fragment only, follow news, and are taken out without a trace', () => {
    const project = new MemoryProject({ '.gitignore': 'secret-stuff\n' }).put('.gitignore', 'secret-stuff\n', 0o600);
    const first = project.run(ignore('dist/\n'));
    expect(changeOf(first, '.gitignore')).toMatchObject({
      kind: 'update',
      before: 'secret-stuff\n',
      mode: 0o600,
      modeBefore: 0o600,
    });
    expect(project.text('.devops/base/.gitignore.base')).toBe('dist/\n');
    expect(first.lock.files['.gitignore']?.hash).toBe(hashText('dist/\n'));
    expect(toWrites(project.plan(ignore('dist/\n')))).toEqual([]);
    project.run(ignore('dist/\ncoverage/\n'));
    expect(project.text('.gitignore')).toContain('coverage/');
    expect(changeOf(project.run([]), '.gitignore')?.kind).toBe('update');
    expect(project.text('.gitignore')).toBe('secret-stuff\n');
    expect(project.text('.devops/base/.gitignore.base')).toBeNull();
  });

  it('begin a file, and delete it when nothing else is in it', () => {
    const project = new MemoryProject();
    expect(changeOf(project.run(ignore('dist/\n')), '.gitignore')?.kind).toBe('create');
    expect(changeOf(project.run([]), '.gitignore')?.kind).toBe('delete');
  });

  it('are not put back when the user took the file or the lines away', () => {
    const project = new MemoryProject({ '.gitignore': 'x\n' });
    project.run(ignore('dist/\n'));
    project.put('.gitignore', 'x\n');
    expect(changeOf(project.run(ignore('dist/\n')), '.gitignore')?.kind).toBe('unchanged');
    project.put('.gitignore', null);
    expect(changeOf(project.run(ignore('dist/\nnew/\n')), '.gitignore')).toMatchObject({ kind: 'keep', before: null });
  });

  it('keep what they cannot edit, and say why', () => {
    const scripts = [file('package.json', '{"lint":"biome"}', { ownership: 'merge:package-scripts' })];
    const broken = new MemoryProject({ 'package.json': '{' });
    expect(changeOf(broken.run(scripts), 'package.json')).toMatchObject({
      kind: 'keep',
      reason: expect.stringContaining('JSON'),
    });
    const own = new MemoryProject({ 'package.json': '{"scripts":{"lint":"eslint"}}' });
    const made = own.run(scripts);
    expect(changeOf(made, 'package.json')).toMatchObject({ kind: 'keep', reason: 'package.json has its own lint' });
    expect(made.lock.files).toEqual({});
    expect(changeOf(new MemoryProject().plan(scripts), 'package.json')).toMatchObject({ kind: 'keep', before: null });
  });

  it('never take out what was the user\u2019s before', () => {
    const text = '{\n  "scripts": {\n    "lint": "biome"\n  }\n}\n';
    const project = new MemoryProject({ 'package.json': text });
    project.run([file('package.json', '{"lint":"biome","infra":"x"}', { ownership: 'merge:package-scripts' })]);
    project.run([]);
    expect(project.text('package.json')).toBe(text);
  });

  it('of targets, hooks and settings that a generator of the project asks for are created, updated and removed', () => {
    const before = {
      Makefile: 'all:\n\tls\n',
      '.pre-commit-config.yaml': 'repos: []\r\n',
      '.vscode/settings.json': '{\n  // mine\n  "a": 1\n}',
    };
    const render = (made: Generator) =>
      made
        .files({} as GeneratorInput)
        .map(({ path, view, ownership }) =>
          file(path, String(view.text), { ownership: ownership ?? 'own', generator: made.id }),
        );
    const version = (word: string) =>
      render(
        localGenerator(
          { id: 'house', file: 'devops/generators/house.mjs', relative: (text) => text },
          {
            id: 'house',
            title: 'House',
            summary: 'what every project of the house has',
            files: () => [
              {
                path: 'Makefile',
                view: { text: `.PHONY: ship\nship:\n\t${word}\n` },
                ownership: 'merge:makefile-targets',
              },
              {
                path: '.pre-commit-config.yaml',
                view: { text: `- repo: https://example.test/hooks\n  rev: ${word}\n  hooks:\n    - id: own\n` },
                ownership: 'merge:pre-commit-hooks',
              },
              {
                path: '.vscode/settings.json',
                view: { text: `{ "ship": "${word}" }\n` },
                ownership: 'merge:editor-settings',
              },
            ],
          },
          {},
        ),
      );
    for (const start of [before, {}]) {
      const project = new MemoryProject(start);
      const paths = Object.keys(before);
      for (const word of ['one', 'two']) {
        const made = project.run(version(word));
        for (const path of paths) {
          expect(changeOf(made, path)?.kind).toBe(word === 'one' && start !== before ? 'create' : 'update');
          expect(project.text(path)).toContain(word);
          expect(made.lock.files[path]?.ownership).toMatch(/^merge:/);
        }
        expect(toWrites(project.plan(version(word)))).toEqual([]);
      }
      for (const path of paths) expect(project.text(path)).not.toContain('one');
      project.run([]);
      expect(Object.fromEntries(paths.map((path) => [path, project.text(path)]))).toEqual(
        Object.fromEntries(paths.map((path) => [path, start === before ? before[path as keyof typeof before] : null])),
      );
    }
  });
});
