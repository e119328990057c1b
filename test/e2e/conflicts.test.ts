/** Conflicts answered by a person at a real terminal: each choice, the editor with everything that goes wrong in it, and the way out. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, bytesOf, cli, emptyFolder, project, removeFolders } from '../helpers/cli.ts';
import { rewritePast } from '../helpers/past.ts';
import { converse, findBridge, KEYS, type SessionOptions, type Step } from '../helpers/pty.ts';
import { screenText } from '../helpers/screen.ts';

const { enter, down, ctrlC } = KEYS;
const bridge = findBridge();
if (!bridge) console.warn('SKIPPED: tests at a terminal need python3 or util-linux script, and neither is here.');

afterAll(removeFolders, 60_000);

const CI = '.github/workflows/ci.yml';
const RULES = 'monitoring/prometheus/rules/availability.yml';
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
const edit = (folder: string, path: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, path), change(read(folder, path)));

/** One place in the rules, where the team says 9m, the past said 7m, and this release says something else. */
function contested(): string {
  const folder = project({ setUp: true });
  rewritePast(folder, {
    [RULES]: (text) => text.replace(/\bfor: \S+/, 'for: 7m'),
    Dockerfile: (text) => text.replace('\n', '\n# said by the older release\n'),
  });
  edit(folder, RULES, (text) => `# ours, says the team\n${text.replace('for: 7m', 'for: 9m')}`);
  return folder;
}

const ours = (): string => /\bfor: (\S+)/.exec(read(project({ setUp: true }), RULES))?.[1] ?? '';
const waits = (folder: string): string => /\bfor: (\S+)/.exec(read(folder, RULES))?.[1] ?? '';

const update = (cwd: string, steps: readonly Step[], options: Partial<SessionOptions> = {}) =>
  converse([process.execPath, BIN, 'update'], { cwd, steps, ...options });

/** Arrow keys down to an entry of the menu, then Enter. */
const choose = (entry: string, menu: readonly string[]): readonly Step[] => {
  const at = menu.findIndex((name) => name.includes(entry));
  if (at === -1) throw new Error(`${entry} is not in the menu`);
  const moves = menu
    .slice(1, at + 1)
    .map((name, index): Step => ({ see: `❯ ${menu[index]}`, type: name === '' ? '' : down }));
  return [...moves, { see: `❯ ${menu[at]}`, type: enter }];
};
const MENU = ['Keep mine', 'Take theirs', 'Open the file in', 'Show all three', 'Leave this file for later'];
const answer = (entry: string): readonly Step[] => [{ see: '? Which one?', type: '' }, ...choose(entry, MENU)];
const YES: readonly Step[] = [{ see: '? Write it?', type: enter }];

/** A program that edits like a person: each run takes the next script of the list. */
function editor(...scripts: readonly string[]): Readonly<{ command: string; seen: string }> {
  const folder = emptyFolder();
  const path = join(folder, 'an editor');
  const seen = join(folder, 'seen');
  scripts.forEach((script, index) => {
    writeFileSync(join(folder, `step-${index}`), script);
  });
  writeFileSync(
    path,
    `#!/bin/sh
n=$(cat '${folder}/count' 2>/dev/null || echo 0)
echo $((n + 1)) > '${folder}/count'
printf '%s\\n' "$1" >> '${seen}'
cat "$1" >> '${seen}'
. '${folder}/step-'$n
`,
  );
  chmodSync(path, 0o755);
  return { command: `"${path}"`, seen };
}

const SETTLE = `sed -i -e '/^<<<<<<< /d;/^||||||| /,/^>>>>>>> /d' -e 's/for: 9m/for: 11m/' "$1"`;

