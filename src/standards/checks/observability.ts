/** OBS-001 to OBS-004: what Prometheus reads, how often, and what it does with it. */
import type { Check, Defect } from '../check.ts';
import { resolvePath } from '../parse/compose.ts';
import type { PrometheusConfig } from '../parse/prometheus.ts';
import {
  duration,
  measuredServices,
  prometheusConfigs,
  prometheusOf,
  RESTORE,
  readyPrometheus,
  ruleFilesOf,
} from './operations.ts';
import { all, composeOf } from './places.ts';

/** OBS-001: scraped and evaluated every 15 seconds. */
const ticks: Check = {
  id: 'OBS-001',
  applies: readyPrometheus,
  run: (input) =>
    prometheusConfigs(input).flatMap((config) =>
      (
        [
          ['scrape_interval', config.scrape, 'scrapes'],
          ['evaluation_interval', config.evaluation, 'evaluates its rules'],
        ] as const
      )
        .filter(([, value]) => value !== 15)
        .map(([key, value, what]) => ({
          file: config.yaml.path,
          line: config.yaml.line(['global', key]),
          message: `Prometheus ${what} every ${duration(value ?? 60)}; the standard asks for 15 s.`,
          hint: `Set global.${key}: 15s.`,
        })),
    ),
};

/** OBS-002: the application's own metrics every 5 seconds, where the service listens (X-SCRAPE compares the addresses). */
const application: Check = {
  id: 'OBS-002',
  applies: (input) => all(readyPrometheus(input), measuredServices(input).length > 0 || 'no service serves metrics'),
  run: (input) =>
    prometheusConfigs(input).flatMap((config): readonly Defect[] => {
      const job = config.job('application');
      if (!job) {
        return [
          {
            file: config.yaml.path,
            line: config.yaml.line(['scrape_configs']),
            message: 'No job called application reads the services.',
            hint: RESTORE,
          },
        ];
      }
      const unread = measuredServices(input).filter(({ name }) => !reads(config, name));
      return [
        ...(job.interval === 5
          ? []
          : [
              {
                file: config.yaml.path,
                line: job.lineOf('scrape_interval'),
                message: `The application is read every ${duration(job.interval)}; the standard asks for 5 s.`,
                hint: 'Set scrape_interval: 5s in the job application.',
              },
            ]),
        ...unread.map(({ name }) => ({
          file: config.yaml.path,
          line: job.line,
          message: `The job application does not read ${name}.`,
          hint: RESTORE,
        })),
      ];
    }),
};

/** Whether the job application reads a service, by address or by its name in the private zone. */
function reads(config: PrometheusConfig, name: string): boolean {
  return config.jobs
    .filter((job) => job.name === 'application' || job.name.startsWith('application-'))
    .some(
      ({ targets, lookups }) =>
        targets.some(({ address, labels }) => hostOf(address) === name || labels.service === name) ||
        lookups.some((lookup) => lookup.name.split('.')[0] === name),
    );
}

/** `orders:3000` → `orders`; `http://orders:3000/healthz` → `orders`. */
export function hostOf(address: string): string {
  return address.replace(/^[a-z]+:\/\//, '').split(/[:/]/)[0] ?? '';
}

export function portOf(address: string): number | null {
  const [, port] = /^[^/]*?:(\d+)(?:\/|$)/.exec(address.replace(/^[a-z]+:\/\//, '')) ?? [];
  return port === undefined ? null : Number(port);
}

/** OBS-003: hosts are read by node-exporter, which Compose starts when it starts Prometheus. */
const hosts: Check = {
  id: 'OBS-003',
  applies: (input) =>
    all(
      readyPrometheus(input),
      composeOf(input)?.services.some(isPrometheus) ? true : { notChecked: 'Compose does not run Prometheus' },
    ),
  run: (input) => {
    const config = prometheusOf(input);
    const compose = composeOf(input);
    if (!config || !compose) return [];
    const exporter = compose.services.find(({ image }) => /(^|\/)node-exporter[:@]/.test(image ?? ''));
    const job = config.job('infrastructure');
    const target = job?.targets.find(({ address }) => portOf(address) === 9100);
    const profiles = new Set(
      compose.services.filter(isPrometheus).flatMap(({ data }) => JSON.stringify(data.profiles ?? [])),
    );
    const at = (line: number, message: string) => [
      { file: config.yaml.path, line, message, hint: RESTORE, with: compose.path },
    ];
    return [
      ...(target
        ? []
        : at(
            job?.line ?? config.yaml.line(['scrape_configs']),
            'No job called infrastructure reads node-exporter at port 9100.',
          )),
      ...(exporter
        ? profiles.has(JSON.stringify(exporter.data.profiles ?? []))
          ? []
          : [
              {
                file: compose.path,
                line: exporter.lineOf('profiles'),
                message: `${exporter.name} does not start together with Prometheus.`,
                hint: 'Give both the same profile.',
              },
            ]
        : [
            {
              file: compose.path,
              line: compose.yaml.line(['services']),
              message: 'No node-exporter reports of the host.',
              hint: RESTORE,
            },
          ]),
    ];
  },
};

export function isPrometheus({ image }: Readonly<{ image: string | null }>): boolean {
  return /(^|\/)prometheus[:@]/.test(image ?? '');
}

/** Rules about what stands beside the services on the local stack; on AWS, CloudWatch watches that. */
const ONLY_LOCAL = /\/(?:host|exporters|postgresql|mysql|redis)\.yml$/;

/** OBS-004: every rule file is read, every pattern finds one, Alertmanager is told. */
const connected: Check = {
  id: 'OBS-004',
  applies: readyPrometheus,
  run: (input) =>
    prometheusConfigs(input).flatMap((config): readonly Defect[] => {
      const { path } = config.yaml;
      const files = ruleFilesOf(input).map((file) => file.path);
      const folder = path.slice(0, path.lastIndexOf('/'));
      const patterns = config.ruleFiles.map((pattern) => glob(resolvePath(folder, pattern)));
      const at = (key: string, index: number | null, message: string) => ({
        file: path,
        line: config.yaml.line(index === null ? [key] : [key, index]),
        message,
        hint: RESTORE,
      });
      const managed = input.system.generators.includes('alertmanager');
      return [
        ...patterns.flatMap((pattern, index) =>
          files.some((file) => pattern.test(file))
            ? []
            : [
                at(
                  'rule_files',
                  index,
                  `${config.ruleFiles[index]} finds no rule file (Prometheus does not mind, and watches nothing).`,
                ),
              ],
        ),
        ...files
          .filter((file) => path !== input.system.layout.prometheus.ecsConfig || !ONLY_LOCAL.test(file))
          .filter((file) => !patterns.some((pattern) => pattern.test(file)))
          .map((file) => at('rule_files', null, `${file} is read by nobody.`)),
        ...(managed && !config.alertmanagers.some(({ address }) => portOf(address) === 9093)
          ? [at('alerting', null, 'Alerts are told to no Alertmanager at port 9093.')]
          : []),
      ];
    }),
};

/** `rules/*.yml` as a regular expression; a star stays inside its folder. */
function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`);
}

export const observability: readonly Check[] = [ticks, application, hosts, connected];
