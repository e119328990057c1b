/** OBS-005 to OBS-007, OBS-018, PERF-001: what is measured, and what is promised. */
import type { Applies, Check, CheckInput, Defect } from '../check.ts';
import type { Rule } from '../parse/prometheus.ts';
import { isBurn } from './alert-rules.ts';
import { without } from './guide.ts';
import {
  alertsOf,
  measuredBy,
  measuredServices,
  prometheusOf,
  RESTORE,
  readyAlerts,
  readyPrometheus,
  ruleFilesOf,
  rulesOf,
} from './operations.ts';
import { all } from './places.ts';

const reads = ({ promql }: Rule, metric: RegExp) =>
  promql.selectors.some((selector) => metric.test(selector.metric ?? ''));

/** What has to be measured. `possible`: somebody shows it at all; what no library counts, no rule can. */
type Family = Readonly<{ name: string; seen: (rule: Rule) => boolean; possible: (input: CheckInput) => boolean }>;

const always = () => true;
const timed = (input: CheckInput) =>
  measuredServices(input).some(
    ({ metrics }) => metrics?.source === 'preload' || metrics?.declared.some(({ kind }) => kind === 'histogram'),
  );
const shown = (input: CheckInput) =>
  measuredServices(input).some(({ metrics }) => metrics?.source === 'preload' || metrics?.defaults) ||
  prometheusOf(input)?.job('infrastructure') != null;

const isRecorded = ({ record }: Rule) => record !== null;
const TRAFFIC: Family = {
  name: 'traffic',
  seen: (rule) => isRecorded(rule) && rule.promql.functions.includes('rate') && reads(rule, /_(count|total)$/),
  possible: always,
};
const ERRORS: Family = {
  name: 'errors',
  seen: (rule) =>
    isRecorded(rule) && rule.promql.selectors.some(({ matchers }) => matchers.some(({ value }) => /^5/.test(value))),
  possible: always,
};
const quantile = (value: number): Family => ({
  name: `the quantile ${value} of latency`,
  seen: (rule) =>
    isRecorded(rule) && rule.promql.functions.includes('histogram_quantile') && rule.promql.numbers.includes(value),
  possible: timed,
});
const SATURATION: Family = {
  name: 'saturation',
  seen: (rule) => reads(rule, /eventloop|heap|open_fds|cpu_seconds|memory/),
  possible: shown,
};

const SIGNALS: readonly Family[] = [quantile(0.95), TRAFFIC, ERRORS, SATURATION];
const FAMILIES: readonly Family[] = [TRAFFIC, quantile(0.5), quantile(0.95), quantile(0.99), ERRORS];

function readyRequests(input: CheckInput) {
  const sees = rulesOf(input).some((rule) => [TRAFFIC, ERRORS].some(({ seen }) => seen(rule)));
  return all(
    readyAlerts(input),
    sees ? true : { notChecked: 'Prometheus sees no requests: no service serves metrics of them' },
  );
}

function lacking(input: CheckInput, families: readonly Family[]): readonly Defect[] {
  const rules = rulesOf(input);
  const file = rules.find(({ record }) => record !== null)?.file ?? ruleFilesOf(input)[0]?.path ?? '';
  return families
    .filter(({ seen, possible }) => possible(input) && !rules.some(seen))
    .map(({ name }) => ({ file, line: 1, message: `No rule measures ${name}.`, hint: RESTORE }));
}

const panels = without('grafana', 'panels come with');

/** OBS-005: latency, traffic, errors, saturation. */
const golden: Check = {
  id: 'OBS-005',
  applies: readyRequests,
  open: panels,
  run: (input) => lacking(input, SIGNALS),
};

/** OBS-006: requests, quantiles, errors by rules; queries, caches and queues by exporters where they are scraped. */
const families: Check = {
  id: 'OBS-006',
  applies: readyRequests,
  open: panels,
  run: (input) => lacking(input, FAMILIES),
};

/** The exporters run in our Compose file; one that was there before stays as it is. */
function runsExporters({ system: { generators, layout, project } }: CheckInput): Applies {
  if (!generators.includes('compose'))
    return { notChecked: 'compose is not part of this setup, which runs the exporters' };
  const theirs = project.existing.some(({ path }) => path === layout.compose);
  return theirs ? { notChecked: `${layout.compose} is not ours, and nothing here runs the exporters` } : true;
}

/** OBS-007: processors, memory, disks, network of hosts: node-exporter has them all. */
const infrastructure: Check = {
  id: 'OBS-007',
  applies: (input) => all(readyPrometheus(input), runsExporters(input)),
  open: panels,
  run: (input) => {
    const config = prometheusOf(input);
    if (!config || config.job('infrastructure')) return [];
    return [
      {
        file: config.yaml.path,
        line: config.yaml.line(['scrape_configs']),
        message: 'Nothing reads processors, memory, disks and network.',
        hint: RESTORE,
      },
    ];
  },
};

/** OBS-018: an objective, its budget, and alerts on how fast that is spent. */
const objective: Check = {
  id: 'OBS-018',
  applies: (input) => readyRequests(input),
  open: without('documents', 'the page that states the budget comes with'),
  run: (input) => {
    const { availability } = input.system.observability.objective;
    const budget = (100 - availability) / 100;
    const burns = alertsOf(input).filter(isBurn);
    const file = burns[0]?.file ?? ruleFilesOf(input)[0]?.path ?? '';
    if (burns.length === 0)
      return [
        {
          file,
          line: 1,
          message: `No alert tells how fast the error budget of ${availability} % is spent.`,
          hint: RESTORE,
        },
      ];
    const pages = burns.some(({ labels }) => labels.severity === 'critical');
    return [
      ...(pages ? [] : [{ file, line: burns[0]?.line ?? 1, message: 'No burn rate pages.', hint: RESTORE }]),
      ...burns.flatMap((rule): readonly Defect[] => {
        const windows = new Set(
          measuredBy(input)(rule)
            .filter((one) => one !== rule || one.promql.selectors.some(({ range }) => range !== null))
            .flatMap(({ promql }) => promql.selectors.flatMap(({ range }) => range ?? [])),
        );
        const other = factors(rule).filter((number) => Math.abs(number - budget) > budget / 1000);
        return [
          ...(windows.size >= 2
            ? []
            : [at(rule, `${rule.alert} looks at one window only: it fires late, or for ever.`)]),
          ...(other.length === 0
            ? []
            : [
                at(
                  rule,
                  `${rule.alert} counts with ${other[0]}; the objective of ${availability} % leaves ${Number(budget.toPrecision(6))}.`,
                ),
              ]),
        ];
      }),
    ];
  },
};

/** What the factors of burn rates are multiplied with: `14.4 * 0.001`. */
function factors({ expr }: Rule): readonly number[] {
  return [...expr.matchAll(/\b\d+(?:\.\d+)?\s*\*\s*\(?\s*(\d*\.?\d+(?:e-?\d+)?)/g)].map((found) => Number(found[1]));
}

function at(rule: Rule, message: string): Defect {
  return { file: rule.file, line: rule.lineOf('expr'), message, hint: RESTORE };
}

export const observabilitySignals: readonly Check[] = [golden, families, infrastructure, objective];
