/** Who watches the parts that cannot speak for themselves: an exporter that is gone says nothing about what it watched. */
import type { System } from '../../../src/model.ts';
import { exportersOf } from '../observability-stack.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, test } from './row.ts';
import { SCRAPE_SECONDS } from './timing.ts';

export function exporterAlerts(system: System): readonly Alert[] {
  const jobs = [...new Set(exportersOf(system).map(({ job }) => job))].sort();
  const [job] = jobs;
  if (job === undefined) return [];
  const up = (of: string, values: string, instance = 'a') =>
    series('up', { job: of, service: 'watched', instance }, values);
  const labels = { job, service: 'watched' };
  return [
    row({
      name: 'ExporterDown',
      severity: 'warning',
      type: 'cause',
      family: 'exporter',
      category: 'monitoring',
      summary: 'Nobody would notice a failure of {{ $labels.service }}: what watches it is gone.',
      description: '{{ $value | humanizePercentage }} of the exporters of the job {{ $labels.job }} answer Prometheus.',
      action: 'Read the log of the exporter, and start it again.',
      prometheus: {
        group: 'exporters',
        expr: `avg by (job, service) (up{job=~"${jobs.join('|')}"}) < 1`,
        for: '4m',
        scrape: SCRAPE_SECONDS,
        tests: [
          test(
            'goes away and comes back',
            [up(job, '1x4 0x6 1x9')],
            [...quiet('8m'), fires('9m', labels, '0%'), ...quiet('12m')],
          ),
          test(
            'one of two is gone',
            [up(job, '0x9'), up(job, '1x9', 'b')],
            [...quiet('3m'), fires('5m', labels, '50%')],
          ),
          ...jobs.map((one) =>
            test(`the one of ${one} is gone`, [up(one, '0x9')], [fires('5m', { ...labels, job: one }, '0%')]),
          ),
          test('all are there', [up(job, '1x9')], quiet('9m')),
          test('a service is gone', [up('application', '0x9')], quiet('9m')),
        ],
      },
    }),
  ];
}
