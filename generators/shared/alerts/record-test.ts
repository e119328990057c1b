/** How tests of recording rules are written. */
import type { HttpContract, MetricContract } from '../metrics.ts';
import type { Series } from './alert.ts';

/** What a query answers at a moment: each sample's labels, as a series, and its value. */
export type Query = Readonly<{
  expr: string;
  at: string;
  samples: readonly Readonly<{ labels: string; value: number }>[];
}>;

export type RecordTest = Readonly<{
  name: string;
  interval: string;
  input: readonly Series[];
  queries: readonly Query[];
}>;

/** A service that counts its requests. */
export type Counted = MetricContract & Readonly<{ http: HttpContract }>;

export function recordTest(name: string, input: readonly Series[], queries: readonly Query[]): RecordTest {
  return { name, interval: '1m', input, queries };
}

/** The recorded series of the service has this value, or is not there. Rounded: quantiles and rates end in a long tail of digits. */
export function says(contract: MetricContract, record: string, at: string, value: number | null): Query {
  const labels = `{service="${contract.service.name}"}`;
  const samples = value === null ? [] : [{ labels, value: Math.round(value * 10_000) / 10_000 }];
  return { expr: `round(${record}${labels}, 0.0001)`, at, samples };
}

/** Whether the recorded series is above a limit, where its very value is another one in each version of Prometheus. */
export function above(contract: MetricContract, record: string, at: string, limit: number, is: boolean): Query {
  const labels = `{service="${contract.service.name}"}`;
  return { expr: `${record}${labels} > bool ${limit}`, at, samples: [{ labels, value: is ? 1 : 0 }] };
}
