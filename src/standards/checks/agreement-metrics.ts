/** X-METRICS: a rule about a series that nobody shows never fires, and nobody notices. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { Rule } from '../parse/prometheus.ts';
import type { Selector } from '../parse/promql.ts';
import { familyOf, nearest, seriesOfService } from './metric-names.ts';
import { measuredServices, prometheusConfigs, readyPrometheus, rulesOf } from './operations.ts';
import { all } from './places.ts';

const metrics: Check = {
  id: 'X-METRICS',
  applies: (input) => all(readyPrometheus(input), rulesOf(input).length > 0 || 'there are no rules'),
  run: (input) => {
    const known = knownBy(input);
    return rulesOf(input).flatMap((rule) => rule.promql.selectors.flatMap((selector) => judge(known, rule, selector)));
  },
};

type Known = Readonly<{
  recorded: ReadonlySet<string>;
  jobs: ReadonlySet<string>;
  services: ReadonlySet<string>;
  /** Some service serves metrics of which nobody knows the names. */
  open: boolean;
}>;

function knownBy(input: CheckInput): Known {
  const services = measuredServices(input);
  return {
    recorded: new Set(rulesOf(input).flatMap(({ record }) => record ?? [])),
    jobs: new Set(prometheusConfigs(input).flatMap(({ jobs }) => jobs.map(({ name }) => name))),
    services: new Set(services.flatMap(({ metrics: endpoint }) => (endpoint ? seriesOfService(endpoint) : []))),
    open: services.some(({ metrics: endpoint }) => endpoint?.library === null && endpoint.source === 'application'),
  };
}

function judge(known: Known, rule: Rule, { metric, matchers }: Selector): readonly Defect[] {
  const wrong = (message: string, hint: string) => [{ file: rule.file, line: rule.lineOf('expr'), message, hint }];
  const name = rule.alert ?? rule.record ?? 'A rule';
  const jobs = matchers
    .filter(({ label, op }) => label === 'job' && (op === '=' || op === '=~'))
    .flatMap(({ value }) => value.split('|'));
  const strange = jobs.find((job) => /^[\w-]+$/.test(job) && !known.jobs.has(job));
  if (strange !== undefined)
    return wrong(
      `${name} looks at the job ${strange}, which reads nothing: there is none.`,
      `Jobs are ${[...known.jobs].join(', ')}.`,
    );
  if (metric === null || known.recorded.has(metric)) return [];
  if (metric.includes(':'))
    return wrong(`${name} reads ${metric}, which no rule records.`, `Recorded are ${[...known.recorded].join(', ')}.`);
  const family = familyOf(metric);
  const all = family ? family.names : known.services;
  if (family && family.job !== null && !known.jobs.has(family.job))
    return wrong(
      `${name} reads ${metric}; no job called ${family.job} scrapes what shows it.`,
      'Take the rule out, or add the job.',
    );
  if (all.has(metric)) return [];
  const close = nearest(metric, all);
  if (close !== null) return wrong(`${name} reads ${metric}, which nobody shows. Is it ${close}?`, `Write ${close}.`);
  // An exporter shows more than we know; a service shows what its code declares.
  if (family || known.open) return [];
  return wrong(
    `${name} reads ${metric}, which no service shows, as far as its code tells.`,
    'Declare it in the code, or take the rule out.',
  );
}

export const agreementMetrics: readonly Check[] = [metrics];
