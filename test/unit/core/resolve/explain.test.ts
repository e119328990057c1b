import { describe, expect, it } from 'vitest';
import { explanationText } from '../../../../src/cli/text/config.ts';
import { type Explanation, explainAnswer } from '../../../../src/core/resolve/explain.ts';
import { resolve } from '../../../../src/core/resolve/index.ts';
import { SetupError } from '../../../../src/errors.ts';
import type { Facts, PlainRecord, Preset } from '../../../../src/model.ts';
import { facts, QUESTIONS, rawInput, workspaceFacts } from '../../../helpers/facts.ts';

type Given = Parameters<typeof rawInput>[0];

function explain(id: string, given: Given = {}, seen: Facts = facts()): Explanation {
  const input = rawInput(given);
  const resolution = resolve(seen, QUESTIONS, input);
  return explainAnswer(id, { facts: seen, questions: QUESTIONS, resolution, input });
}

function problem(id: string, seen: Facts = facts()): string {
  try {
    explain(id, {}, seen);
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ message, hint }) => `${message} ${hint}`).join();
    throw error;
  }
  return 'none';
}

/** A record that holds `value` under a dotted id. */
function nested(id: string, value: unknown): PlainRecord {
  return id.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as PlainRecord;
}

const preset = (
  name: string,
  values: PlainRecord,
  locked: Preset['locked'] = {},
  lines: Preset['lines'] = {},
): Preset => ({
  name,
  kind: 'preset',
  place: `${name}.yaml`,
  values,
  locked,
  lines,
});

describe('every question', () => {
  it.each(QUESTIONS.map(({ id }) => id))(
    '%s: the winner is the answer, all others stand below it in order',
    (pattern) => {
      const id = pattern.replace('*', 'orders');
      const question = QUESTIONS.find((one) => one.id === pattern);
      const plain = explain(id);
      const known = resolve(facts(), QUESTIONS, rawInput({})).answers.get(id);
      expect(
        plain.winner === null
          ? undefined
          : { value: plain.winner.value, source: plain.winner.source, why: plain.winner.why },
      ).toEqual(known);
      expect(plain.help).toBe(question?.help);
      // Every value that is valid: what holds, else the first choice.
      const value = known?.value ?? question?.choices?.[0]?.value ?? (question?.kind === 'confirm' ? true : '/x');
      if (pattern === 'services.*.path') return;
      const values = nested(pattern, value);
      const all = explain(id, {
        flags: { [id]: value },
        prompted: { [id]: value },
        answersFile: nested(id, value),
        config: nested(id, value),
        lineOf: () => 12,
        presets: [preset('team', values, {}, { [pattern]: 3 }), preset('acme', values, {}, { [pattern]: 4 })],
      });
      expect(all.problems).toEqual([]);
      const told = [all.winner, ...all.weaker].map((one) => `${one?.source} ${one?.why}`);
      expect(told.slice(0, 6)).toEqual([
        `flag --set ${id}`,
        'prompt your answer',
        'answers-file the answers file',
        'config .devops/config.yaml:12',
        'preset team.yaml:3',
        'preset acme.yaml:4',
      ]);
      // Below them what held before, as it was.
      if (plain.winner)
        expect(told.slice(6)).toEqual([plain.winner, ...plain.weaker].map(({ source, why }) => `${source} ${why}`));
      else expect(told).toHaveLength(6);
      expect(explanationText(all, PLAIN, 80)).toContain(id);
    },
  );
});

const plainly = (text: string) => text;
const PLAIN = { bold: plainly, dim: plainly, red: plainly, green: plainly, yellow: plainly, cyan: plainly };

describe('an explanation', () => {
  it('has persona above default, and detection with its evidence above default', () => {
    const { winner, weaker } = explain('delivery.strategy', { config: { persona: 'automator' } });
    expect(winner).toMatchObject({
      value: 'blue-green',
      source: 'persona',
      why: 'persona automator',
      preset: 'automator',
    });
    expect(weaker).toMatchObject([{ value: 'rolling', source: 'default' }]);
    expect(explain('services.orders.port').winner).toMatchObject({
      value: 3000,
      source: 'detected',
      why: 'src/server.ts:12',
    });
  });

  it('says who locked an answer and why, and what is wrong with those who contradict it', () => {
    const lock = preset(
      'acme',
      nested('infrastructure.region', 'eu-central-1'),
      { 'infrastructure.region': 'Platform team' },
      { 'infrastructure.region': 4 },
    );
    const { winner, weaker, problems } = explain('infrastructure.region', {
      presets: [lock],
      config: nested('infrastructure.region', 'eu-west-1'),
    });
    expect(winner).toEqual({
      value: 'eu-central-1',
      source: 'locked',
      why: 'acme.yaml:4',
      preset: 'acme',
      locked: 'Platform team',
    });
    expect(weaker.map(({ source }) => source)).toEqual(['config', 'default']);
    expect(problems.map(({ code }) => code)).toEqual(['CONFIG_LOCKED']);
  });

  it('is of a question that nobody answered, and of one whose default gave way', () => {
    expect(explain('services.orders.ready')).toMatchObject({ winner: null, required: false, weaker: [] });
    const given = { flags: { 'infrastructure.network.production': '10.10.0.0/16' } };
    const { winner, weaker } = explain('infrastructure.network.development', given);
    expect(winner?.why).toContain('our default, is taken');
    expect(weaker).toMatchObject([{ value: '10.10.0.0/16', source: 'default' }]);
  });

  it('shows a wrong value as it was written', () => {
    const { winner, weaker, problems } = explain('delivery.coverage', { config: nested('delivery.coverage', 101) });
    expect(winner).toBeNull();
    expect(weaker[0]).toMatchObject({ value: 101, source: 'config' });
    expect(problems).toHaveLength(1);
  });

  it('reads like this', () => {
    const lock = preset('@acme/preset', nested('delivery.strategy', 'canary'), {
      'delivery.strategy': 'Platform team, 2026: every release is watched',
    });
    const text = explanationText(
      explain('delivery.strategy', { presets: [lock], config: { persona: 'automator' } }),
      PLAIN,
      80,
    );
    expect(text).toBe(`  delivery.strategy: canary
    what     The deployment strategy of production.
    set by   preset @acme/preset, @acme/preset.yaml
    locked   Platform team, 2026: every release is watched
    without it, in this order
      blue-green  persona automator
      rolling  our default
`);
  });
});

describe('what is no question', () => {
  const two = workspaceFacts({ 'apps/api': '@acme/api', 'apps/web': '@acme/web' });

  it.each([
    ['delivery.strategi', 'there is no question "delivery.strategi". Did you mean delivery.strategy?'],
    ['delivery', 'The questions are one level below: delivery.platform'],
    ['services.apj.port', 'there is no service "apj" (found: api, web). Did you mean services.api?'],
    ['services.*.port', 'it is asked once for each service. Name one: services.api.port, services.web.port.'],
    ['services.api.prot', 'Did you mean services.api.port?'],
    ['extends', '"extends" is no question: it is the list of presets.'],
    ['__proto__', 'there is no question "__proto__".'],
    ['', 'there is no question "".'],
  ])('%s: %s', (id, message) => {
    expect(problem(id, two)).toContain(message);
  });
});
