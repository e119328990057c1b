import { describe, expect, it } from 'vitest';
import { configOf } from '../../../../src/core/resolve/choices.ts';
import type { PlainRecord, Preset } from '../../../../src/model.ts';
import { facts, GENERATORS, QUESTIONS, resolved, workspaceFacts } from '../../../helpers/facts.ts';

const ALL = GENERATORS.map(({ id }) => id);

function preset(name: string, values: PlainRecord, locked: Preset['locked'] = {}, lines: Preset['lines'] = {}): Preset {
  return { name, kind: 'preset', place: `${name}.yaml`, values, locked, lines };
}

type Given = NonNullable<Parameters<typeof resolved>[1]>;

const answerTo = (id: string, given: Given, seen = facts()) => resolved(seen, given).answers.get(id);
const told = (given: Given, seen = facts()) =>
  resolved(seen, given).problems.map(({ code, place, message, hint }) => `${code} ${place}: ${message} ${hint}`);

describe('a preset', () => {
  const strategy = (value: string): PlainRecord => ({ delivery: { strategy: value } });

  it('is weaker than the configuration and everything above it, stronger than persona, detection and default', () => {
    const presets = [preset('acme', strategy('canary'), {}, { 'delivery.strategy': 7 })];
    const persona = { persona: 'automator' };
    expect(answerTo('delivery.strategy', { presets, config: persona })).toEqual({
      value: 'canary',
      source: 'preset',
      why: 'acme.yaml:7',
    });
    const above: readonly [Given, string][] = [
      [{ flags: { 'delivery.strategy': 'rolling' } }, 'flag'],
      [{ prompted: { 'delivery.strategy': 'rolling' } }, 'prompt'],
      [{ answersFile: strategy('rolling') }, 'answers-file'],
      [{ config: strategy('rolling') }, 'config'],
    ];
    for (const [given, source] of above)
      expect(answerTo('delivery.strategy', { presets, ...given })).toMatchObject({ value: 'rolling', source });
    const named = [preset('acme', { project: { name: 'shop' }, infrastructure: { region: 'us-east-1' } })];
    expect(answerTo('project.name', { presets: named })).toMatchObject({ value: 'shop', source: 'preset' });
    expect(answerTo('infrastructure.region', { presets: named })).toMatchObject({
      value: 'us-east-1',
      source: 'preset',
    });
  });

  it('is stronger than those behind it in the chain, question by question', () => {
    const presets = [
      preset('team', strategy('canary')),
      preset('acme', { delivery: { strategy: 'rolling', coverage: 70 } }),
    ];
    expect(answerTo('delivery.strategy', { presets })).toMatchObject({ value: 'canary', why: 'team.yaml' });
    expect(answerTo('delivery.coverage', { presets })).toMatchObject({ value: 70, why: 'acme.yaml' });
  });

  it('may choose persona and generators', () => {
    const presets = [preset('acme', { persona: 'automator', generators: ['docker'] })];
    const resolution = resolved(facts(), { presets });
    expect(resolution.persona).toBe('automator');
    expect(resolution.answers.get('delivery.strategy')).toMatchObject({ value: 'blue-green', source: 'persona' });
    expect(resolution.answers.get('generators')).toMatchObject({ value: ['docker'], source: 'preset' });
  });

  it('speaks of every service by *, of one by its name, and of services that are not here without harm', () => {
    const seen = workspaceFacts({ 'apps/api': '@acme/api', 'apps/web': '@acme/web' });
    const services = { '*': { health: '/alive', port: 80 }, api: { port: 81 }, elsewhere: { port: 82 } };
    const lines = { 'services.*.port': 3, 'services.api.port': 4, 'services.*.health': 5 };
    const given = { presets: [preset('acme', { services }, {}, lines)] };
    expect(told(given, seen)).toEqual([]);
    expect(answerTo('services.api.port', given, seen)).toEqual({ value: 81, source: 'preset', why: 'acme.yaml:4' });
    expect(answerTo('services.web.port', given, seen)).toEqual({ value: 80, source: 'preset', why: 'acme.yaml:3' });
    expect(answerTo('services.api.health', given, seen)).toMatchObject({ value: '/alive', why: 'acme.yaml:5' });
    const nearer = { presets: [preset('team', { services: { '*': { port: 90 } } }), ...given.presets] };
    expect(answerTo('services.api.port', nearer, seen)).toMatchObject({ value: 90, why: 'team.yaml' });
    expect(resolved(seen, given).services.map(({ name }) => name)).toEqual(['api', 'web']);
  });

  it('is not copied into the configuration, so that its next version reaches the project', () => {
    const values = {
      delivery: { strategy: 'canary' },
      infrastructure: { recovery: { rto: 30 } },
      services: { '*': { port: 80 } },
    };
    const config = configOf(resolved(facts(), { presets: [preset('acme', values)] }), ALL, null);
    expect(config.delivery).not.toHaveProperty('strategy');
    expect(config.services).toEqual({ orders: { path: '.' } });
    expect((config.infrastructure as PlainRecord).recovery).not.toHaveProperty('rto');
    expect(config.toConfirm).not.toContain('infrastructure.recovery.rto');
    expect(config.toConfirm).toContain('infrastructure.recovery.rpo');
    // What the project says itself stays written, also where it says the same.
    const own = { delivery: { strategy: 'canary' } };
    const kept = configOf(resolved(facts(), { presets: [preset('acme', values)], config: own }), ALL, own);
    expect(kept.delivery).toMatchObject({ strategy: 'canary' });
    // And without the preset, what holds then is written down.
    expect(configOf(resolved(facts()), ALL, config).delivery).toMatchObject({ strategy: 'rolling' });
  });

  it('keeps the file’s own keys', () => {
    const own = { extends: './acme.yaml', unmanaged: ['Dockerfile'] };
    expect(configOf(resolved(facts(), { config: own }), ALL, own)).toMatchObject(own);
    expect(told({ config: own })).toEqual([]);
  });
});

