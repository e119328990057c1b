/** Which answers of a project give way to a preset that it begins to follow: defaults that nobody chose, and nothing else. */
import { describe, expect, it } from 'vitest';
import { follow } from '../../../../src/core/presets/follow.ts';
import { resolve } from '../../../../src/core/resolve/index.ts';
import type { PlainRecord, Preset } from '../../../../src/model.ts';
import { facts, QUESTIONS, rawInput } from '../../../helpers/facts.ts';

const seen = facts();
const defaults = resolve(seen, QUESTIONS, rawInput({})).answers;
const REGION = String(defaults.get('infrastructure.region')?.value);
const PORT = defaults.get('services.orders.port')?.value as number;

const preset = (lines?: Preset['lines']): Preset => ({
  name: './acme.yaml',
  kind: 'preset',
  place: 'acme.yaml',
  values: { infrastructure: { region: 'eu-north-1' }, services: { '*': { port: 9000 } } },
  locked: {},
  ...(lines === undefined ? {} : { lines }),
});

const LINES = { 'infrastructure.region': 2, 'services.*.port': 5 };

/** `text` stands for `config`, with each id in the line that `places` says. */
function followed(
  config: PlainRecord,
  text: string | null,
  places: Readonly<Record<string, number>>,
  lines?: Preset['lines'],
) {
  const own = preset(lines);
  const input = rawInput({ config, presets: [own], lineOf: (id) => places[id] ?? 1 });
  const resolution = resolve(seen, QUESTIONS, input);
  const { given, kept } = follow(own, text, { facts: seen, questions: QUESTIONS, resolution, input });
  const brief = (all: typeof given) => all.map(({ id, value, why }) => `${id} = ${value} (${why})`);
  return { given: brief(given), kept: brief(kept) };
}

const inRegion = (region: string) => ({ version: 1, infrastructure: { region } });
const asText = (region: string, remark = '') => `version: 1\ninfrastructure:\n  region: ${region}${remark}\n`;
const AT = { 'infrastructure.region': 3 };

describe('an answer that the preset gives too', () => {
  it('gives way where it is our own default, which a release wrote down', () => {
    expect(followed(inRegion(REGION), asText(REGION), AT, LINES)).toEqual({
      given: [`infrastructure.region = ${REGION} (.devops/config.yaml:3)`],
      kept: [],
    });
  });

  it('stays where somebody chose another one', () => {
    expect(followed(inRegion('us-west-2'), asText('us-west-2'), AT, LINES)).toEqual({
      given: [],
      kept: ['infrastructure.region = us-west-2 (.devops/config.yaml:3)'],
    });
  });

  it('stays where somebody wrote a word beside it, also with the line ends of Windows', () => {
    for (const text of [asText(REGION, ' # by law'), asText(REGION, ' # by law').replaceAll('\n', '\r\n')])
      expect(followed(inRegion(REGION), text, AT, LINES).given).toEqual([]);
    expect(
      followed(inRegion(REGION), `# by law\n${asText(REGION)}`, { 'infrastructure.region': 4 }, LINES).kept,
    ).toEqual([]);
  });

  it('is found for every service where the preset speaks of all, and gives way to what was detected', () => {
    const config = { version: 1, services: { orders: { port: PORT } } };
    const text = `version: 1\nservices:\n  orders:\n    port: ${PORT}\n`;
    const places = { 'services.orders.port': 4 };
    expect(followed(config, text, places, LINES).given).toEqual([
      `services.orders.port = ${PORT} (.devops/config.yaml:4)`,
    ]);
    const chosen = { version: 1, services: { orders: { port: PORT + 1 } } };
    expect(followed(chosen, text.replace(String(PORT), String(PORT + 1)), places, LINES).kept).toHaveLength(1);
  });
});

describe('an answer to what nobody has a default for', () => {
  it('is what somebody chose, and stays', () => {
    const config = { version: 1, services: { orders: { metrics: '/stats' } } };
    const text = 'version: 1\nservices:\n  orders:\n    metrics: /stats\n';
    const lines = { 'services.*.metrics': 3 };
    expect(followed(config, text, { 'services.orders.metrics': 4 }, lines)).toEqual({
      given: [],
      kept: ['services.orders.metrics = /stats (.devops/config.yaml:4)'],
    });
  });
});

describe('an answer that the preset does not give', () => {
  it('is not spoken of, nor one that the project does not give', () => {
    const nothing = { given: [], kept: [] };
    expect(followed(inRegion(REGION), asText(REGION), AT, { 'services.*.port': 5 })).toEqual(nothing);
    expect(followed(inRegion(REGION), asText(REGION), AT)).toEqual(nothing);
    expect(followed({ version: 1 }, null, {}, LINES)).toEqual(nothing);
  });
});
