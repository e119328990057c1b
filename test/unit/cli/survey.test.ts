/** What an update counts: files that people edited, and lines of theirs that would be gone. */
import { describe, expect, it } from 'vitest';
import { answeredIn, entriesOf } from '../../../src/cli/changes.ts';
import { lostLines, survey } from '../../../src/cli/survey.ts';
import { conflictText, leftText } from '../../../src/cli/text/conflicts.ts';
import { doneText, headerText, updateText } from '../../../src/cli/text/update.ts';
import { hashText } from '../../../src/core/lock.ts';
import { openTerminal } from '../../../src/io/terminal.ts';
import type { Change, Lock, MergeConflict, Plan } from '../../../src/model.ts';
import { project } from '../../helpers/project.ts';

const style = openTerminal({
  stdin: { isTTY: false },
  stdout: { isTTY: false, write: () => true },
  stderr: { isTTY: false, write: () => true },
  env: {},
} as never).style;

const own = (text: string) => ({ generator: 'docker', ownership: 'own', hash: hashText(text), mode: 0o644 }) as const;
const lockOf = (files: Lock['files']): Lock => ({ version: 1, tool: '1.0.0', config: '', pinned: {}, files });
const about = { generator: 'docker', ownership: 'own', reason: 'because', mode: 0o644, modeBefore: 0o644 } as const;
const planOf = (...changes: Change[]): Plan => ({ changes, lock: lockOf({}), housekeeping: [] });
const updated = (path: string, before: string, after: string, more: Partial<Change> = {}): Change =>
  ({ ...about, kind: 'update', path, before, after, ...more }) as Change;

const conflict = (more: Partial<MergeConflict> = {}): MergeConflict => ({
  id: '1',
  pointer: '/groups/0/rules/2/for',
  line: 31,
  yours: 'for: 2m',
  base: 'for: 5m',
  theirs: 'for: 10m',
  reason: 'both changed it',
  ...more,
});
const inConflict = (path: string, ...conflicts: MergeConflict[]): Change =>
  ({ ...about, kind: 'conflict', path, before: 'x', after: 'x', theirs: 'y', base: 'z', conflicts }) as Change;

describe('the survey of an update', () => {
  const lock = lockOf({
    a: own('old\n'),
    b: own('old\n'),
    c: own('old\n'),
    d: own('old\n'),
    'package.json': { ...own('x'), ownership: 'merge:package-scripts' },
  });

  it('counts files of ours, and those that nobody edited', () => {
    const found = survey(
      lock,
      planOf(
        updated('a', 'old\n', 'new\n'),
        updated('b', 'mine\n', 'merged\n'),
        { ...about, kind: 'keep', path: 'c', before: null, after: 'new\n', foreign: false },
        inConflict('d', conflict()),
        updated('package.json', '{}', '{ }', { ownership: 'merge:package-scripts' }),
      ),
    );
    expect({ ...found, edited: [...found.edited] }).toEqual({
      from: '1.0.0',
      managed: 4,
      untouched: 1,
      edited: ['b', 'c', 'd'],
    });
    expect(headerText(found, '2.0.0')).toBe('1.0.0 → 2.0.0 · 4 files managed · 1 unchanged by you');
  });

  it('follows a file that a person moved', () => {
    const found = survey(lock, planOf(updated('deploy/a', 'mine\n', 'merged\n', { from: 'a' })));
    expect([...found.edited]).toEqual(['deploy/a']);
  });
});

describe('lines of people', () => {
  const files = project({ '.devops/base/ci.yml.base': 'a: 1\nuses: x/y@v1 # v1\n' });
  const lost = (before: string, after: string, more: Partial<Change> = {}) =>
    lostLines(files, planOf(updated('ci.yml', before, after, more)));

  it('are lost when they are not in the file any more', () =>
    expect(lost('a: 1\nmine: 2\nuses: x/y@v1 # v1\n', 'a: 3\nuses: x/y@v1 # v1\n')).toEqual([
      { path: 'ci.yml', line: 'mine: 2' },
    ]));

  it.each([
    ['moved and indented', 'a: 1\nmine: 2\n', '  mine: 2\na: 3\n'],
    ['of a pin that went on', `a: 1\nuses: x/y@${'a'.repeat(40)} # v2\n`, `a: 3\nuses: x/y@${'b'.repeat(40)} # v3\n`],
    ['that say what was there before', 'a: 1\n', 'b: 1\n'],
  ])('%s are not', (_, before, after) => expect(lost(before, after)).toEqual([]));

  it('are not where a person chose', () =>
    expect(lost('a: 2\n', 'a: 3\n', { conflicts: [conflict()] } as Partial<Change>)).toEqual([]));
});

