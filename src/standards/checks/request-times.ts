/**
 * Whether Prometheus could ever see that a service answers too late. Rules are written from the metric contract, which says the same of the
 * same System (`canExceed`); the unit tests hold the two together.
 */
import type { DeclaredMetric, Service } from '../../model.ts';
import type { CheckInput } from '../check.ts';
import { runningServices } from './operations.ts';

/** Last bound, in seconds, of the buckets that a library takes when nobody says others; null: nobody knows. */
const LAST_OF_LIBRARY: Readonly<Record<string, number | null>> = {
  'prom-client': 10,
  '@willsoto/nestjs-prometheus': 10,
  'fastify-metrics': 10,
  'express-prom-bundle': 10,
  '@opentelemetry/exporter-prometheus': null,
};
const LAST_OF_OUR_MODULE = 10;

/** Why no alert can be asked for that fires when answers get slow; null: one can. */
export function whyUntimed(input: CheckInput): string | null {
  const seconds = input.system.observability.objective.p95Milliseconds / 1000;
  return runningServices(input).some((service) => tellsLate(service, seconds))
    ? null
    : `no histogram of requests has a bucket above ${seconds} s, so Prometheus cannot tell whether they take longer`;
}

/** A quantile is never told to be above the last bound. Bounds that nobody could read may be anything. */
export function tellsLate({ metrics, port }: Pick<Service, 'metrics' | 'port'>, seconds: number): boolean {
  if (metrics === null || port === null) return false;
  if (metrics.source === 'preload') return LAST_OF_OUR_MODULE > seconds;
  const ofLibrary = LAST_OF_LIBRARY[metrics.library ?? ''];
  if (ofLibrary === undefined) return false;
  const timed = timedBy(metrics.declared);
  if (timed === null) return false;
  const { buckets } = timed.metric;
  const last = buckets === null ? ofLibrary : buckets.length === 0 ? null : Math.max(...buckets) * timed.unit;
  return last === null || last > seconds;
}

/** The histogram of durations, and its unit in seconds, where requests are counted by their status at all. */
function timedBy(declared: readonly DeclaredMetric[]): Readonly<{ metric: DeclaredMetric; unit: number }> | null {
  const requests = declared.filter(
    ({ name }) => /http|request|response/i.test(name) && /^[A-Za-z_:][\w:]*$/.test(name),
  );
  const counted = requests.find(
    ({ kind, labels }) =>
      (kind === 'histogram' || kind === 'counter') &&
      labels?.some((label) => /^(?:http_?)?(?:response_?)?(?:status|code|status_?code)$/i.test(label)),
  );
  if (!counted) return null;
  for (const metric of [counted, ...requests]) {
    const unit = metric.kind === 'histogram' ? unitOf(metric.name) : null;
    if (unit !== null) return { metric, unit };
  }
  return null;
}

function unitOf(name: string): number | null {
  if (/_seconds$|^http_server_request_duration$/.test(name)) return 1;
  return /_(?:ms|milliseconds|millis)$|^http_server_duration$/.test(name) ? 0.001 : null;
}
