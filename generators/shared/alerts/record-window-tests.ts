/** Tests of the shares over hours and days. */
import { above, type Counted, type Query, type RecordTest, recordTest, says } from './record-test.ts';
import { requests } from './row.ts';
import { history } from './slo-tests.ts';

/** One bad hour at the start, seen over longer and longer windows until it has left each. */
export function windowTests(contract: Counted, budget: number): readonly RecordTest[] {
  const SHARE = 0.12;
  const ratio = (window: string) => `service:http_request_errors_per_request:ratio_rate${window}`;
  const sees = (record: string, minute: number, seen: boolean) => above(contract, record, `${minute}m`, 0, seen);
  /** Three quarters of a window later it is still in it, one and a half windows later it is not. */
  const around = (record: string, minutes: number): readonly Query[] => [
    sees(record, Math.floor(60 + 0.75 * minutes), true),
    sees(record, 60 + 1.5 * minutes, false),
  ];
  const windows: readonly (readonly [string, number])[] = [
    ['30m', 30],
    ['1h', 60],
    ['2h', 120],
    ['6h', 360],
    ['1d', 1440],
    ['3d', 4320],
  ];
  return [
    recordTest(
      'a bad hour, over all windows',
      history(contract, [
        [60, SHARE],
        [6600, 0],
      ]),
      [
        ...windows.map(([window]) => says(contract, ratio(window), '50m', SHARE)),
        ...windows.flatMap(([window, minutes]) => around(ratio(window), minutes)),
        says(contract, ratio('30d'), '50m', SHARE),
        says(contract, 'service:error_budget_left:ratio_rate30d', '50m', 1 - SHARE / budget),
        sees(ratio('30d'), 6600, true),
        says(contract, 'service:http_request_errors:rate1h', '50m', (SHARE * 6000) / 60),
        ...around('service:http_request_errors:rate1h', 60),
      ],
    ),
    recordTest(
      'much traffic without an error, before any of the windows began',
      history(contract, [
        [60, 0, 600_000],
        [4400, SHARE],
      ]),
      windows.map(([window]) => says(contract, ratio(window), '4440m', SHARE)),
    ),
    recordTest(
      'two requests in an hour, both of which fail',
      [requests(contract, '500', '0x12 1x19 2x30'), requests(contract, '200', '0x60')],
      [...windows, ['30d']].map(([window = '']) => says(contract, ratio(window), '50m', 1)),
    ),
    recordTest(
      // Nearly all requests of the two hours are those of the first, so the share is near to its share, and far from half of it.
      'many requests fail at noon, few are answered at night: requests count, not minutes',
      history(contract, [
        [60, 0.5, 60_000],
        [65, 0],
      ]),
      [above(contract, ratio('2h'), '120m', 0.4, true)],
    ),
  ];
}