describe('a locked answer', () => {
  const why = 'Platform team, data stays in the EU.';
  const lock = preset(
    '@acme/preset',
    { infrastructure: { region: 'eu-central-1' } },
    { 'infrastructure.region': why },
    { 'infrastructure.region': 4 },
  );

  it('holds, with who and why', () => {
    expect(answerTo('infrastructure.region', { presets: [lock] })).toEqual({
      value: 'eu-central-1',
      source: 'locked',
      why: `@acme/preset.yaml:4, locked: ${why}`,
    });
  });

  it('is contradicted by nobody: everybody who tries is named with both places, at once', () => {
    const region = (value: string) => ({ infrastructure: { region: value } });
    const given: Given = {
      presets: [preset('team', region('eu-west-2'), {}, { 'infrastructure.region': 9 }), lock],
      flags: { 'infrastructure.region': 'us-east-1' },
      answersFile: region('nowhere'),
      config: region('eu-west-1'),
      lineOf: () => 12,
    };
    const said = (value: string) =>
      `"${value}" contradicts "eu-central-1", which @acme/preset has locked (@acme/preset.yaml:4): Platform team, data stays in the EU.`;
    expect(told(given)).toEqual([
      `CONFIG_LOCKED --set infrastructure.region: ${said('us-east-1')} Leave the flag out, or ask who locked it.`,
      `CONFIG_LOCKED the answers file, infrastructure.region: ${said('nowhere')} Take it out, or ask who locked it.`,
      `CONFIG_LOCKED .devops/config.yaml:12, infrastructure.region: ${said('eu-west-1')} Take the line out, or ask who locked it.`,
      `CONFIG_LOCKED team.yaml:9, infrastructure.region: ${said('eu-west-2')} Take the answer out of that preset, or ask who locked it.`,
    ]);
    expect(told({ presets: [lock], prompted: { 'infrastructure.region': 'us-east-1' } })[0]).toContain(
      'your answer, infra',
    );
    expect(answerTo('infrastructure.region', given)?.value).toBe('eu-central-1');
  });

  it('is not contradicted by who says the same, in any spelling, nor by who is weaker', () => {
    const p95 = preset('acme', { observability: { objective: { p95: 300 } } }, { 'observability.objective.p95': why });
    const given = { presets: [p95, preset('base', { observability: { objective: { p95: 900 } } })] };
    expect(told({ ...given, config: { observability: { objective: { p95: '300ms' } } } })).toEqual([]);
    const lists = preset('acme', { generators: ['docker', 'compose'] }, { generators: why });
    expect(told({ presets: [lists], flags: { generators: 'compose,docker' } })).toEqual([]);
    const persona = preset('acme', { delivery: { strategy: 'canary' } }, { 'delivery.strategy': why });
    expect(told({ presets: [persona], config: { persona: 'automator' } })).toEqual([]);
  });

  it('of two, the deeper one holds, and the other one contradicts it', () => {
    const other = preset('team', { infrastructure: { region: 'eu-west-1' } }, { 'infrastructure.region': 'we' });
    expect(answerTo('infrastructure.region', { presets: [other, lock] })?.value).toBe('eu-central-1');
    expect(told({ presets: [other, lock] })).toEqual([
      expect.stringContaining('CONFIG_LOCKED team.yaml, infrastructure.region'),
    ]);
  });

  it('holds for one service, or for every service', () => {
    const seen = workspaceFacts({ 'apps/api': '@acme/api', 'apps/web': '@acme/web' });
    const all = preset('acme', { services: { '*': { health: '/healthz' } } }, { 'services.*.health': why });
    const flags = { 'services.web.health': '/x' };
    expect(told({ presets: [all], flags }, seen)).toEqual([
      expect.stringContaining('--set services.web.health: "/x" contradicts'),
    ]);
    const one = preset(
      'acme',
      { services: { '*': { health: '/a' }, api: { health: '/b' } } },
      { 'services.api.health': why },
    );
    expect(told({ presets: [one], flags }, seen)).toEqual([]);
    expect(answerTo('services.api.health', { presets: [one] }, seen)).toMatchObject({ value: '/b', source: 'locked' });
  });

  it('is neither written down nor to be confirmed', () => {
    const rto = preset('acme', { infrastructure: { recovery: { rto: 30 } } }, { 'infrastructure.recovery.rto': why });
    const before = { toConfirm: ['infrastructure.recovery.rto', 'infrastructure.recovery.rpo'] };
    const config = configOf(resolved(facts(), { presets: [rto], config: before }), ALL, before);
    expect(config.toConfirm).not.toContain('infrastructure.recovery.rto');
    expect((config.infrastructure as PlainRecord).recovery).not.toHaveProperty('rto');
  });
});

