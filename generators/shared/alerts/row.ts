/** How rows of the alert table are written: the words of an alert beside what Prometheus evaluates, and the series of its tests. */
import type { MetricContract } from '../metrics.ts';
import type { Alert, AlertTest, Check, PrometheusSignal, Series } from './alert.ts';

type Words = Omit<Alert, 'prometheus' | 'cloudwatch'>;
type Rule = Omit<PrometheusSignal, 'labels' | 'verification'> & Partial<Pick<PrometheusSignal, 'labels'>>;

/** A row with a Prometheus signal. The alert is over when its expression returns nothing, so that is what verifies it. */
export function row({ prometheus, ...words }: Words & Readonly<{ prometheus: Rule }>): Alert {
  return {
    ...words,
    prometheus: { labels: {}, ...prometheus, verification: oneLine(prometheus.expr) },
    cloudwatch: null,
  };
}

function oneLine(expr: string): string {
  return expr.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')').trim();
}

/** A test whose samples are a minute apart. */
export function test(name: string, input: readonly Series[], checks: readonly Check[], interval = '1m'): AlertTest {
  return { name, interval, input, checks };
}

/** Nothing fires at any of these moments. */
export function quiet(...moments: readonly string[]): readonly Check[] {
  return moments.map((at) => ({ at, fires: [] }));
}

/** At `at` one alert fires, with these labels, and `value` stands in its description. */
export function fires(at: string, labels: Readonly<Record<string, string>>, value: string): Check {
  return { at, fires: [{ labels, value }] };
}

/** A series of a test: `up{job="application"}` with values in promtool's notation. */
export function series(metric: string, labels: Readonly<Record<string, string>>, values: string): Series {
  const inside = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return { series: `${metric}{${inside.join(',')}}`, values };
}

/** Labels that the scrape configuration gives a target of a service. */
export function target({ service, endpoint }: MetricContract, host = service.name): Readonly<Record<string, string>> {
  return { job: 'application', service: service.name, instance: `${host}:${endpoint.port}` };
}

/** A series of the service's request counter. `status` as it answers, `values` as they grow. */
export function requests(contract: MetricContract, status: string, values: string, route = '/a-route'): Series {
  const { http } = contract;
  if (http === null) throw new Error(`${contract.service.name} counts no requests`);
  return series(http.count, { ...target(contract), ...requestLabels(contract, status, route) }, values);
}

/** Cumulative buckets of the service's histogram: `{ '0.1': '0+60x10', '+Inf': '0+60x10' }`. */
export function durations(contract: MetricContract, buckets: Readonly<Record<string, string>>): readonly Series[] {
  const bucket = contract.http?.bucket;
  if (!bucket) throw new Error(`${contract.service.name} has no histogram of durations`);
  const labels = { ...target(contract), ...requestLabels(contract, '200', '/a-route') };
  return Object.entries(buckets).map(([le, values]) => series(bucket, { ...labels, le }, values));
}

function requestLabels({ http }: MetricContract, status: string, route: string): Readonly<Record<string, string>> {
  if (http === null) return {};
  return {
    ...(http.methodLabel ? { [http.methodLabel]: 'GET' } : {}),
    ...(http.routeLabel ? { [http.routeLabel]: route } : {}),
    [http.statusLabel]: status,
  };
}
