/** Everything that is wrong with a configuration, found before AWS finds it one by one. */
import { overlap, parseCidr, type Range } from '../lib/cidr.js';
import {
  hasFargateSize,
  LARGEST_NETWORK,
  LONGEST_BUCKET,
  LONGEST_CACHE,
  LONGEST_PREFIX,
  LONGEST_ROLE,
  RETENTION,
  SMALLEST_NETWORK,
} from './limits.js';
import type { EnvironmentConfig } from './schema.js';
import type { Facts } from './services.js';

export function problemsOf(facts: Facts, environments: readonly EnvironmentConfig[]): readonly string[] {
  return [
    ...factProblems(facts),
    ...environments.flatMap((env) =>
      [...nameProblems(facts, env), ...placeProblems(env), ...sizeProblems(facts, env), ...keptProblems(env)].map(
        (problem) => `${env.name}: ${problem}`,
      ),
    ),
    ...networkProblems(environments),
  ];
}

function factProblems({ project, services }: Facts): readonly string[] {
  const problems: string[] = [];
  const names = services.map(({ name }) => name);
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(project))
    problems.push(
      `project "${project}" has to be 1 to 20 of a-z, 0-9 and -, and begin with a letter: it is the beginning of names that AWS limits to ${LONGEST_PREFIX}`,
    );
  if (names.length === 0) problems.push('services.json names no service');
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    problems.push(`two services are called ${name}`);
  for (const { name, kind, port, healthPath } of services) {
    if (!/^[a-z][a-z0-9-]{0,19}$/.test(name))
      problems.push(`service "${name}" has to be 1 to 20 of a-z, 0-9 and -, and begin with a letter`);
    if (port !== null && (!Number.isInteger(port) || port < 1 || port > 65535))
      problems.push(`${name} listens on ${port}, which is no port`);
    if (kind === 'web' && port === null) problems.push(`${name} is a web service without a port`);
    if (healthPath !== null && !/^\/[\x21-\x7e]{0,1023}$/.test(healthPath))
      problems.push(`the health path "${healthPath}" of ${name} is no path that a load balancer can ask for`);
  }
  return problems;
}

function nameProblems({ project, services, datastores }: Facts, { name }: EnvironmentConfig): readonly string[] {
  const prefix = `${project}-${name}`;
  if (prefix.startsWith('internal-') && services.some(({ kind }) => kind === 'web'))
    return [`the load balancer would be called ${prefix}, and AWS keeps internal- for itself`];
  const names: readonly (readonly [string, string, number])[] = [
    ['load balancer', prefix, LONGEST_PREFIX],
    ['state bucket', `${prefix}-tfstate-000000000000`, LONGEST_BUCKET],
    ...services.map((service) => ['role', `${prefix}-${service.name}-execution`, LONGEST_ROLE] as const),
    ...datastores.map(
      (datastore) => [datastore.kind, `${prefix}-${datastore.name}`, datastore.kind === 'redis' ? LONGEST_CACHE : 63] as const,
    ),
  ];
  return names.flatMap(([what, text, limit]) =>
    text.length > limit ? [`the ${what} would be called ${text}, ${text.length} characters where AWS allows ${limit}`] : [],
  );
}

function placeProblems({ region, zones, domain, alertEmails }: EnvironmentConfig): readonly string[] {
  const problems: string[] = [];
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) problems.push(`region "${region}" is not written like one (eu-west-1)`);
  if (zones.length !== 3 || new Set(zones).size !== 3) problems.push('three different zones are needed');
  for (const zone of zones)
    if (!zone.startsWith(region) || zone.length !== region.length + 1) problems.push(`zone ${zone} is not in ${region}`);
  if (domain !== null && !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(domain.name))
    problems.push(`"${domain.name}" is no domain name`);
  if (domain !== null && domain.name.length > 64)
    problems.push(`${domain.name} has ${domain.name.length} characters; a certificate allows 64`);
  if (domain !== null && !/^Z[A-Z0-9]{1,31}$/.test(domain.hostedZoneId))
    problems.push(`"${domain.hostedZoneId}" is not the id of a hosted zone (Z…)`);
  for (const email of alertEmails) if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) problems.push(`"${email}" is no address`);
  return problems;
}