it('names the line of the configuration in every problem', () => {
  const config = { delivery: { coverage: 101 }, colour: 1, services: { gone: {} }, toConfirm: 5 };
  const lines: Readonly<Record<string, number>> = {
    'delivery.coverage': 2,
    colour: 3,
    'services.gone': 4,
    toConfirm: 5,
  };
  expect(told({ config, lineOf: (id) => lines[id] ?? 99 }).map((line) => line.split(': ')[0])).toEqual([
    'CONFIG_VALUE .devops/config.yaml:2, delivery.coverage',
    'CONFIG_KEY .devops/config.yaml:3, colour',
    'CONFIG_KEY .devops/config.yaml:4, services.gone',
    'CONFIG_VALUE .devops/config.yaml:5, toConfirm',
  ]);
});

it('every question can be answered by a preset, except where services live', () => {
  const { answers } = resolved();
  for (const { id } of QUESTIONS.filter((question) => question.id !== 'services.*.path')) {
    const value = answers.get(id.replace('*', 'orders'))?.value;
    if (value === undefined) continue;
    const values = id.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as PlainRecord;
    const found = answerTo(id.replace('*', 'orders'), { presets: [preset('acme', values, { [id]: 'us' })] });
    expect(found, id).toMatchObject({ value, source: 'locked' });
  }
});
