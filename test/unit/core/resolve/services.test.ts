import { describe, expect, it } from 'vitest';
import { slug } from '../../../../src/core/questions/index.ts';
import { fact, facts, resolved, serviceFacts, workspaceFacts } from '../../../helpers/facts.ts';

/** Folder → name of every service. */
function names(...given: Parameters<typeof resolved>): Readonly<Record<string, string>> {
  const { services, problems } = resolved(...given);
  expect(problems).toEqual([]);
  return Object.fromEntries(services.map(({ name, facts: { path } }) => [path, name]));
}

describe('slug', () => {
  it.each([
    ['orders', 'orders'],
    ['@acme/orders-api', 'orders-api'],
    ['@acme/Orders_API.v2', 'orders-api-v2'],
    ['a-very-long-service-name', 'a-very-long-service'],
    ['exactly-twenty-chars', 'exactly-twenty-chars'],
    ['nineteen-characters-', 'nineteen-characters'],
    ['3d-viewer', 'd-viewer'],
    ['--x--', 'x'],
    ['café-crème', 'cafe-creme'],
    ['ＡＰＩ', 'api'],
    ['İstanbul', 'istanbul'],
    ['2048', null],
    ['订单', null],
    ['@acme/', null],
    ['', null],
    ['../../etc', 'etc'],
    ['a$(rm -rf)', 'a-rm-rf'],
  ])('%j → %j', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });
});

describe('the project', () => {
  const name = (change: Parameters<typeof facts>[0], given: Parameters<typeof resolved>[1] = {}) =>
    resolved(facts(change), given).answers.get('project.name');
  const unnamed = [serviceFacts({ name: null })];
  const repository = fact(
    { host: 'github.com', owner: 'a', name: 'Shop.git2', url: 'https://github.com/a/x' },
    '.git/config',
    9,
  );

  it('is called like the root package, without scope', () => {
    expect(name({ repository })).toEqual({ value: 'orders', source: 'detected', why: 'package.json:2' });
    const workspace = workspaceFacts(
      { 'apps/api': '@acme/api' },
      { projectName: fact('@acme/platform', 'package.json', 3) },
    );
    expect(resolved(workspace).answers.get('project.name')).toMatchObject({ value: 'platform', why: 'package.json:3' });
  });

  it('else like the repository, also where a member of a workspace has a name', () => {
    const why = "the repository's name, .git/config:9";
    expect(name({ services: unnamed, repository })).toEqual({ value: 'shop-git2', source: 'detected', why });
    expect(resolved(workspaceFacts({ 'apps/api': 'api' }, { repository })).answers.get('project.name')?.value).toBe(
      'shop-git2',
    );
    expect(name({ projectName: fact('2048'), services: unnamed, repository })?.value).toBe('shop-git2');
  });

  it('else like the only service there is', () => {
    expect(
      resolved(workspaceFacts({ 'apps/api': '@acme/api' }, { repository: null })).answers.get('project.name')?.value,
    ).toBe('api');
    const two = workspaceFacts({ 'apps/api': 'api', 'apps/web': 'web' }, { repository: null });
    expect(resolved(two).open.map(({ id }) => id)).toContain('project.name');
  });

  it('else is asked, and never takes the name of a folder', () => {
    const { open, answers } = resolved(facts({ services: unnamed, repository: null }));
    expect(open[0]?.id).toBe('project.name');
    expect(answers.has('project.name')).toBe(false);
  });

  it('reads facts of a detection that does not know the root’s name', () => {
    const { projectName: _, ...older } = facts();
    expect(resolved(older as never).answers.get('project.name')?.value).toBe('orders');
  });
});

describe('a service', () => {
  it('is called like its package without the scope, at most 20 characters', () => {
    expect(names()).toEqual({ '.': 'orders' });
    const long = workspaceFacts({ 'apps/a': '@acme/payment-gateway-service-worker' });
    expect(names(long)).toEqual({ 'apps/a': 'payment-gateway' });
  });

  it('without a name is called like its folder in a workspace, like the project in the root', () => {
    expect(names(workspaceFacts({ 'apps/Web_Shop': null }))).toEqual({ 'apps/Web_Shop': 'web-shop' });
    const unnamed = facts({ services: [serviceFacts({ name: null })] });
    expect(names(unnamed)).toEqual({ '.': 'orders' });
    const asked = facts({ services: [serviceFacts({ name: null })], repository: null });
    expect(names(asked, { flags: { 'project.name': 'shop' } })).toEqual({ '.': 'shop' });
  });

  it('never shares its name', () => {
    const seen = workspaceFacts({ 'apps/api': '@acme/api', 'libs/api': '@other/api', 'x/api': null, 'y/api-2': null });
    expect(names(seen)).toEqual({ 'apps/api': 'api', 'libs/api': 'api-2', 'x/api': 'api-3', 'y/api-2': 'api-2-2' });
    const long = workspaceFacts({ a: 'payment-gateway-service-a', b: 'payment-gateway-service-b' });
    const given = Object.values(names(long));
    expect(given).toEqual(['payment-gateway', 'payment-gateway-2']);
    for (const one of given) expect(one.length).toBeLessThanOrEqual(20);
  });

  it('keeps the name that the configuration has for its folder', () => {
    const config = { services: { shop: { path: '.' } } };
    expect(names(facts(), { config })).toEqual({ '.': 'shop' });
    const renamed = facts({ services: [serviceFacts({ name: fact('@acme/renamed') })] });
    expect(names(renamed, { config })).toEqual({ '.': 'shop' });
    for (const path of ['./apps/api', 'apps/api/', './apps/api//'])
      expect(names(workspaceFacts({ 'apps/api': 'x' }), { config: { services: { api: { path } } } })).toEqual({
        'apps/api': 'api',
      });
  });

  it('does not take a name that the configuration has for another folder', () => {
    const seen = workspaceFacts({ 'apps/new': '@acme/api', 'apps/old': '@acme/api' });
    expect(names(seen, { config: { services: { api: { path: 'apps/old' } } } })).toEqual({
      'apps/new': 'api-2',
      'apps/old': 'api',
    });
  });

  it('keeps its name when its folder moves', () => {
    const seen = workspaceFacts({ 'services/api': '@acme/api' });
    expect(names(seen, { config: { services: { api: { path: 'apps/api', port: 80 } } } })).toEqual({
      'services/api': 'api',
    });
  });

  it('can be overridden without a folder, by the name that it would get', () => {
    const { answers, problems } = resolved(facts(), { config: { services: { orders: { health: '/alive' } } } });
    expect(problems).toEqual([]);
    expect(answers.get('services.orders.health')).toMatchObject({ value: '/alive', source: 'config' });
  });

  it('may live in a folder with any name that stays inside', () => {
    for (const path of ['apps/my app', 'apps/größe', 'a+b', '.hidden/x', '..a/b'])
      expect(names(workspaceFacts({ [path]: 'api' }), { config: { services: { api: { path } } } })).toEqual({
        [path]: 'api',
      });
    for (const path of ['../other', 'a/../../b', '/etc', 'a\\b', '', '..', 'a\nb']) {
      const { problems } = resolved(facts(), { flags: { 'services.orders.path': path } });
      expect(problems[0]?.code, path).toBe('CONFIG_VALUE');
    }
  });
});
