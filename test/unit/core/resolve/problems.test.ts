import { describe, expect, it } from 'vitest';
import { fact, facts, QUESTIONS, resolved, serviceFacts, workspaceFacts } from '../../../helpers/facts.ts';

/** What a person reads: place, message and hint on one line. */
function told(...given: Parameters<typeof resolved>): readonly string[] {
  return resolved(...given).problems.map(({ code, place, message, hint }) =>
    `${code} ${place}: ${message} ${hint}`.trim(),
  );
}

const ofFlag = (id: string, value: unknown) => told(facts(), { flags: { [id]: value } });

describe('values', () => {
  it('suggest what was probably meant', () => {
    expect(ofFlag('delivery.strategy', 'bluegreen')).toEqual([
      'CONFIG_VALUE --set delivery.strategy: "bluegreen" is not one of rolling, blue-green, canary. Did you mean blue-green?',
    ]);
  });

  it('name the nearest regions', () => {
    expect(ofFlag('infrastructure.region', 'eu-west-9')).toEqual([
      'CONFIG_VALUE --set infrastructure.region: "eu-west-9" is not an AWS region (nearest: eu-west-1, eu-west-2, eu-west-3).',
    ]);
  });

  it('refuse an objective of 100 with the arithmetic', () => {
    for (const value of ['100', '100%', 100])
      expect(ofFlag('observability.objective.availability', value)[0]).toContain(
        'is not an objective: 30 days x 24 h x 60 min x (100 - 100) % = 0 minutes of error budget; 99.9 leaves 43.2 minutes.',
      );
    expect(ofFlag('observability.objective.availability', '101')[0]).toContain('a number from 90 to 99.999 (percent)');
  });

  it('refuse recreate, because production has users', () => {
    expect(ofFlag('delivery.strategy', 'recreate')).toEqual([
      'CONFIG_VALUE --set delivery.strategy: "recreate" is not for production: it takes the service down, and is for environments without users (CD-007).',
    ]);
  });

  it('take numbers and units as the configuration of the experience page has them', () => {
    const config = { observability: { objective: { availability: 99.9, p95: '500ms' } } };
    const { answers, problems } = resolved(facts(), { config });
    expect(problems).toEqual([]);
    expect(answers.get('observability.objective.availability')?.value).toBe(99.9);
    expect(answers.get('observability.objective.p95')?.value).toBe(500);
  });

  it('refuse a package manager as the start command', () => {
    for (const start of ['npm start', 'pnpm run start', 'yarn', 'node dist/server.js; rm', 'node  x', ''])
      expect(ofFlag('services.orders.start', start)[0], start).toContain('without a package manager');
    expect(ofFlag('services.orders.start', 'node dist/npm.js')).toEqual([]);
    expect(ofFlag('services.orders.start', 'npmx serve')).toEqual([]);
  });

  it('explain an unquoted channel, which YAML takes for a comment', () => {
    const [problem] = told(facts(), { config: { observability: { chat: { channel: null } } } });
    expect(problem).toContain('null is not a channel like "#orders-alerts" (in quotes');
  });

  it('say which file an invalid value stands in', () => {
    const wrong = { delivery: { coverage: 101 } };
    expect(told(facts(), { config: wrong, answersFile: { security: { codeScanning: 'perhaps' } } })).toEqual([
      'CONFIG_VALUE .devops/config.yaml, delivery.coverage: 101 is not a whole number from 0 to 100 (percent of lines).',
      'CONFIG_VALUE the answers file, security.codeScanning: "perhaps" is not yes or no.',
    ]);
  });

  it('are judged only where they count: a flag covers a wrong value of the file', () => {
    const given = { config: { delivery: { strategy: 'bluegreen' } }, flags: { 'delivery.strategy': 'canary' } };
    expect(told(facts(), given)).toEqual([]);
  });

  it('contradict each other: mail needs an address', () => {
    const chat = { kind: 'email', channel: '#orders' };
    expect(told(facts(), { config: { observability: { chat } } })).toEqual([
      'CONFIG_VALUE .devops/config.yaml, observability.chat.channel: "#orders" is not an address, and observability.chat.kind is email. Give an address like alerts@example.com, or choose another observability.chat.kind.',
    ]);
  });
});

describe('keys', () => {
  it.each([
    ['delivery.strategi', 'Did you mean delivery.strategy?'],
    ['services.orders.prot', 'Did you mean services.orders.port?'],
    ['delivery', 'The questions are one level below: delivery.platform, delivery.strategy'],
    ['services.orders', 'The questions are one level below: services.orders.path'],
    ['colour', 'See `create-devops-setup list --questions`.'],
    ['services.orders.port.x', 'Did you mean services.orders.port?'],
    ['__proto__', 'See'],
    ['constructor.name', 'See'],
  ])('%s is unknown: %s', (id, hint) => {
    const [problem, ...more] = ofFlag(id, 'x');
    expect(problem).toContain(`CONFIG_KEY --set ${id}: there is no question "${id}". ${hint}`);
    expect(more).toEqual([]);
  });

  it('are reported with the file, once', () => {
    const config = { version: 1, toConfirm: [], delivery: { strategi: 'x' }, services: { orders: { heath: '/x' } } };
    expect(told(facts(), { config })).toEqual([
      'CONFIG_KEY .devops/config.yaml, delivery.strategi: there is no question "delivery.strategi". Did you mean delivery.strategy?',
      'CONFIG_KEY .devops/config.yaml, services.orders.heath: there is no question "services.orders.heath". Did you mean services.orders.health?',
    ]);
  });

  it('report a value where a section belongs, and a section where a value belongs', () => {
    expect(told(facts(), { config: { delivery: 'rolling', services: { orders: 3000 } } })).toEqual([
      expect.stringContaining('.devops/config.yaml, delivery: there is no question "delivery". The questions are'),
      expect.stringContaining('.devops/config.yaml, services.orders: there is no question "services.orders". The'),
    ]);
    expect(told(facts(), { config: { delivery: { strategy: { production: 'canary' } } } })).toEqual([
      expect.stringContaining('.devops/config.yaml, delivery.strategy: {"production":"canary"} is not one of'),
    ]);
    expect(told(facts(), { config: { services: ['orders'] } })).toHaveLength(1);
  });

  it('say nothing about a section whose keys are all commented out', () => {
    expect(told(facts(), { config: { delivery: null, observability: { chat: {} }, services: null } })).toEqual([]);
    expect(told(facts(), { config: { services: { orders: null } } })).toEqual([]);
    expect(told(facts(), { config: { colours: null } })).toHaveLength(1);
  });

  it('take toConfirm for a list of ids only', () => {
    for (const toConfirm of ['infrastructure.budget', { a: 1 }, [1], 5])
      expect(told(facts(), { config: { toConfirm } }), JSON.stringify(toConfirm)).toEqual([
        'CONFIG_VALUE .devops/config.yaml, toConfirm: toConfirm is not a list of question ids. Write it like [infrastructure.budget], or remove it.',
      ]);
  });
});

