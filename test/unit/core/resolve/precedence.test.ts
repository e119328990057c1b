import { describe, expect, it } from 'vitest';
import { integer } from '../../../../src/define.ts';
import type { Facts, PlainRecord } from '../../../../src/model.ts';
import { fact, facts, QUESTIONS, resolved, serviceFacts } from '../../../helpers/facts.ts';

/** `delivery.strategy` = x as the nested record that a file holds. */
function nested(id: string, value: unknown): PlainRecord {
  return id.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as PlainRecord;
}

const gitlab = fact({ host: 'gitlab.com', owner: 'acme', name: 'shop', url: 'https://gitlab.com/acme/shop' });

/** One row for each question: a value for every source that can answer it, strongest first. */
const LADDER: readonly Readonly<{
  id: string;
  persona?: string;
  seen?: Facts;
  values: Readonly<Record<'flag' | 'prompt' | 'answers-file' | 'config', unknown>>;
  below: readonly [value: unknown, source: string, why: string];
}>[] = [
  {
    id: 'delivery.strategy',
    persona: 'automator',
    values: { flag: 'canary', prompt: 'rolling', 'answers-file': 'canary', config: 'rolling' },
    below: ['blue-green', 'persona', 'persona automator'],
  },
  {
    id: 'delivery.coverage',
    persona: 'workflow',
    values: { flag: '70', prompt: 71, 'answers-file': 72, config: 73 },
    below: [80, 'persona', 'persona workflow'],
  },
  {
    id: 'delivery.platform',
    seen: facts({ repository: gitlab }),
    values: { flag: 'jenkins', prompt: 'github-actions', 'answers-file': 'jenkins', config: 'github-actions' },
    below: ['gitlab-ci', 'detected', 'the remote is gitlab.com'],
  },
  {
    id: 'infrastructure.region',
    values: { flag: 'us-east-1', prompt: 'us-east-2', 'answers-file': 'us-west-1', config: 'us-west-2' },
    below: ['eu-west-1', 'default', 'our default'],
  },
  {
    id: 'project.name',
    values: { flag: 'one', prompt: 'two', 'answers-file': 'three', config: 'four' },
    below: ['orders', 'detected', 'package.json:2'],
  },
  {
    id: 'services.orders.port',
    values: { flag: '8001', prompt: '8002', 'answers-file': 8003, config: 8004 },
    below: [3000, 'detected', 'src/server.ts:12'],
  },
  {
    id: 'observability.objective.availability',
    values: { flag: '99.5', prompt: '99.6%', 'answers-file': 99.7, config: '99.8' },
    below: [99.9, 'default', 'our default'],
  },
];

describe.each(LADDER)('precedence of $id', ({ id, persona, seen, values, below }) => {
  const base = persona === undefined ? {} : { persona };
  const sources = ['flag', 'prompt', 'answers-file', 'config'] as const;
  const parse = QUESTIONS.find((question) => question.id === id.replace('services.orders', 'services.*'))?.parse;
  const places = {
    flag: `--set ${id}`,
    prompt: 'your answer',
    'answers-file': 'the answers file',
    config: '.devops/config.yaml',
  };

  it.each(sources.map((source, index) => ({ source, weaker: sources.slice(index) })))(
    '$source wins over everything below it',
    ({ source, weaker }) => {
      const has = (name: (typeof sources)[number]) => weaker.includes(name);
      const { answers, problems } = resolved(seen, {
        flags: { ...base, ...(has('flag') ? { [id]: values.flag } : {}) },
        prompted: has('prompt') ? { [id]: values.prompt } : {},
        ...(has('answers-file') ? { answersFile: nested(id, values['answers-file']) } : {}),
        ...(has('config') ? { config: nested(id, values.config) } : {}),
      });
      expect(problems).toEqual([]);
      expect(answers.get(id)).toEqual({ value: parse?.(values[source]), source, why: places[source] });
    },
  );

  it('falls to persona, detection or default, with the reason', () => {
    const [value, source, why] = below;
    expect(resolved(seen, { flags: base }).answers.get(id)).toEqual({ value, source, why });
  });
});

