/** What AWS would refuse in the middle of an apply is refused here, with the limit. */
import { describe, expect, it } from 'vitest';
import { assertValid, environments } from '../config/index.js';
import type { EnvironmentConfig } from '../config/schema.js';
import { type Facts, facts } from '../config/services.js';
import { problemsOf } from '../config/validate.js';

const [first, second] = environments as [EnvironmentConfig, EnvironmentConfig];
const inFirst = (change: Partial<EnvironmentConfig>) => problemsOf(facts, [{ ...first, ...change }]);
const [service] = facts.services as [Facts['services'][number]];
const ofFacts = (change: Partial<Facts>) => problemsOf({ ...facts, ...change }, [first]);

it('has nothing to say of what is shipped', () => {
  expect(problemsOf(facts, environments)).toEqual([]);
  expect(() => assertValid(environments)).not.toThrow();
});

it('tells all problems at once', () => {
  const broken = [{ ...first, region: 'mars', monthlyBudget: 0 }, second];
  expect(() => assertValid(broken)).toThrow(/mars[\s\S]*budget/);
});

describe('refuses', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['a task size that Fargate has not', inFirst({ capacity: { ...first.capacity, cpu: 256, memory: 8192 } }), /256.*8192/],
    ['more tasks at least than at most', inFirst({ capacity: { ...first.capacity, minimum: 5, maximum: 2 } }), /5 to 2/],
    [
      'networks that overlap',
      problemsOf(facts, [first, { ...second, network: { ...second.network, cidr: first.network.cidr } }]),
      /overlaps the network of development/,
    ],
    ['a range that is none', inFirst({ network: { ...first.network, cidr: '10.0.0.0/33' } }), /10\.0\.0\.0\/33/],
    [
      'a range that begins in the middle of another',
      inFirst({ network: { ...first.network, cidr: '10.10.1.0/16' } }),
      /multiple of its own size/,
    ],
    ['a network that nine subnets do not fit into', inFirst({ network: { ...first.network, cidr: '10.0.0.0/25' } }), /\/16 and \/24/],
    ['a region that is none', inFirst({ region: 'mars' }), /region "mars"/],
    ['a zone of another region', inFirst({ zones: [`${first.region}a`, `${first.region}b`, 'us-west-1c'] }), /us-west-1c/],
    ['two zones', inFirst({ zones: [`${first.region}a`, `${first.region}b`] }), /three different zones/],
    ['a retention that CloudWatch has not', inFirst({ logRetentionDays: 15 }), /15 days/],
    ['more backups than RDS keeps', inFirst({ database: { ...first.database, backupDays: 36 } }), /36 days/],
    [
      'a protected database in one zone',
      inFirst({ protect: true, database: { ...first.database, multiZone: false }, cache: { ...first.cache, nodes: 2 } }),
      /two zones/,
    ],
    ['a budget of nothing', inFirst({ monthlyBudget: 0 }), /budget of 0/],
    ['a domain that is none', inFirst({ domain: { name: 'shop', hostedZoneId: 'Z0123' } }), /"shop" is no domain/],
    ['an address that is none', inFirst({ alertEmails: ['team'] }), /"team" is no address/],
    ['a project whose names AWS would cut', ofFacts({ project: 'a-project-with-a-long-name' }), /1 to 20/],
    ['two services of one name', ofFacts({ services: [service, service] }), new RegExp(`two services are called ${service.name}`)],
    ['a port that is none', ofFacts({ services: [{ ...service, port: 70000 }] }), /70000/],
    ['a web service without a port', ofFacts({ services: [{ ...service, kind: 'web', port: null }] }), /without a port/],
    ['no service at all', ofFacts({ services: [] }), /names no service/],
  ])('%s', (_, problems, message) => {
    expect(problems.join('\n')).toMatch(message);
  });
});

it.runIf(service.secrets.length > 0)('refuses a secret that is set in the open', () => {
  const [secret] = service.secrets;
  expect(inFirst({ settings: { [service.name]: { [String(secret?.name)]: 'y' } } }).join()).toMatch(/cannot be a setting/);
});
