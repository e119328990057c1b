/** Whether services are there at all. Rests on nothing that a library shows: `up` and `probe_success` are Prometheus' and the prober's own. */
import type { System } from '../../../src/model.ts';
import { contractsOf, type MetricContract } from '../metrics.ts';
import { probedServices } from '../scrape.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, target, test } from './row.ts';
import { APPLICATION_SCRAPE_SECONDS, SCRAPE_SECONDS } from './timing.ts';

export function availabilityAlerts(system: System): readonly Alert[] {
  const scraped = contractsOf(system);
  const [first] = scraped;
  const [probed] = probedServices(system);
  return [
    ...(first ? [serviceDown(first, scraped.slice(1)), targetDown(first)] : []),
    ...(probed ? [probeFailed(probed.name)] : []),
  ];
}

/** The record says 0 for targets that vanished too, which `up == 0` would never see. */
function serviceDown(contract: MetricContract, others: readonly MetricContract[]): Alert {
  const { name } = contract.service;
  const up = (values: string, host = name) => series('up', target(contract, host), values);
  // All other services are there all the time.
  const rest = others.map((other) => series('up', target(other), '1x30'));
  const webs = [contract, ...others].filter(({ service }) => service.kind === 'web').length;
  return row({
    name: 'ServiceDown',
    severity: 'critical',
    type: 'symptom',
    family: 'availability',
    category: 'availability',
    summary: `${withoutIt(webs, others.length + 1)}: {{ $labels.service }} is down.`,
    description: '{{ $value }} tasks of the service answer Prometheus; at least one has to.',
    action: 'See whether its tasks start and why they end; after a deployment, roll back.',
    prometheus: {
      group: 'availability',
      expr: 'service:up:sum == 0',
      for: '1m',
      scrape: APPLICATION_SCRAPE_SECONDS,
      tests: [
        test(
          'goes away and comes back',
          [...rest, up('1x4 0x4 1x9')],
          [...quiet('4m', '5m'), fires('6m', { service: name }, '0'), ...quiet('11m')],
        ),
        test('one of two is there', [...rest, up('0x10'), up('1x10', `${name}-2`)], quiet('10m')),
        test(
          'vanishes from the list of targets',
          [...rest, up('1x4 stale')],
          [...quiet('4m', '5m'), fires('6m', { service: name }, '0')],
        ),
        test(
          'there is something else of that name',
          [...rest, up('0x10'), series('up', { job: 'postgresql', service: name }, '1x10')],
          [fires('6m', { service: name }, '0')],
        ),
      ],
    },
  });
}

/** What is felt when one of the services is gone: a worker answers nobody. */
function withoutIt(webs: number, all: number): string {
  if (webs === all) return 'Users get no answer';
  return webs === 0 ? 'Work stays undone' : 'Users get no answer, or work stays undone';
}

function targetDown(contract: MetricContract): Alert {
  const { name } = contract.service;
  const up = (values: string, host = name) => series('up', target(contract, host), values);
  return row({
    name: 'TargetDown',
    severity: 'warning',
    type: 'cause',
    family: 'availability',
    category: 'availability',
    summary: 'Less of {{ $labels.service }} is there than should be: some of its tasks do not answer Prometheus.',
    description: '{{ $value | humanizePercentage }} of the tasks of the service do not answer.',
    action:
      'Look at the events of the service: a task that fails its health check is replaced, unless there is no room for it.',
    prometheus: {
      group: 'availability',
      expr: '1 - avg by (service) (up{job="application"}) > 0',
      for: '4m',
      scrape: APPLICATION_SCRAPE_SECONDS,
      tests: [
        test(
          'one of two is gone, then back',
          [up('0x8 1x9'), up('1x19', `${name}-2`)],
          [...quiet('3m'), fires('4m', { service: name }, '50%'), ...quiet('9m')],
        ),
        test('both are there', [up('1x10'), up('1x10', `${name}-2`)], quiet('10m')),
        test(
          'only something else is gone',
          [up('1x10'), series('up', { job: 'redis', service: name }, '0x10')],
          quiet('10m'),
        ),
      ],
    },
  });
}

/** Asks the way users do, so it needs no metrics of the service. OBS-009 */
function probeFailed(name: string): Alert {
  const probe = (values: string) =>
    series('probe_success', { job: 'probe', service: name, instance: `http://${name}:3000/health` }, values);
  return row({
    name: 'ProbeFailed',
    severity: 'critical',
    type: 'symptom',
    family: 'availability',
    category: 'availability',
    summary:
      'Users get no answer: {{ $labels.service }} does not answer over the network, or says that it is not well.',
    description: '{{ $value | humanizePercentage }} of the probes of {{ $labels.service }} succeed.',
    action: 'Ask the service yourself, at its health path or its port, and read the last lines of its log.',
    prometheus: {
      group: 'availability',
      expr: 'avg by (service) (probe_success{job="probe"}) == 0',
      for: '2m',
      scrape: SCRAPE_SECONDS,
      tests: [
        test(
          'fails and recovers',
          [probe('1x4 0x5 1x9')],
          [...quiet('6m'), fires('7m', { service: name }, '0%'), ...quiet('11m')],
        ),
        test('answers', [probe('1x10')], quiet('10m')),
        test(
          'one of two tasks answers',
          [probe('0x10'), series('probe_success', { job: 'probe', service: name, instance: 'b' }, '1x10')],
          quiet('10m'),
        ),
        test(
          'a probe of somebody else fails',
          [series('probe_success', { job: 'other', service: name }, '0x10')],
          quiet('10m'),
        ),
      ],
    },
  });
}