describe.skipIf(!bridge)(
  bridge ? 'a conflict at a terminal' : 'a conflict at a terminal (skipped: neither python3 nor util-linux script)',
  () => {
    it.each([
      ['Keep mine', '9m'],
      ['Take theirs', ''],
    ])('%s', async (entry, expected) => {
      const folder = contested();
      const { code, text, missed } = await update(folder, [...answer(entry), ...YES]);
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(text).toMatch(/conflict 1 of 1/);
      expect(text).toMatch(/! monitoring\/prometheus\/rules\/availability\.yml:\d+/);
      expect(text).toMatch(/you {2}for: 9m\n +was {2}for: 7m\n +now {2}for: /);
      expect(text).toContain('1 conflict answered, 0 lost');
      expect(waits(folder)).toBe(expected === '' ? ours() : expected);
      expect(read(folder, RULES)).toContain('# ours, says the team');
      expect(read(folder, 'Dockerfile')).not.toContain('older release');
      expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    });

    it('in the editor: marks in a file of the right name, and what was saved is written', async () => {
      const folder = contested();
      const { command, seen } = editor(SETTLE);
      const { code, text, missed } = await update(folder, [...answer('Open the file in'), ...YES], {
        env: { EDITOR: command },
      });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(text).toContain('Open the file in an editor');
      expect(readFileSync(seen, 'utf8')).toMatch(/^\S+\/availability\.yml\n[\s\S]*<{7} [\s\S]*\|{7} [\s\S]*>{7} /);
      expect(waits(folder)).toBe('11m');
      expect(text).toContain('1 conflict answered');
      expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
      expect(waits(folder)).toBe('11m');
    });

    it('in the editor: marks left, then what does not parse, then right', async () => {
      const folder = contested();
      const { command, seen } = editor(
        'true',
        `${SETTLE}; printf 'groups: [\\n' >> "$1"`,
        `sed -i -e '/^groups: \\[$/d' "$1"`,
      );
      const { code, text, missed } = await update(
        folder,
        [
          ...answer('Open the file in'),
          { see: 'still is a conflict mark', type: '' },
          ...choose('Open the file in', MENU),
          { see: 'it cannot be read', type: '' },
          ...choose('Open the file in', MENU),
          ...YES,
        ],
        { env: { EDITOR: command } },
      );
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      // What was saved before is what the editor shows again.
      expect(readFileSync(seen, 'utf8').match(/^groups: \[$/gm)).toHaveLength(1);
      expect(waits(folder)).toBe('11m');
    });

    it('in the editor: a heading that looks like a mark is none', async () => {
      const folder = project({ setUp: true });
      const page = 'docs/runbooks/scaling.md';
      rewritePast(folder, { [page]: (text) => text.replace('# Scaling', '# Scaling, older') });
      edit(
        folder,
        page,
        (text) => `${text.replace('# Scaling, older', '# Scaling, ours')}\nScaling\n=======\n\nMine.\n`,
      );
      const { code, text, missed } = await update(folder, [...answer('Open the file in'), ...YES], {
        env: { EDITOR: editor(SETTLE).command },
      });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(read(folder, page)).toMatch(/# Scaling, ours\n[\s\S]*\nScaling\n=======\n\nMine\.\n$/);
    });

    it('in an editor that fails: asked again, and the copy is gone', async () => {
      const folder = contested();
      const temporary = emptyFolder();
      const steps = [
        ...answer('Open the file in'),
        { see: 'gave nothing back', type: '' },
        { see: '? Which one?', type: '' },
        ...choose('Keep mine', MENU),
        ...YES,
      ];
      const { code, text, missed } = await update(folder, steps, {
        env: { VISUAL: editor('exit 3').command, TMPDIR: temporary },
      });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(readdirSync(temporary)).toEqual([]);
      expect(waits(folder)).toBe('9m');
    });

    it('shows all three in full, and asks again', async () => {
      const folder = contested();
      const steps = [...answer('Show all three'), ...answer('Take theirs'), ...YES];
      const { code, text, missed } = await update(folder, steps);
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(text.match(/you {2}for: 9m/g)).toHaveLength(2);
    });

    it('leaves it for later: the rest is written, exit 1', async () => {
      const folder = contested();
      const mine = read(folder, RULES);
      const { code, text, missed } = await update(folder, [...answer('Leave this file for later'), ...YES]);
      expect({ code, missed }, text).toEqual({ code: 1, missed: [] });
      expect(text).toContain('1 left in conflict');
      expect(read(folder, RULES)).toBe(mine);
      expect(read(folder, 'Dockerfile')).not.toContain('older release');
    });

    it('asks one after the other, and writes all of it at once', async () => {
      const folder = contested();
      rewritePast(folder, { [CI]: (text) => text.replace('timeout-minutes: 1', 'timeout-minutes: 2') });
      edit(folder, CI, (text) => text.replace('timeout-minutes: 2', 'timeout-minutes: 9'));
      const steps = [
        { see: 'conflict 1 of 2', type: '' },
        ...answer('Take theirs'),
        { see: 'conflict 2 of 2', type: '' },
        ...answer('Keep mine'),
        ...YES,
      ];
      const { code, text, missed } = await update(folder, steps);
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(text).toContain('2 conflicts answered');
      expect(read(folder, CI)).toContain('timeout-minutes: 1\n');
      expect(waits(folder)).toBe('9m');
    });

    it.each([
      ['the conflict', [{ see: '? Which one?', type: ctrlC }]],
      ['the plan', [...answer('Take theirs'), { see: '? Write it?', type: ctrlC }]],
    ])('writes nothing on Ctrl-C at %s', async (_, steps) => {
      const folder = contested();
      const before = bytesOf(folder);
      const { code, text, missed } = await update(folder, steps);
      expect({ code, missed }, text).toEqual({ code: 2, missed: [] });
      expect(text).toMatch(/stopped by you\.\s+Nothing was written\./);
      expect(bytesOf(folder)).toEqual(before);
    });

    it('writes nothing when the person says no', async () => {
      const folder = contested();
      const before = bytesOf(folder);
      const steps = [
        ...answer('Take theirs'),
        { see: '? Write it?', type: '' },
        ...choose('No', ['Yes', 'Show the diff', 'No']),
      ];
      const { code, text, missed } = await update(folder, steps);
      expect({ code, missed }, text).toEqual({ code: 1, missed: [] });
      expect(text).toContain('Nothing was written.');
      expect(bytesOf(folder)).toEqual(before);
    });

    it('asks nothing with a policy but whether to write, and nothing at all with --yes', async () => {
      const folder = contested();
      const kept = await converse([process.execPath, BIN, 'update', '--on-conflict', 'keep'], {
        cwd: folder,
        steps: YES,
      });
      expect({ code: kept.code, missed: kept.missed }, kept.text).toEqual({ code: 0, missed: [] });
      expect(waits(folder)).toBe('9m');
      const left = await converse([process.execPath, BIN, 'update', '--yes'], { cwd: contested(), steps: [] });
      expect(left.code, left.text).toBe(1);
      expect(left.text).not.toContain('?');
    });

    it.each([80, 60])('fits into %d columns', async (columns) => {
      const folder = contested();
      const { code, raw, text } = await update(folder, [...answer('Take theirs'), ...YES], { columns });
      expect(code, text).toBe(0);
      expect(
        screenText(raw, columns)
          .split('\n')
          .every((line) => line.length <= columns),
      ).toBe(true);
      // Nothing was broken by the terminal itself: lines of ours end before its edge.
      expect(text.split('\n').filter((line) => line.length > columns && !/[❯?✔]|writing 1 of/.test(line))).toEqual([]);
    });

    it('honours NO_COLOR', async () => {
      const { code, raw } = await update(contested(), [...answer('Take theirs'), ...YES], { env: { NO_COLOR: '1' } });
      expect(code).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
      expect(raw).not.toMatch(/\u001b\[[0-9;]*m/);
    });

    it('refuses an editor whose quotes do not close, before anything is asked', async () => {
      const folder = contested();
      const { code, text } = await update(folder, [], { env: { EDITOR: 'code "--wait' } });
      expect(code, text).toBe(2);
      expect(text).toContain('$EDITOR');
    });

    it('adopts a file of somebody else: each difference is asked about', async () => {
      const folder = project();
      writeFileSync(join(folder, 'Dockerfile'), 'FROM node:22\nCMD ["node", "x.js"]\n');
      expect(cli(folder, ['--yes']).code).toBe(0);
      const { code, text, missed } = await converse([process.execPath, BIN, 'adopt', 'Dockerfile'], {
        cwd: folder,
        steps: [
          { see: '? Which one?', type: '' },
          ...choose('Leave this file for later', MENU),
          { see: '? Write it?', type: enter },
        ],
      });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(read(folder, 'Dockerfile')).toBe('FROM node:22\nCMD ["node", "x.js"]\n');
      expect(read(folder, '.devops/lock.json')).toContain('"Dockerfile"');
    });
  },
);