function sizeProblems(facts: Facts, env: EnvironmentConfig): readonly string[] {
  const problems: string[] = [];
  const known = new Set(facts.services.map(({ name }) => name));
  for (const name of [env.services, env.settings, env.outgoingPorts].flatMap((part) => Object.keys(part)))
    if (!known.has(name)) problems.push(`there is no service ${name}`);
  for (const name of Object.keys(env.datastores))
    if (!facts.datastores.some((datastore) => datastore.name === name)) problems.push(`there is no datastore ${name}`);
  for (const port of Object.values(env.outgoingPorts).flat())
    if (!Number.isInteger(port) || port < 1 || port > 65535) problems.push(`${port} is no port`);
  for (const { name, secrets, datastores } of facts.services) {
    const { cpu, memory, minimum, maximum } = { ...env.capacity, ...env.services[name] };
    if (!hasFargateSize(cpu, memory)) problems.push(`${name}: Fargate has no size of ${cpu} CPU units with ${memory} MiB`);
    if (!(Number.isInteger(minimum) && Number.isInteger(maximum) && minimum >= 1 && minimum <= maximum))
      problems.push(`${name}: ${minimum} to ${maximum} tasks is no range`);
    const set = new Set([...secrets.map((secret) => secret.name), ...datastores.flatMap(({ variables }) => Object.values(variables))]);
    for (const variable of Object.keys(env.settings[name] ?? {}))
      if (set.has(variable)) problems.push(`${name}: ${variable} is a secret or an address, so it cannot be a setting`);
  }
  const { database, monthlyBudget } = env;
  if (database.gibibytes < 20 || database.maximumGibibytes < database.gibibytes * 1.1)
    problems.push(
      `a database of ${database.gibibytes} GiB that grows to ${database.maximumGibibytes}: RDS asks for 20 at least, and for a limit that is 10 % above`,
    );
  if (!(monthlyBudget > 0)) problems.push(`a budget of ${monthlyBudget} dollars warns of nothing`);
  return problems;
}

function keptProblems({ protect, database, cache, logRetentionDays, secretsVersion }: EnvironmentConfig): readonly string[] {
  const problems: string[] = [];
  if (database.backupDays < 1 || database.backupDays > 35) problems.push(`backups of ${database.backupDays} days: RDS keeps 1 to 35`);
  if (cache.backupDays < 1 || cache.backupDays > 35) problems.push(`cache backups of ${cache.backupDays} days: ElastiCache keeps 1 to 35`);
  if (cache.nodes < 1 || cache.nodes > 6) problems.push(`${cache.nodes} cache nodes: a replication group has 1 to 6`);
  if (protect && !database.multiZone) problems.push('a protected environment has its database in two zones (multiZone)');
  if (protect && cache.nodes < 2) problems.push('a protected environment has two cache nodes at least');
  if (!RETENTION.includes(logRetentionDays)) problems.push(`logs of ${logRetentionDays} days: CloudWatch keeps ${RETENTION.join(', ')}`);
  if (!Number.isInteger(secretsVersion) || secretsVersion < 1) problems.push('secretsVersion is a whole number from 1');
  return problems;
}

/** Networks that overlap can never be connected. */
function networkProblems(environments: readonly EnvironmentConfig[]): readonly string[] {
  const problems: string[] = [];
  const ranges: { readonly name: string; readonly range: Range }[] = [];
  for (const { name, network } of environments) {
    try {
      const range = parseCidr(network.cidr);
      if (range.bits < LARGEST_NETWORK || range.bits > SMALLEST_NETWORK)
        problems.push(`${name}: ${network.cidr} is not between /${LARGEST_NETWORK} and /${SMALLEST_NETWORK}`);
      for (const other of ranges)
        if (overlap(range, other.range)) problems.push(`${name}: ${network.cidr} overlaps the network of ${other.name}`);
      ranges.push({ name, range });
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}