describe('services', () => {
  const two = workspaceFacts({ 'apps/api': '@acme/api', 'apps/web': '@acme/web' });

  it('that are not there are named with those that are', () => {
    expect(told(two, { config: { services: { apj: { port: 1 } } } })).toEqual([
      'CONFIG_KEY .devops/config.yaml, services.apj: there is no service "apj" (found: api, web). Did you mean services.api?',
    ]);
    expect(told(two, { flags: { 'services.backend.port': '1' } })).toEqual([
      'CONFIG_KEY --set services.backend.port: there is no service "backend" (found: api, web). Remove the key, or give the folder where the service is now under services.<name>.path.',
    ]);
    expect(told(two, { config: { services: { old: { path: 'apps/old' } } } })[0]).toContain(
      'there is no service "old" in apps/old (found: api, web).',
    );
    expect(told(facts({ services: [] }), { flags: { 'services.x.port': '1' } })[0]).toContain('(found: none)');
  });

  it('that are called __proto__ or * are no services either', () => {
    const config = { services: JSON.parse('{"__proto__": {"port": 1}, "*": {"port": 2}}') };
    expect(told(two, { config })).toHaveLength(2);
    expect(told(two, { flags: { 'services.*.port': '1', 'services.__proto__.port': '1' } })).toHaveLength(2);
    expect(({} as Record<string, unknown>).port).toBeUndefined();
  });

  it('have one name for each folder', () => {
    const config = { services: { api: { path: 'apps/api' }, backend: { path: 'apps/api' } } };
    expect(told(two, { config })).toEqual([
      'CONFIG_KEY .devops/config.yaml, services.backend: the folder apps/api has a name already: api. Keep one of the two keys, services.api or services.backend.',
    ]);
  });

  it('have names that AWS takes', () => {
    for (const name of ['Api_Server', 'a-name-that-is-too-long-by-far', '1st', 'api-', 'a.b']) {
      const [problem] = told(two, { config: { services: { [name]: { path: 'apps/api' } } } });
      expect(problem, name).toContain(`services.${name}: "${name}" is not a name of lower-case letters`);
    }
    expect(told(two, { config: { services: { Api_Server: { path: 'apps/api' } } } })[0]).toContain(
      'Call it api-server.',
    );
  });
});

it('reports everything that is wrong, from all sources, at once', () => {
  const problems = told(facts({ services: [serviceFacts({ name: fact('orders') })] }), {
    flags: {
      persona: 'devop-engineer',
      'delivery.strategy': 'bluegreen',
      'infrastructure.region': 'eu-west-9',
      colour: 'x',
    },
    answersFile: { delivery: { coverage: -1 }, teams: [] },
    config: { services: { oders: { port: 1 }, orders: { port: 'http' } }, observability: { pager: 'phone' } },
  });
  expect(problems.map((line) => line.split(': ')[0])).toEqual([
    'CONFIG_VALUE --set persona',
    'CONFIG_VALUE --set delivery.strategy',
    'CONFIG_VALUE the answers file, delivery.coverage',
    'CONFIG_VALUE --set infrastructure.region',
    'CONFIG_VALUE .devops/config.yaml, observability.pager',
    'CONFIG_VALUE .devops/config.yaml, services.orders.port',
    'CONFIG_KEY --set colour',
    'CONFIG_KEY .devops/config.yaml, services.oders',
    'CONFIG_KEY the answers file, teams',
  ]);
  expect(problems[0]).toContain('Did you mean devops-engineer?');
});

describe('the questions of the house', () => {
  it('have ids of their own, a question as message and a help sentence', () => {
    const ids = QUESTIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, message, help } of QUESTIONS) {
      expect(message, id).toMatch(/\?$/);
      expect(help, id).toMatch(/\.$|[a-z]\)$/);
    }
  });

  it('have defaults that they would take from a person', () => {
    const { answers } = resolved();
    for (const question of QUESTIONS) {
      const value = answers.get(question.id.replace('*', 'orders'))?.value;
      if (value !== undefined) expect(question.parse(value), question.id).toEqual(value);
    }
  });

  it('ask at most five things at first contact', () => {
    expect(QUESTIONS.filter(({ ask }) => ask === 'first').length).toBeLessThanOrEqual(5);
  });
});
