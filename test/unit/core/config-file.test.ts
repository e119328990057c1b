import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, readAnswers, writeConfig } from '../../../src/core/config-file.ts';
import { configOf } from '../../../src/core/resolve/choices.ts';
import { integer } from '../../../src/define.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Plain, PlainRecord } from '../../../src/model.ts';
import { facts, GENERATORS, QUESTIONS, resolved, workspaceFacts } from '../../helpers/facts.ts';

const ALL = GENERATORS.map(({ id }) => id);

/** Problems of a file, as `place: message`. */
function problemsOf(text: string): readonly string[] {
  try {
    readAnswers(text, 'config.yaml').answers;
  } catch (error) {
    if (error instanceof SetupError)
      return error.problems.map(({ code, place, message }) => `${code} ${place}: ${message}`);
    throw error;
  }
  return [];
}

describe('readAnswers', () => {
  it('reads a mapping; an empty file says nothing', () => {
    expect(readAnswers('version: 1\ndelivery: { strategy: canary }\n', 'x').answers).toEqual({
      version: 1,
      delivery: { strategy: 'canary' },
    });
    for (const text of ['', '\n', '# only a comment\n', '---\n', '\uFEFF'])
      expect(readAnswers(text, 'x').answers).toEqual({});
    expect(readAnswers('{"persona": "workflow"}', 'x').answers).toEqual({ persona: 'workflow' });
    expect(readAnswers('a: &x [1]\r\nb: *x\r\n', 'x').answers).toEqual({ a: [1], b: [1] });
  });

  it.each([
    ['a: 1\nb: 2\na: 3\n', 'config.yaml:3: Map keys must be unique.'],
    ['a: 1\nb\n', 'config.yaml:2: '],
    ['a: [1\n', 'config.yaml:2: Flow sequence'],
    ['a:\n\t- 1\n', 'config.yaml:2: Tabs are not allowed as indentation.'],
    ['- 1\n', 'config.yaml:1: a mapping of keys is expected.'],
    ['# hello\n\njust text\n', 'config.yaml:3: a mapping of keys is expected.'],
    ['a: 1\n---\nb: 2\n', 'config.yaml:2: Source contains multiple documents'],
    ['a: *nobody\n', 'config.yaml:1: Unresolved alias'],
    ['a: "x\n', 'config.yaml:2: Missing closing'],
  ])('refuses %j', (text, expected) => {
    expect(problemsOf(text)[0]).toContain(`CONFIG_SYNTAX ${expected}`);
  });

  it('reports every problem, each with its line', () => {
    const places = problemsOf('a: 1\na: 2\nb: 3\nb: 4\n').map((line) => line.split(': ')[0]);
    expect(places).toEqual(['CONFIG_SYNTAX config.yaml:2', 'CONFIG_SYNTAX config.yaml:4']);
  });

  it('refuses other versions, whatever they are', () => {
    for (const version of ['2', '"1"', 'null', '[1]', '1.5'])
      expect(problemsOf(`version: ${version}\n`)[0]).toContain('CONFIG_VALUE config.yaml:1, version: ');
  });

  it('is not blown up by aliases', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]\n`;
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}`;
    expect(problemsOf(bomb)[0]).toContain('CONFIG_SYNTAX config.yaml:1: Excessive alias count');
  });

  it('gives a key called __proto__ no power', () => {
    const value = readAnswers('__proto__: { polluted: true }\n', 'x').answers;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

const FIRST = `# yaml-language-server: $schema=./config.schema.json
# The choices of this setup. Facts (ports, versions, scripts) are read from the code and do not belong here.
version: 1
persona: devops-engineer
generators: [ci-github, security-scan, docker, compose, cdktf-aws, prometheus, alertmanager, runbooks]
project: { name: orders }
delivery:
  platform: github-actions
  strategy: rolling
  coverage: 0
  e2e: false
  contract: false
security: { codeScanning: false }
infrastructure:
  target: aws-ecs-fargate
  region: eu-west-1
  cdk: cdktf
  network: { development: 10.10.0.0/16, staging: 10.20.0.0/16, production: 10.30.0.0/16 }
  task: { cpu: 1024, memory: 2048 }
  recovery: { rto: 60, rpo: 15 }
  budget: 300
observability:
  pager: pagerduty
  chat: { kind: slack, channel: "#orders-alerts" }
  objective: { availability: 99.9, p95: 500 }
  instrument: false
toConfirm: [infrastructure.recovery.rto, infrastructure.recovery.rpo, infrastructure.budget] # our defaults: nobody has confirmed them yet
services:
  orders: { path: . }
`;

describe('the first write', () => {
  const first = writeConfig(null, configOf(resolved(), ALL, null));

  it('is one screen of choices', () => {
    expect(first).toBe(FIRST);
    expect(first.split('\n').length).toBeLessThanOrEqual(30);
  });

  it('is read back as the same answers, and written as the same text', () => {
    const config = readAnswers(first, 'x').answers;
    const again = resolved(facts(), { config });
    expect(again.problems).toEqual([]);
    expect(again.open).toEqual([]);
    for (const [id, { value }] of resolved().answers) expect(again.answers.get(id)?.value, id).toEqual(value);
    expect(writeConfig(first, configOf(again, ALL, config))).toBe(first);
  });

  it('keeps out what detection found, and what no chosen generator reads', () => {
    const config = configOf(resolved(), ['docker'], null);
    expect(Object.keys(config)).toEqual(['version', 'persona', 'generators', 'project', 'delivery', 'services']);
    expect(config.delivery).toEqual({ platform: 'github-actions' });
    expect(config.services).toEqual({ orders: { path: '.' } });
  });

  it('writes of a service what overrides detection', () => {
    const flags = { 'services.orders.port': '8080', 'services.orders.health': '/alive' };
    const { services } = configOf(resolved(facts(), { flags }), ALL, null);
    expect(services).toEqual({ orders: { path: '.', port: 8080, health: '/alive' } });
  });

  it('quotes what YAML would read otherwise', () => {
    const odd = { a: 'yes', b: '99.9', c: 'x: y', d: '#x', e: ['a, b', '[', 'null', ''], f: { g: '}', h: 'it\n' } };
    const text = writeConfig(null, odd);
    expect(parse(text)).toEqual(odd);
    expect(text.split('\n')).toHaveLength(Object.keys(odd).length + 2 + 2 + 1);
  });
});

describe('edits', () => {
  const BEFORE = `# Ours. Ask the platform team before changing the region.
version: 1

persona:   'devops-engineer'   # agreed on 2026-03-02
generators:
    # the minimum
    - ci-github   # always
    - docker
infrastructure: { region: "eu-west-1",   cdk: cdktf } # two regions later


delivery:
    strategy: canary
    # coverage: 80
services: {orders: {path: .}}
# end
`;

  it('return the identical text when nothing changes', () => {
    expect(writeConfig(BEFORE, parse(BEFORE))).toBe(BEFORE);
    expect(writeConfig(BEFORE, { delivery: { strategy: 'canary' } })).toBe(BEFORE);
    expect(writeConfig(BEFORE, {})).toBe(BEFORE);
    const windows = BEFORE.replaceAll('\n', '\r\n');
    expect(writeConfig(windows, parse(BEFORE))).toBe(windows);
    const unended = BEFORE.trimEnd();
    expect(writeConfig(unended, parse(BEFORE))).toBe(unended);
  });

  const CASES: readonly (readonly [string, PlainRecord, readonly (readonly [string, string])[]])[] = [
    ['a value', { delivery: { strategy: 'rolling' } }, [['strategy: canary', 'strategy: rolling']]],
    ['a quoted value', { persona: 'automator' }, [["'devops-engineer'", "'automator'"]]],
    ['a value in braces', { infrastructure: { region: 'us-east-1' } }, [['"eu-west-1"', '"us-east-1"']]],
    [
      'a list: lines that stay keep their comments',
      { generators: ['ci-github', 'compose'] },
      [['    - docker\n', '    - compose\n']],
    ],
    ['a longer list', { generators: ['ci-github', 'docker', 'x'] }, [['    - docker\n', '    - docker\n    - x\n']]],
    [
      'a new key in a section',
      { delivery: { e2e: true } },
      [['strategy: canary\n', 'strategy: canary\n    e2e: true\n']],
    ],
    ['a new key in braces', { infrastructure: { target: 'none' } }, [['cdk: cdktf }', 'cdk: cdktf, target: none }']]],
    [
      'a new service',
      { services: { web: { path: 'apps/web' } } },
      [['{path: .}}', '{path: .}, web: { path: apps/web }}']],
    ],
    [
      'a new section',
      { security: { codeScanning: true } },
      [['{path: .}}\n', '{path: .}}\nsecurity: { codeScanning: true }\n']],
    ],
    [
      'several at once',
      { persona: 'workflow', delivery: { strategy: 'rolling', coverage: 80 }, toConfirm: ['a'] },
      [
        ["'devops-engineer'", "'workflow'"],
        ['strategy: canary\n', 'strategy: rolling\n    coverage: 80\n'],
        ['{path: .}}\n', '{path: .}}\ntoConfirm: [a] # our defaults: nobody has confirmed them yet\n'],
      ],
    ],
    ['a value by a list', { delivery: { strategy: ['a'] } }, [['strategy: canary', 'strategy: [a]']]],
  ];

  it.each(CASES)('change %s and nothing else', (_, next, replaced) => {
    const expected = replaced.reduce((text, [from, to]) => text.replace(from, to), BEFORE);
    expect(expected).not.toBe(BEFORE);
    expect(writeConfig(BEFORE, next)).toBe(expected);
    const windows = (text: string) => text.replaceAll('\n', '\r\n');
    expect(writeConfig(windows(BEFORE), next)).toBe(windows(expected));
  });

  it.each([
    ['delivery:\n', { delivery: { strategy: 'canary' } }, 'delivery: { strategy: canary }\n'],
    ['delivery: # later\n', { delivery: { coverage: 1 } }, 'delivery: { coverage: 1 } # later\n'],
    ['a: 1', { b: 2 }, 'a: 1\nb: 2\n'],
    ['a: 1 # x', { b: 2 }, 'a: 1 # x\nb: 2\n'],
    ['{"a": 1}\n', { a: 2, b: [3] }, '{"a": 2, b: [3]}\n'],
    ['{}\n', { a: 1 }, '{ a: 1 }\n'],
    ['services: {}\n', { services: { web: { path: '.' } } }, 'services: { web: { path: . } }\n'],
    ['# mine\n', { a: 1 }, '# mine\na: 1\n'],
    ['', { a: 1 }, 'a: 1\n'],
    ['\uFEFFa: 1\r\n', { b: 2 }, '\uFEFFa: 1\r\nb: 2\r\n'],
    ['a: 1\n...\n', { b: 2 }, 'a: 1\nb: 2\n...\n'],
    ['---\na: 1\n', { b: 2 }, '---\na: 1\nb: 2\n'],
    ['a: |\n  x\n  y\n', { b: 2 }, 'a: |\n  x\n  y\nb: 2\n'],
    ['l:\n- a # 1\n- b\nz: 1\n', { l: ['a', 'c'] }, 'l:\n- a # 1\n- c\nz: 1\n'],
    ['l:\n- a\n', { l: [] }, 'l: []\n'],
    ['a: null\n', { a: { b: 1 } }, 'a: { b: 1 }\n'],
  ])('%j with %j', (before, next, after) => {
    expect(writeConfig(before, next as PlainRecord)).toBe(after);
  });

  it('say what was asked for with any YAML, and keep comments also there', () => {
    const odd = [
      'x: &x { region: eu-west-1 } # shared\ninfrastructure: *x\n',
      'a: &one 1 # first\ninfrastructure: { region: eu-west-1 }\nb: *one\n',
      'infrastructure: # why\n  region: >\n    eu-west-1\na: 1\n',
      'infrastructure:\n  region:\n    - a\n    - b\na: 1 # one\n',
      '? infrastructure\n: region: eu-west-1 # here\na: 1\n',
      'infrastructure: !!map\n  region: !!str eu-west-1 # here\n',
    ];
    for (const before of odd) {
      const wanted = parse(before);
      wanted.infrastructure = { ...wanted.infrastructure, region: 'us-east-1', target: 'none' };
      wanted.a = 2;
      const after = writeConfig(before, { infrastructure: { region: 'us-east-1', target: 'none' }, a: 2 });
      expect(parse(after), before).toEqual(wanted);
      for (const [comment] of before.matchAll(/# \w+/g)) expect(after, before).toContain(comment);
      expect(writeConfig(after, wanted)).toBe(after);
    }
  });

  it('keep a person’s spelling that says the same', () => {
    const text = [
      'generators: [docker, ci-github] # in my order',
      'observability: { objective: { availability: "99.90 %", p95: 500ms } }',
      'services: { orders: { path: ./, port: "3000" } }',
      '',
    ].join('\n');
    const config = readAnswers(text.replace('"99.90 %"', '"99.9 %"'), 'x').answers;
    const next = configOf(resolved(facts(), { config }), [...ALL], config);
    expect(next.generators).toEqual(['docker', 'ci-github']);
    expect(next.observability).toMatchObject({ objective: { availability: '99.9 %', p95: '500ms' } });
    expect(next.services).toEqual({ orders: { path: './', port: '3000' } });
    const flagged = resolved(facts(), { config, flags: { 'observability.objective.p95': '300' } });
    expect(configOf(flagged, ALL, config).observability).toMatchObject({ objective: { p95: 300 } });
  });

  it('freeze the name of a service with its folder, and follow it when it moves', () => {
    const seen = workspaceFacts({ 'apps/api': '@acme/api', 'apps/web': null });
    const config = configOf(resolved(seen), ALL, null);
    expect(config.services).toEqual({ api: { path: 'apps/api' }, web: { path: 'apps/web' } });
    const moved = workspaceFacts({ 'services/api': '@acme/api', 'apps/web': null });
    const next = configOf(resolved(moved, { config }), ALL, config);
    expect(next.services).toEqual({ api: { path: 'services/api' }, web: { path: 'apps/web' } });
  });
});

describe('toConfirm', () => {
  const words = { message: 'How much?', help: 'So much.', minimum: 1, maximum: 99, toConfirm: true, default: 4 };
  const rto = integer('recovery.rto', words);
  const rpo = integer('recovery.rpo', words);
  const others = QUESTIONS.filter(({ toConfirm }) => !toConfirm);
  const listed = (
    config: PlainRecord | null,
    flags: Readonly<Record<string, unknown>> = {},
    questions = [rto, rpo],
    answersFile: PlainRecord = {},
  ): Plain | undefined => {
    const given = { flags, answersFile, ...(config === null ? {} : { config }) };
    const resolution = resolved(facts(), given, [...others, ...questions] as typeof QUESTIONS);
    return configOf(resolution, ALL, config).toConfirm;
  };
  const written = (rtoValue: number, rpoValue: number, toConfirm?: readonly string[]): PlainRecord => ({
    recovery: { rto: rtoValue, rpo: rpoValue },
    ...(toConfirm ? { toConfirm } : {}),
  });

  it('lists our defaults at the first write, not what a person gave', () => {
    expect(listed(null)).toEqual(['recovery.rto', 'recovery.rpo']);
    expect(listed(null, { 'recovery.rto': '8' })).toEqual(['recovery.rpo']);
    expect(listed(null, {}, [rto, rpo], { recovery: { rto: 8, rpo: 8 } })).toBeUndefined();
  });

  it('stays as a person left it', () => {
    expect(listed(written(4, 4, ['recovery.rpo', 'recovery.rto']))).toEqual(['recovery.rpo', 'recovery.rto']);
    expect(listed(written(4, 4, ['recovery.rto']))).toEqual(['recovery.rto']);
    expect(listed(written(4, 4, []))).toEqual([]);
    expect(listed(written(4, 4))).toBeUndefined();
  });

  it('loses what is given now, even when it is our number', () => {
    expect(listed(written(4, 4, ['recovery.rto', 'recovery.rpo']), { 'recovery.rto': '4' })).toEqual(['recovery.rpo']);
    expect(listed(written(4, 4, ['recovery.rto']), { 'recovery.rto': '9' })).toEqual([]);
  });

  it('gains the default of a question that a newer version asks', () => {
    expect(listed({ recovery: { rto: 8 } })).toEqual(['recovery.rpo']);
    expect(listed({ recovery: { rto: 4 }, toConfirm: ['recovery.rto'] })).toEqual(['recovery.rto', 'recovery.rpo']);
  });

  it('is written on one line, with what it means', () => {
    const resolution = resolved(facts(), {}, [...others, rto, rpo] as typeof QUESTIONS);
    const text = writeConfig(null, configOf(resolution, ALL, null));
    expect(text).toContain('\ntoConfirm: [recovery.rto, recovery.rpo] # our defaults: nobody has confirmed them yet\n');
    const confirmed = writeConfig(text, { toConfirm: ['recovery.rpo'] });
    expect(confirmed).toBe(text.replace('[recovery.rto, recovery.rpo]', '[recovery.rpo]'));
  });
});

describe('the schema', () => {
  const text = configSchema(QUESTIONS);
  const schema = JSON.parse(text) as PlainRecord;
  const wrongs = (config: unknown) => violations(schema, config);

  it('is the same text every time, and ends in a newline', () => {
    expect(configSchema(QUESTIONS)).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('takes what we write, for every persona', () => {
    for (const persona of ['devops-engineer', 'automator', 'buddy-specialist', 'workflow', 'battra-contributor']) {
      const flags = { persona, 'services.orders.port': '80', 'services.orders.setUp': 'true' };
      expect(wrongs(configOf(resolved(facts(), { flags }), ALL, null)), persona).toEqual([]);
    }
    expect(wrongs({ version: 1, toConfirm: ['a.b'] })).toEqual([]);
  });

  it('takes numbers as people write them', () => {
    for (const objective of [
      { availability: 99.9, p95: 500 },
      { availability: '99.9 %', p95: '500ms' },
    ])
      expect(wrongs({ observability: { objective } })).toEqual([]);
  });

  it.each([
    [{ persoan: 'workflow' }],
    [{ version: 2 }],
    [{ persona: 'nobody' }],
    [{ delivery: { strategi: 'canary' } }],
    [{ delivery: { strategy: 'recreate' } }],
    [{ delivery: 'rolling' }],
    [{ generators: ['dokcer'] }],
    [{ generators: ['docker', 'docker'] }],
    [{ observability: { objective: { availability: 100 } } }],
    [{ observability: { objective: { p95: '5s' } } }],
    [{ services: { orders: { heath: '/x' } } }],
    [{ services: { orders: { port: 0 } } }],
    [{ services: { Orders_API: { path: '.' } } }],
    [{ services: { orders: { path: '../x' } } }],
    [{ project: { name: 'Ünï' } }],
    [{ toConfirm: 'a' }],
  ])('refuses %j', (config) => {
    expect(wrongs(config)).toHaveLength(1);
  });

  it('describes every question', () => {
    for (const { help } of QUESTIONS) expect(text).toContain(JSON.stringify(help));
  });
});

/** The judge: the few words of JSON Schema that ours uses. It throws on a word that it does not know, so it cannot pass by ignorance. */
const SILENT = new Set(['$schema', 'title', 'description']);

/** Places where a value breaks a schema. */
function violations(schema: PlainRecord, value: unknown, at = '$'): readonly string[] {
  return Object.entries(schema).flatMap(([word, rule]) => {
    if (SILENT.has(word)) return [];
    return judge(word, rule, schema, value, at);
  });
}

function judge(word: string, rule: unknown, schema: PlainRecord, value: unknown, at: string): readonly string[] {
  const unless = (holds: boolean) => (holds ? [] : [`${at}: ${word} ${JSON.stringify(rule)}`]);
  const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PlainRecord) : null;
  const list = Array.isArray(value) ? value : null;
  switch (word) {
    case 'type':
      return unless(typeOf(value).includes(rule as string));
    case 'const':
      return unless(isDeepStrictEqual(value, rule));
    case 'enum':
      return unless((rule as unknown[]).includes(value));
    case 'pattern':
      return unless(typeof value !== 'string' || new RegExp(rule as string, 'u').test(value));
    case 'minimum':
      return unless(typeof value !== 'number' || value >= (rule as number));
    case 'maximum':
      return unless(typeof value !== 'number' || value <= (rule as number));
    case 'uniqueItems':
      return unless(!list || new Set(list).size === list.length);
    case 'anyOf':
      return unless((rule as PlainRecord[]).some((one) => violations(one, value).length === 0));
    case 'items':
      return (list ?? []).flatMap((item, index) => violations(rule as PlainRecord, item, `${at}[${index}]`));
    case 'propertyNames':
      return Object.keys(record ?? {}).flatMap((key) => violations(rule as PlainRecord, key, `${at}.${key}`));
    case 'properties':
      return Object.entries(rule as PlainRecord).flatMap(([key, inner]) =>
        record && Object.hasOwn(record, key) ? violations(inner as PlainRecord, record[key], `${at}.${key}`) : [],
      );
    case 'additionalProperties': {
      const known = (schema.properties ?? {}) as PlainRecord;
      const others = Object.entries(record ?? {}).filter(([key]) => !Object.hasOwn(known, key));
      if (rule === false) return others.map(([key]) => `${at}.${key}: unknown`);
      return others.flatMap(([key, inner]) => violations(rule as PlainRecord, inner, `${at}.${key}`));
    }
    default:
      throw new Error(`the test's judge does not know "${word}"`);
  }
}

function typeOf(value: unknown): readonly string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['number', 'integer'] : ['number'];
  return [typeof value];
}
