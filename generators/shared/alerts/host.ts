/** The machine below, where a node exporter runs on it. Causes: nobody is woken for them. ALERT-003 ALERT-004 ALERT-010 */
import type { System } from '../../../src/model.ts';
import { exportersOf } from '../observability-stack.ts';
import { HOST } from '../scrape.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, test } from './row.ts';
import { SCRAPE_SECONDS as scrape } from './timing.ts';

export function hostAlerts(system: System): readonly Alert[] {
  return exportersOf(system).some(({ job }) => job === 'infrastructure') ? [highCpu(), highMemory(), lowDisk()] : [];
}

const common = { group: 'host', scrape } as const;
const labels = { job: 'infrastructure', service: HOST, instance: 'node-exporter:9100' };
const machine = { service: HOST, instance: 'node-exporter:9100' };

function highCpu(): Alert {
  const cpu = (idle: string, more: Readonly<Record<string, string>> = {}) =>
    series('node_cpu_seconds_total', { ...labels, cpu: '0', mode: 'idle', ...more }, idle);
  return row({
    name: 'HighCpu',
    severity: 'info',
    type: 'cause',
    family: 'host-cpu',
    category: 'resource',
    summary: 'Answers may get slower: the machine of {{ $labels.service }} is busy.',
    description: '{{ $value | humanizePercentage }} of the CPU of {{ $labels.instance }} are in use.',
    action: 'Nothing at once: see which container needs it, and plan for a larger machine if this comes every day.',
    prometheus: {
      ...common,
      expr: '1 - avg by (service, instance) (rate(node_cpu_seconds_total{job="infrastructure",mode="idle"}[2m])) > 0.8',
      for: '4m',
      tests: [
        test(
          'busy, then idle',
          [cpu('0+6x10 60+60x10'), cpu('0+6x10 60+60x10', { cpu: '1' })],
          [...quiet('4m'), fires('5m', machine, '90%'), fires('10m', machine, '90%'), ...quiet('13m')],
        ),
        test('one of two cores is busy', [cpu('0x10'), cpu('0+60x10', { cpu: '1' })], quiet('10m')),
        test('busy after five idle minutes', [cpu('0+60x5 306+6x10')], [...quiet('9m'), fires('11m', machine, '90%')]),
        test(
          'both are busy, one of them less',
          [cpu('0+3x10'), cpu('0+15x10', { cpu: '1' })],
          [fires('6m', machine, '85%')],
        ),
        test('busy with work', [cpu('0+6x10'), cpu('0+54x10', { mode: 'user' })], [fires('6m', machine, '90%')]),
        test('three quarters', [cpu('0+15x10')], quiet('10m')),
        test('waits for its disk', [cpu('0+60x10'), cpu('0+1x10', { mode: 'iowait' })], quiet('10m')),
        test('another job', [cpu('0+1x10', { job: 'other' })], quiet('10m')),
        test('busy for a moment', [cpu('0+60x4 240 246 306+60x10')], quiet('5m', '6m', '9m', '10m')),
      ],
    },
  });
}

function highMemory(): Alert {
  const memory = (available: string, more: Readonly<Record<string, string>> = {}) => [
    series('node_memory_MemAvailable_bytes', { ...labels, ...more }, available),
    series('node_memory_MemTotal_bytes', { ...labels, ...more }, '100x30'),
  ];
  return row({
    name: 'HighMemory',
    severity: 'warning',
    type: 'cause',
    family: 'host-memory',
    category: 'resource',
    summary: 'Containers are about to be ended: the machine of {{ $labels.service }} has little memory left.',
    description: '{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} are in use.',
    action: 'See which container grew, and restart that one before the kernel chooses.',
    prometheus: {
      ...common,
      expr: `1 - max by (service, instance) (node_memory_MemAvailable_bytes{job="infrastructure"})
/ max by (service, instance) (node_memory_MemTotal_bytes{job="infrastructure"}) > 0.9`,
      for: '4m',
      tests: [
        test('nearly full, then not', memory('5x6 50x9'), [
          ...quiet('3m'),
          fires('4m', machine, '95%'),
          ...quiet('7m'),
        ]),
        test('four fifths', memory('20x9'), quiet('9m')),
        test('another job', memory('5x9', { job: 'other' }), quiet('9m')),
        test(
          'told twice of one machine: the better news counts, and the larger memory',
          [
            ...memory('5x9'),
            series('node_memory_MemAvailable_bytes', { ...labels, from: 'b' }, '8x9'),
            series('node_memory_MemTotal_bytes', { ...labels, from: 'b' }, '200x9'),
          ],
          [fires('5m', machine, '96%')],
        ),
        test(
          'more of it in another job',
          [...memory('50x9'), series('node_memory_MemTotal_bytes', { ...labels, job: 'other' }, '900x9')],
          quiet('9m'),
        ),
        test(
          'less use in another job',
          [...memory('5x9'), series('node_memory_MemAvailable_bytes', { ...labels, job: 'other' }, '50x9')],
          [fires('5m', machine, '95%')],
        ),
      ],
    },
  });
}

/** File systems that are in memory or only to be read have no room to run out of. ALERT-004 */
function lowDisk(): Alert {
  const disk = (available: string, more: Readonly<Record<string, string>> = {}) => {
    const all = { ...labels, device: '/dev/vda1', fstype: 'ext4', mountpoint: '/data', ...more };
    return [
      series('node_filesystem_avail_bytes', all, available),
      series('node_filesystem_size_bytes', all, '100x30'),
      series('node_filesystem_readonly', all, more.fstype === 'iso9660' ? '1x30' : '0x30'),
    ];
  };
  const found = { ...machine, device: '/dev/vda1' };
  const REAL = 'job="infrastructure",fstype!~"tmpfs|ramfs|overlay|squashfs"';
  return row({
    name: 'LowDisk',
    severity: 'warning',
    type: 'cause',
    family: 'host-disk',
    category: 'resource',
    summary: 'Writes are about to fail: a disk of {{ $labels.service }} is nearly full.',
    description: '{{ $value | humanizePercentage }} of {{ $labels.device }} at {{ $labels.instance }} are free.',
    action: 'Remove images, volumes and logs that nobody needs, then see what grows.',
    prometheus: {
      ...common,
      expr: `min by (service, instance, device) (
  node_filesystem_avail_bytes{${REAL}}
  / node_filesystem_size_bytes{${REAL}}
  and node_filesystem_readonly{${REAL}} == 0
) < 0.2`,
      for: '4m',
      tests: [
        test('runs full, then is cleared', disk('15x6 50x9'), [
          ...quiet('3m'),
          fires('4m', found, '15%'),
          ...quiet('7m'),
        ]),
        test('a quarter is free', disk('25x9'), quiet('9m')),
        test('mounted twice', [...disk('15x9'), ...disk('16x9', { mountpoint: '/more' })], [fires('5m', found, '15%')]),
        test('in memory', disk('5x9', { fstype: 'tmpfs' }), quiet('9m')),
        test('only to be read', disk('5x9', { fstype: 'iso9660' }), quiet('9m')),
        test('another job', disk('5x9', { job: 'other' }), quiet('9m')),
      ],
    },
  });
}
