import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { foldCommand, groupSteps } from '../../../src/cli/text/steps.ts';

const JSON_TEXT = JSON.stringify({
  name: 'Require CI OK',
  rules: [{ type: 'a, b', contexts: ['CI OK', "it's"] }],
  empty: {},
});
const RULES = `gh api --method POST repos/acme/orders/rulesets --input - <<<'${JSON_TEXT.replaceAll("'", "'\\''")}'`;
const CHAIN =
  "gh api --method PUT repos/acme/orders/environments/notifications && gh secret set 'A B' --env notifications";

/** What `gh` is called with: its arguments and its standard input, the JSON parsed. */
function calls(command: string): readonly unknown[] {
  const gh = 'gh() { printf "%s\\0" "$@"; printf "\\1"; [ -t 0 ] || cat; printf "\\2"; }';
  const output = execFileSync('bash', ['-c', `${gh}\n${command}`], { encoding: 'utf8', input: '' });
  return output
    .split('\u0002')
    .slice(0, -1)
    .map((call) => {
      const [words = '', input = ''] = call.split('\u0001');
      return [words.split('\0'), input === '' ? null : JSON.parse(input)];
    });
}

describe('a long command', () => {
  it.each([RULES, CHAIN])('is folded and still the same command: %s', (command) => {
    for (const width of [40, 60, 72, 84]) expect(calls(foldCommand(command, width).join('\n'))).toEqual(calls(command));
    expect(foldCommand(command, 72).length).toBeGreaterThan(1);
    for (const line of foldCommand(command, 72)) expect(line.length).toBeLessThanOrEqual(72);
  });

  it('that fits stays as it is', () => {
    expect(foldCommand('git init', 72)).toEqual(['git init']);
  });

  it('breaks between commands first', () => {
    expect(foldCommand(CHAIN, 84)[0]).toBe('gh api --method PUT repos/acme/orders/environments/notifications &&');
  });
});

describe('steps of many services', () => {
  it('are said once', () => {
    const services = ['api', 'web', 'jobs', 'mail', 'feed', 'api-two'];
    const steps = services.map((name) => ({
      text: `package.json of ${name} has no "lint" script.`,
      standard: 'CI-004',
    }));
    expect(groupSteps([{ text: 'First.' }, ...steps], services)).toEqual([
      { text: 'First.' },
      {
        text: 'package.json of api has no "lint" script. The same for web, jobs, mail and 2 more.',
        standard: 'CI-004',
      },
    ]);
    expect(groupSteps(steps.slice(0, 2), services)[0]?.text).toMatch(/The same for web\.$/);
    expect(groupSteps(steps.slice(0, 1), services)).toEqual(steps.slice(0, 1));
  });
});
