/** A person at a real terminal: arrow keys, the space bar, Enter, Ctrl-C. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, bytesOf, project, removeFolders } from '../helpers/cli.ts';
import { converse, findBridge, KEYS, type SessionOptions } from '../helpers/pty.ts';
import { screenText } from '../helpers/screen.ts';

const { enter, down, space, ctrlC } = KEYS;
const bridge = findBridge();
if (!bridge) console.warn('SKIPPED: tests at a terminal need python3 or util-linux script, and neither is here.');

afterAll(removeFolders, 60_000);

const atTerminal = (args: readonly string[], options: SessionOptions) =>
  converse([process.execPath, BIN, ...args], options);

/** What is asked when everything is set up: five questions, Enter takes each default. */
const OF_OPERATIONS = [
  { see: '? In which AWS region?', type: enter },
  { see: '? Who is paged?', type: enter },
  { see: '? Where do warnings go?', type: enter },
] as const;

/** Enter on every question until the plan stands there. */
const TO_THE_PLAN = [
  { see: '? Whose standards?', type: enter },
  { see: '? What shall I set up?', type: enter },
  ...OF_OPERATIONS,
] as const;

describe.skipIf(!bridge)(
  bridge ? 'at a terminal' : 'at a terminal (skipped: neither python3 nor util-linux script)',
  () => {
    it('takes every default by Enter and writes', async () => {
      const cwd = project();
      const steps = [...TO_THE_PLAN, { see: '? Write it?', type: enter }];
      const { code, raw, text, missed } = await atTerminal([], { cwd, steps });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      const screen = screenText(raw, 90);
      expect(screen).toMatch(/What I found in .* nothing executed/);
      expect(screen).toMatch(/✓ \d+ files written/);
      expect(screen.split('\n').every((line) => line.length <= 90)).toBe(true);
      expect(readFileSync(join(cwd, '.devops/config.yaml'), 'utf8')).toContain('persona: devops-engineer');
    });

    it('chooses another persona by arrow keys, leaves a generator out by the space bar, looks at the diff, says yes', async () => {
      const cwd = project();
      const steps = [
        { see: '? Whose standards?', type: down },
        { see: '❯ automator', type: enter },
        { see: '? What shall I set up?', type: space },
        { see: '◯', type: enter },
        ...OF_OPERATIONS,
        { see: '? Write it?', type: down },
        { see: '❯ Show the diff', type: enter },
        { see: '+++ b/', type: '' },
        { see: '? Write it?', type: enter },
      ];
      const { code, text, missed } = await atTerminal([], { cwd, steps });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      const config = readFileSync(join(cwd, '.devops/config.yaml'), 'utf8');
      expect(config).toContain('persona: automator');
      expect(config).not.toContain('ci-github');
      expect(existsSync(join(cwd, '.github/workflows/ci.yml'))).toBe(false);
      expect(existsSync(join(cwd, '.github/workflows/security-scan.yml'))).toBe(true);
    });

    it('asks again when an answer is to be changed, with what was answered before', async () => {
      const cwd = project();
      const steps = [
        ...TO_THE_PLAN,
        { see: '? Write it?', type: down },
        { see: '❯ Show the diff', type: down },
        { see: '❯ Change an answer', type: enter },
        { see: '? Whose standards?', type: down },
        { see: '❯ automator', type: enter },
        { see: '? What shall I set up?', type: enter },
        ...OF_OPERATIONS,
        { see: '? Write it?', type: enter },
      ];
      const { code, text, missed } = await atTerminal([], { cwd, steps });
      expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
      expect(readFileSync(join(cwd, '.devops/config.yaml'), 'utf8')).toContain('persona: automator');
    });

    it('writes nothing when the person says no', async () => {
      const cwd = project();
      const before = bytesOf(cwd);
      const steps = [
        ...TO_THE_PLAN,
        { see: '? Write it?', type: down },
        { see: '❯ Show the diff', type: down },
        { see: '❯ Change an answer', type: down },
        { see: '❯ No', type: enter },
      ];
      const { code, text, missed } = await atTerminal([], { cwd, steps });
      expect({ code, missed }, text).toEqual({ code: 1, missed: [] });
      expect(text).toContain('Nothing was written.');
      expect(bytesOf(cwd)).toEqual(before);
    });

    it.each([
      ['the first question', [{ see: '? Whose standards?', type: ctrlC }]],
      ['the plan', [...TO_THE_PLAN, { see: '? Write it?', type: ctrlC }]],
    ])('writes nothing on Ctrl-C at %s', async (_, steps) => {
      const cwd = project();
      const before = bytesOf(cwd);
      const { code, text, missed } = await atTerminal([], { cwd, steps });
      expect({ code, missed }, text).toEqual({ code: 2, missed: [] });
      expect(text).toMatch(/stopped by you\.\s+Nothing was written\./);
      expect(text).not.toMatch(/\bat .*\(.*:\d+:\d+\)/);
      expect(bytesOf(cwd)).toEqual(before);
    });

    it('asks nothing with --yes, and nothing the second time', async () => {
      const cwd = project();
      expect((await atTerminal(['--yes'], { cwd, steps: [] })).code).toBe(0);
      const before = bytesOf(cwd);
      const { code, text } = await atTerminal([], { cwd, steps: [] });
      expect(code, text).toBe(0);
      expect(text).toContain('Nothing to do');
      expect(text).not.toContain('?');
      expect(bytesOf(cwd)).toEqual(before);
    });

    it.each(['CI', 'NO_COLOR'])('honours %s', async (name) => {
      const cwd = project();
      const { code, raw } = await atTerminal(name === 'CI' ? [] : ['--yes'], { cwd, steps: [], env: { [name]: '1' } });
      expect(code).toBe(name === 'CI' ? 2 : 0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
      if (name === 'NO_COLOR') expect(raw).not.toMatch(/\u001b\[[0-9;]*m/);
      else expect(raw).toContain('--set persona=');
    });
  },
);