describe('what is said', () => {
  it('names our news by folder, and every file where an edit was met', () => {
    const plan = planOf(
      updated('monitoring/a.yml', 'x', 'y'),
      updated('monitoring/b.yml', 'x', 'y'),
      updated('Dockerfile', 'x', 'y'),
      updated('.github/workflows/ci.yml', 'mine', 'y', { notes: ['your step "Seed" is kept'] } as Partial<Change>),
      updated('deploy/compose.yaml', 'x', 'y', { from: 'compose.yaml' }),
      {
        ...about,
        kind: 'keep',
        path: 'gone',
        before: null,
        after: 'y',
        foreign: false,
        reason: 'deleted by you; there is a newer text (restore gone writes it)',
      },
    );
    const found = { from: '1.0.0', managed: 6, untouched: 5, edited: new Set(['.github/workflows/ci.yml', 'gone']) };
    const text = updateText(plan, found, style, 80);
    expect(text).toMatch(/~ monitoring\/ +2 files updated/);
    expect(text).toMatch(/~ Dockerfile +updated/);
    expect(text).toMatch(/⇄ \.github\/workflows\/ci\.yml +because; your step "Seed" is kept/);
    expect(text).toMatch(/~ deploy\/compose\.yaml +because; you moved it here from compose\.yaml/);
    expect(text.replace(/\s+/g, ' ')).toContain('restore gone writes it');
    expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(doneText(plan, found, 0)).toBe('4 updated, 1 merged with your edits, 0 lost');
  });

  it.each([80, 60, 40])('shows a conflict with its three sides within %d columns', (columns) => {
    const entry = {
      ...conflict({ yours: `run: ${'echo '.repeat(40)}` }),
      path: 'monitoring/prometheus/rules/http.yml',
    };
    const text = conflictText(entry, style, columns);
    expect(text).toContain('! monitoring/prometheus/rules/http.yml:31');
    expect(text).toMatch(/you {2}run: echo/);
    expect(text).toMatch(/was {2}for: 5m/);
    expect(text).toMatch(/now {2}for: 10m/);
    const long = text.split('\n').filter((line) => line.length > columns && !line.includes('http.yml:31'));
    expect(long).toEqual([]);
  });

  it('counts the lines that it leaves out, and shows them all when asked', () => {
    const lines = Array.from({ length: 12 }, (_, n) => `line ${n}`).join('\n');
    const entry = { ...conflict({ yours: lines, base: null }), path: 'a' };
    expect(conflictText(entry, style, 80)).toContain('(7 more lines)');
    expect(conflictText(entry, style, 80)).not.toContain('line 11');
    expect(conflictText(entry, style, 80, true)).toContain('line 11');
    expect(conflictText(entry, style, 80)).toMatch(/was {2}\(not there, or not known\)/);
  });

  it('begins long sides where they differ', () => {
    const job = (last: string) => `job:\n${Array.from({ length: 40 }, (_, n) => `  - step ${n}\n`).join('')}${last}\n`;
    const entry = { ...conflict({ yours: job('  - mine'), base: job('  - theirs'), theirs: null }), path: 'a' };
    const shown = conflictText(entry, style, 80);
    expect(shown).toContain('you  (40 lines alike)\n             - step 39\n             - mine\n');
    expect(shown).toContain('was  (40 lines alike)\n             - step 39\n             - theirs\n');
    expect(conflictText(entry, style, 80, true)).not.toContain('alike');
  });

  it('shows a side of any length', () => {
    const entry = { ...conflict({ yours: 'RUN true\n'.repeat(200_000), theirs: null }), path: 'a' };
    expect(conflictText(entry, style, 80)).toContain('more lines)');
  });

  it('names no policy where only marks are left: none of them reads marks', () => {
    const at = (conflicts: readonly MergeConflict[]): Change =>
      ({ ...about, kind: 'conflict', path: 'a', before: '', after: '', theirs: '', base: '', conflicts }) as Change;
    expect(leftText(planOf(at([])), style, 80)).toContain('Settle the marks in the file');
    expect(leftText(planOf(at([])), style, 80)).not.toContain('--on-conflict');
    expect(leftText(planOf(at([]), at([conflict()])), style, 80)).toContain('--on-conflict');
  });

  it('lets no control character of a file reach the terminal', () => {
    const entry = { ...conflict({ yours: 'a\u001b]0;x\u0007' }), path: 'a\u001b[2J' };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(conflictText(entry, style, 80)).not.toMatch(/[\u001b\u0007]/);
  });

  it('counts marks as what is left, not as an answer', () => {
    const change = updated('a', 'mine\n', '<<<<<<< yours\n', { conflicts: [conflict()] } as Partial<Change>);
    const open = { yours: hashText('mine\n'), theirs: hashText('x') };
    const marked: Plan = { ...planOf(change), lock: lockOf({ a: { ...own('old\n'), open } }) };
    expect(answeredIn(marked, change)).toEqual([]);
    expect(entriesOf(marked)).toEqual([{ ...conflict(), path: 'a' }]);
    expect(leftText(marked, style, 80)).toContain('1 file is written with conflict marks');
    const found = { from: '1.0.0', managed: 1, untouched: 0, edited: new Set(['a']) };
    expect(doneText(marked, found, 0)).toBe('1 written with conflict marks, 0 lost');
    expect(answeredIn(planOf(change), change)).toHaveLength(1);
  });

  it('says how what is left can be decided', () => {
    expect(leftText(planOf(), style, 80)).toBe('');
    const text = leftText(planOf(inConflict('a', conflict(), conflict({ id: '2' })), inConflict('b')), style, 80);
    expect(text).toContain('2 files in conflict stay as they are');
    expect(text).toContain('--on-conflict=keep');
    expect(text).toContain('! b:1');
  });
});