describe('persona over detection over default', () => {
  it('asks the persona before the code, and the code before the default', () => {
    const seen = facts({
      license: fact('MIT', 'LICENSE'),
      services: [serviceFacts({ testRunner: null })],
    });
    expect(resolved(seen).answers.get('security.codeScanning')).toMatchObject({ value: true, source: 'detected' });
    expect(resolved().answers.get('security.codeScanning')).toMatchObject({ value: false, source: 'default' });
    const target = (persona: string) => resolved(facts(), { flags: { persona } }).answers.get('infrastructure.target');
    expect(target('battra-contributor')).toMatchObject({ value: 'none', source: 'persona' });
    expect(target('workflow')).toMatchObject({ value: 'aws-ecs-fargate', source: 'default' });
  });

  it('lets the persona of a file choose, and a flag choose another', () => {
    const config = { persona: 'automator' };
    expect(resolved(facts(), { config }).answers.get('delivery.strategy')?.value).toBe('blue-green');
    const other = resolved(facts(), { config, flags: { persona: 'buddy-specialist' } });
    expect(other.persona).toBe('buddy-specialist');
    expect(other.answers.get('delivery.strategy')?.value).toBe('rolling');
  });

  it('chooses the persona’s generators that are registered, in the registry’s order', () => {
    const chosen = (persona: string) => resolved(facts(), { flags: { persona } }).answers.get('generators')?.value;
    expect(chosen('devops-engineer')).toEqual([
      'ci-github',
      'security-scan',
      'docker',
      'compose',
      'cdktf-aws',
      'prometheus',
      'alertmanager',
      'runbooks',
    ]);
    expect(chosen('battra-contributor')).toEqual(['ci-github', 'security-scan', 'docker', 'compose', 'runbooks']);
  });

  it('takes an existing pipeline for the platform where the remote tells nothing', () => {
    const seen = facts({ repository: null, existing: [{ path: 'Jenkinsfile', role: 'ci', system: 'jenkins' }] });
    const expected = { value: 'jenkins', source: 'detected', why: 'Jenkinsfile' };
    expect(resolved(seen).answers.get('delivery.platform')).toEqual(expected);
    expect(resolved(facts({ repository: null })).answers.get('delivery.platform')?.source).toBe('default');
  });

  it('says why, for every answer', () => {
    const { answers } = resolved();
    expect(answers.size).toBeGreaterThan(15);
    for (const [id, { why }] of answers) expect(why, id).not.toBe('');
  });
});

describe('open questions', () => {
  const open = (...given: Parameters<typeof resolved>) => resolved(...given).open.map(({ id }) => id);
  const mute = serviceFacts({ port: null, start: null });

  it('are none for a service that detection understood', () => {
    expect(open()).toEqual([]);
  });

  it('are port and start of a web service, start of a worker, nothing of a library or a service that is left alone', () => {
    const seen = facts({ services: [mute] });
    expect(open(seen)).toEqual(['services.orders.port', 'services.orders.start']);
    expect(open(seen, { flags: { 'services.orders.kind': 'worker' } })).toEqual(['services.orders.start']);
    expect(open(seen, { flags: { 'services.orders.kind': 'library' } })).toEqual([]);
    expect(open(seen, { config: { services: { orders: { setUp: false } } } })).toEqual([]);
    expect(open(facts({ services: [serviceFacts({ ...mute, kind: fact('cron') })] }))).toEqual([
      'services.orders.start',
    ]);
  });

  it('become open by an override of the kind', () => {
    const worker = facts({ services: [serviceFacts({ kind: fact('worker'), port: null })] });
    expect(open(worker)).toEqual([]);
    expect(open(worker, { flags: { 'services.orders.kind': 'web' } })).toEqual(['services.orders.port']);
  });

  it('are not those that were answered wrongly: these are problems already', () => {
    const { problems, open: left } = resolved(facts({ services: [mute] }), {
      flags: { 'services.orders.port': 'http', 'services.orders.start': 'npm start' },
    });
    expect(problems.map(({ place }) => place)).toEqual(['--set services.orders.port', '--set services.orders.start']);
    expect(left).toEqual([]);
  });

  it('are not those that no chosen generator reads', () => {
    const question = integer('extra.size', {
      message: 'How big?',
      help: 'Size.',
      minimum: 1,
      maximum: 9,
      readBy: ['cdktf-aws'],
    });
    const ask = (generators: string) =>
      resolved(facts(), { flags: { generators } }, [...QUESTIONS, question]).open.map(({ id }) => id);
    expect(ask('docker')).toEqual([]);
    expect(ask('docker,cdktf-aws')).toEqual(['extra.size']);
  });

  it('ask for the channel by the answered project name, not at all where nobody is told or nothing alerts', () => {
    const unnamed = facts({ repository: null, services: [serviceFacts({ name: null })] });
    expect(open(unnamed)).toEqual(['project.name', 'observability.chat.channel']);
    expect(open(unnamed, { flags: { generators: 'docker' } })).toEqual(['project.name']);
    expect(open(unnamed, { flags: { 'observability.chat.kind': 'none' } })).toEqual(['project.name']);
    const named = resolved(unnamed, { flags: { 'project.name': 'shop' } });
    expect(named.open).toEqual([]);
    expect(named.answers.get('observability.chat.channel')?.value).toBe('#shop-alerts');
  });

  it('ask for an address where warnings go by mail', () => {
    expect(open(facts(), { flags: { 'observability.chat.kind': 'email' } })).toEqual(['observability.chat.channel']);
    const channel = { 'observability.chat.kind': 'email', 'observability.chat.channel': 'ops@example.com' };
    expect(resolved(facts(), { flags: channel })).toMatchObject({ open: [], problems: [] });
  });

  it('put the service’s name into the message', () => {
    expect(resolved(facts({ services: [mute] })).open[0]?.message).toBe('Which port does orders listen on?');
  });
});
