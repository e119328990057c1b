import { describe, expect, it } from 'vitest';
import { questionsToAsk } from '../../../src/cli/interview.ts';
import type { PlainRecord, Preset } from '../../../src/model.ts';
import { facts, resolved } from '../../helpers/facts.ts';

const preset = (values: PlainRecord, locked: Preset['locked'] = {}): Preset => ({
  name: 'acme',
  kind: 'preset',
  place: 'acme.yaml',
  values,
  locked,
});

const asked = (given: Parameters<typeof resolved>[1]) => questionsToAsk(resolved(facts(), given)).map(({ id }) => id);

describe('what a person is asked at first contact', () => {
  it('is not what a preset answers, locked or not: to ask would copy it into the project', () => {
    const all = asked({});
    expect(all).toContain('observability.pager');
    expect(all).toContain('persona');
    const values = { observability: { pager: 'none' }, persona: 'automator' };
    for (const locked of [{}, { 'observability.pager': 'us', persona: 'us' }]) {
      const left = asked({ presets: [preset(values, locked)] });
      expect(left).not.toContain('observability.pager');
      expect(left).not.toContain('persona');
      expect(left).toEqual(all.filter((id) => id !== 'observability.pager' && id !== 'persona'));
    }
  });

  it('is what a preset of ours, the persona, chooses', () => {
    expect(asked({ prompted: { persona: 'automator' } })).toContain('generators');
  });
});
