import { describe, expect, it } from 'vitest';
import { diffOf, unifiedDiff } from '../../../src/core/diff.ts';
import type { Change } from '../../../src/model.ts';

const about = { path: 'a/b.yml', generator: 'docker', ownership: 'own', reason: '' } as const;
const update = (before: string, after: string, more: object = {}): Change =>
  ({ ...about, kind: 'update', before, after, mode: 0o644, modeBefore: 0o644, ...more }) as Change;

describe('unifiedDiff', () => {
  it('shows an update as git does', () => {
    const before = `${Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join('\n')}\n`;
    expect(unifiedDiff(update(before, before.replace('line 6\n', 'line six\nand more\n')))).toBe(`--- a/a/b.yml
+++ b/a/b.yml
@@ -3,7 +3,8 @@
 line 3
 line 4
 line 5
-line 6
+line six
+and more
 line 7
 line 8
 line 9
`);
  });

  it('shows a creation and a deletion against nothing', () => {
    const create: Change = { ...about, kind: 'create', before: null, after: 'x\n', mode: 0o755 };
    expect(unifiedDiff(create)).toBe('--- /dev/null\n+++ b/a/b.yml\n# mode 755\n@@ -0,0 +1,1 @@\n+x\n');
    const gone: Change = { ...about, kind: 'delete', before: 'x\n', after: null };
    expect(unifiedDiff(gone)).toBe('--- a/a/b.yml\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n');
  });

  it('does not take line ends for a difference, and tells modes and final newlines', () => {
    expect(unifiedDiff(update('\ufeffa\r\n', 'a\n'))).toBe('');
    expect(unifiedDiff(update('a\n', 'a\n', { mode: 0o755 }))).toContain('# mode 644 becomes 755');
    expect(diffOf(update('a', 'a\n')).notes).toEqual(['a final newline is added']);
  });

  it('shows a conflict against what we would write, not against the merge that waits for a person', () => {
    const texts = { before: 'a\nmine\n', after: 'a\nmine\nmerged\n', theirs: 'a\nours\n', base: 'a\nb\n' };
    const conflict: Change = { ...about, kind: 'conflict', ...texts, mode: 0o644, conflicts: [] };
    expect(diffOf(conflict)).toMatchObject({ added: 1, removed: 1 });
    expect(unifiedDiff(conflict)).toContain('-mine\n+ours\n');
  });

  it('counts and numbers lines', () => {
    const diff = diffOf(update('a\nb\nc\n', 'a\nc\nd\n'));
    expect(diff).toMatchObject({ added: 1, removed: 1, wholesale: false });
    expect(diff.hunks[0]?.lines).toEqual([
      { kind: 'same', text: 'a', old: 1, new: 1 },
      { kind: 'removed', text: 'b', old: 2, new: null },
      { kind: 'same', text: 'c', old: 3, new: 2 },
      { kind: 'added', text: 'd', old: null, new: 3 },
    ]);
  });

  it('gives up on texts that share nothing, and shows both', () => {
    const lines = (word: string): string =>
      `${Array.from({ length: 5000 }, (_, index) => `${word} ${index}`).join('\n')}\n`;
    expect(diffOf(update(lines('old'), lines('new')))).toMatchObject({ wholesale: true, added: 5000, removed: 5000 });
  });
});
