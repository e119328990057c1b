/** The containers of Compose's profile `observability`, as its template prints them. */
import { posix } from 'node:path';
import type { Pins } from '../../src/define.ts';
import type { System, View } from '../../src/model.ts';
import { alertSecrets } from './alert-channels.ts';
import { secretsFile } from './environment.ts';
import { exporterAccesses } from './exporter-access.ts';
import { portVariableOf } from './network.ts';
import { type Exporter, exportersOf, monitoringFolder, serversOf } from './observability-stack.ts';

/** What one container has of its own. Mounts are folders: an editor that replaces a file is seen in the container too. */
type Part = Readonly<{
  arguments: readonly string[];
  settings?: readonly Readonly<{ name: string; value: string }>[];
  envFile?: string | null;
  /** Folder of the repository, and where it is mounted. */
  mount?: Readonly<{ folder: string; at: string }>;
  /** Where it keeps its data. */
  data?: string;
  secrets?: readonly string[];
  healthy?: readonly string[];
  memory: string;
}>;

/** Burn rates are looked at over 30 days. */
const RETENTION = '31d';

/**
 * File systems that Docker itself mounts into every container are three files of one disk: one of them is enough to see how full it is. The
 * host's own are not mounted: that fails without root and on a Mac, and shows a laptop's disks to a container.
 */
const MOUNTS_LEFT_OUT = '^/(dev|proc|run|sys|etc/(hostname|resolv\\.conf))($|/)';

/** `fromHere` turns a path of the repository into one that Compose takes from its own file. */
export function watcherViews(system: System, pins: Pins, fromHere: (path: string) => string): readonly View[] {
  return [...serversOf(system), ...exportersOf(system)].map((exporter) => {
    const { name, image, port } = exporter;
    const part = partOf(exporter, system);
    const published = exporter.job === 'prometheus' || exporter.job === 'alertmanager';
    return {
      name,
      image: pins.imageOf(image).reference,
      arguments: part.arguments,
      settings: part.settings ?? [],
      envFile: part.envFile ? fromHere(part.envFile) : null,
      port: published ? `127.0.0.1:${outside(exporter)}:${port}` : null,
      volumes: [
        ...(part.mount ? [`${fromHere(part.mount.folder)}:${part.mount.at}:ro`] : []),
        ...(part.data ? [`${name}-data:${part.data}`] : []),
      ].map((volume) => (/^[\w-]+-data:|^\.\.?\//.test(volume) ? volume : `./${volume}`)),
      volume: part.data ? `${name}-data` : null,
      secrets: part.secrets ?? [],
      healthy: part.healthy ?? null,
      memory: part.memory,
    };
  });
}

/** The port on the workstation, which a variable moves. */
function outside(exporter: Exporter): string {
  return `\${${portVariableOf(exporter)}:-${exporter.port}}`;
}

function partOf(exporter: Exporter, system: System): Part {
  const { layout } = system;
  const access = exporterAccesses(system).find((candidate) => candidate.exporter.name === exporter.name);
  const address = `http://127.0.0.1:${outside(exporter)}`;
  switch (exporter.job) {
    case 'prometheus': {
      const folder = monitoringFolder(system);
      return {
        arguments: [
          `--config.file=/etc/monitoring/${posix.relative(folder, layout.prometheus.config)}`,
          '--storage.tsdb.path=/prometheus',
          `--storage.tsdb.retention.time=${RETENTION}`,
          `--web.external-url=${address}`,
        ],
        mount: { folder, at: '/etc/monitoring' },
        data: '/prometheus',
        healthy: ['CMD', 'promtool', 'check', 'ready', `--url=http://127.0.0.1:${exporter.port}`],
        memory: '512M',
      };
    }
    case 'alertmanager':
      return {
        arguments: [
          `--config.file=/etc/alertmanager/${posix.basename(layout.alertmanager.config)}`,
          '--storage.path=/alertmanager',
          // One of its kind: no gossip.
          '--cluster.listen-address=',
          `--web.external-url=${address}`,
        ],
        mount: { folder: posix.dirname(layout.alertmanager.config), at: '/etc/alertmanager' },
        data: '/alertmanager',
        secrets: alertSecrets(system).map(({ file }) => file),
        healthy: ['CMD', 'amtool', `--alertmanager.url=http://127.0.0.1:${exporter.port}`, 'cluster', 'show'],
        memory: '128M',
      };
    case 'infrastructure':
      return {
        arguments: [`--collector.filesystem.mount-points-exclude=${MOUNTS_LEFT_OUT.replaceAll('$', '$$$$')}`],
        memory: '64M',
      };
    case 'probe':
      return {
        arguments: [`--config.file=/etc/blackbox/${posix.basename(layout.blackbox)}`],
        mount: { folder: posix.dirname(layout.blackbox), at: '/etc/blackbox' },
        memory: '64M',
      };
    default:
      return {
        arguments: access?.arguments ?? [],
        settings: access?.settings ?? [],
        envFile: access?.password ? posix.join(layout.localSecrets, secretsFile(exporter.name)) : null,
        memory: '64M',
      };
  }
}

/** Top-level secrets of Compose: one file each. */
export function secretViews(system: System, fromHere: (path: string) => string): readonly View[] {
  if (!serversOf(system).some(({ job }) => job === 'alertmanager')) return [];
  return alertSecrets(system).map(({ file, path }) => ({ file, path: fromHere(path) }));
}
