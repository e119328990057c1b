import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/args.ts';
import { SetupError } from '../../../src/errors.ts';

function places(argv: string[]): readonly string[] {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
}

describe('arguments', () => {
  it('takes init where no command is named, with the folder', () => {
    expect(parseArguments(['some/dir', '--yes'])).toMatchObject({ command: 'init', words: ['some/dir'], yes: true });
    expect(parseArguments([])).toMatchObject({
      command: 'init',
      words: [],
      yes: false,
      onConflict: null,
      format: 'text',
    });
  });

  it('reads settings; --persona is one of them', () => {
    const { set } = parseArguments(['--persona', 'workflow', '--set', 'delivery.coverage=70', '--set=a=b=c']);
    expect([...set]).toEqual([
      ['persona', 'workflow'],
      ['delivery.coverage', '70'],
      ['a', 'b=c'],
    ]);
  });

  it('reports everything that is wrong at once, with what was meant', () => {
    expect(
      places(['--yess', '--on-conflict', 'mine', '--format=xml', '--set', 'novalue', '--json=1', 'verify', 'a', 'b']),
    ).toEqual([
      '--yess: there is no such flag.',
      '--json: takes no value.',
      'b: is one word too many: verify takes a folder.',
      '--set novalue: is not key=value.',
      '--on-conflict: "mine" is not one of keep, theirs, markers, fail.',
      '--format: "xml" is not one of text, json, sarif, junit, markdown.',
    ]);
  });

  it.each([
    [['--set', 'a=1', '--set', 'a=2'], '--set a: is given twice.'],
    [['--persona', 'workflow', '--set', 'persona=automator'], '--set persona: is given twice.'],
    [['explain'], 'explain: needs a path, path:line or standard id.'],
    [['add'], 'add: needs a generator id.'],
    [['--answers'], '--answers: needs a value.'],
    [['list', 'x'], 'x: is one word too many: list takes nothing.'],
    [['apply'], 'apply: needs --plan FILE.'],
    [['update', '--plan', 'x.json'], '--plan: is for apply, not for update.'],
    [['plan', '--format', 'sarif'], '--format: is for verify, not for plan.'],
    [['undo', '--all'], '--all: is for verify and remove, not for undo.'],
    [['plan', '--questions'], '--questions: is for list, not for plan.'],
    [['update', '--allow-apply'], '--allow-apply: is for mcp, not for update.'],
    [['remove'], 'remove: needs a generator id, or --all.'],
    [['remove', 'docker', '--all'], 'remove: takes a generator id or --all, not both.'],
    [['restore'], 'restore: needs a path.'],
    [['undo', 'x'], 'x: is one word too many: undo takes nothing.'],
  ])('%j', (argv, message) => {
    expect(places(argv)).toEqual([message]);
  });
});
