/** A Compose file as typed data with lines. Interpolation is resolved to its default, as on a workstation without variables set. */
import { list, type Plain, record, text, texts } from './plain.ts';
import type { YamlFile } from './yaml.ts';

export type Build = Readonly<{ context: string; dockerfile: string; target: string | null }>;
export type Published = Readonly<{ address: string | null; target: number; line: number }>;

export type ComposeService = Readonly<{
  name: string;
  image: string | null;
  /** Paths relative to the root of the repository. */
  build: Build | null;
  environment: ReadonlyMap<string, string | null>;
  envFiles: readonly string[];
  ports: readonly Published[];
  healthcheck: Plain | null;
  /** Name → condition. */
  dependsOn: ReadonlyMap<string, string>;
  volumes: readonly string[];
  data: Plain;
  /** Runs once and ends: others wait for its completion, or it never restarts. */
  oneShot: boolean;
  line: number;
  lineOf: (...keys: (string | number)[]) => number;
}>;

export type ComposeFile = Readonly<{
  path: string;
  yaml: YamlFile;
  data: Plain;
  services: readonly ComposeService[];
  service: (name: string) => ComposeService | null;
}>;

export function readCompose(yaml: YamlFile): ComposeFile {
  const data = record(yaml.data);
  const folder = yaml.path.includes('/') ? yaml.path.slice(0, yaml.path.lastIndexOf('/')) : '.';
  const entries = Object.entries(record(data.services)).map(([name, value]) => [name, record(value)] as const);
  const completed = new Set(
    entries.flatMap(([, value]) =>
      [...dependencies(value.depends_on)]
        .filter(([, how]) => how === 'service_completed_successfully')
        .map(([name]) => name),
    ),
  );
  const services = entries.map(([name, value]) => readService(yaml, folder, name, value, completed));
  const byName = new Map(services.map((service) => [service.name, service]));
  return {
    path: yaml.path,
    yaml,
    data,
    services,
    service: (name) => byName.get(name) ?? null,
  };
}

/** `a/b` seen from `folder`; `..` resolved, never above the root. */
export function resolvePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/** `${PORT:-3000}` → `3000`; without a default nothing stands there. */
export function interpolated(value: string): string {
  return value.replace(/\$\{[A-Za-z_]\w*(?::?-([^}]*)|:?[?+][^}]*)?\}/g, (_, other: string | undefined) => other ?? '');
}

function readService(
  yaml: YamlFile,
  folder: string,
  name: string,
  data: Plain,
  completed: ReadonlySet<string>,
): ComposeService {
  const lineOf = (...keys: (string | number)[]) => yaml.line(['services', name, ...keys]);
  return {
    name,
    image: text(data.image),
    build: readBuild(folder, data.build),
    environment: readEnvironment(data.environment),
    envFiles: readEnvFiles(folder, data.env_file),
    ports: list(data.ports).flatMap((port, index) => readPort(port, () => lineOf('ports', index))),
    healthcheck: data.healthcheck === undefined ? null : record(data.healthcheck),
    dependsOn: dependencies(data.depends_on),
    volumes: list(data.volumes).flatMap((volume) => text(volume) ?? text(record(volume).source) ?? []),
    data,
    oneShot: completed.has(name) || data.restart === 'no',
    get line() {
      return yaml.line(['services', name]);
    },
    lineOf,
  };
}

function readBuild(folder: string, value: unknown): Build | null {
  if (value === undefined || value === null) return null;
  const data = record(value);
  const context = resolvePath(folder, text(value) ?? text(data.context) ?? '.');
  return {
    context,
    dockerfile: resolvePath(context, text(data.dockerfile) ?? 'Dockerfile'),
    target: text(data.target),
  };
}

function readEnvironment(value: unknown): ReadonlyMap<string, string | null> {
  if (!Array.isArray(value)) return new Map(Object.entries(record(value)).map(([name, one]) => [name, text(one)]));
  return new Map(
    texts(value).map((line) => {
      const at = line.indexOf('=');
      return at === -1 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function readEnvFiles(folder: string, value: unknown): readonly string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => text(item) ?? text(record(item).path) ?? []).map((path) => resolvePath(folder, path));
}

function readPort(value: unknown, lineOf: () => number): Published[] {
  const published = (address: string | null, target: number): Published[] =>
    Number.isInteger(target)
      ? [
          {
            address,
            target,
            get line() {
              return lineOf();
            },
          },
        ]
      : [];
  const short = text(value);
  if (short === null) {
    const long = record(value);
    return published(text(long.host_ip), Number(text(long.target)));
  }
  const [plain = ''] = interpolated(short).split('/');
  const parts = plain.split(':');
  return published(parts.length > 2 ? parts.slice(0, -2).join(':') : null, Number(parts.at(-1)));
}

function dependencies(value: unknown): ReadonlyMap<string, string> {
  if (Array.isArray(value)) return new Map(texts(value).map((name) => [name, 'service_started']));
  return new Map(
    Object.entries(record(value)).map(([name, one]) => [name, text(record(one).condition) ?? 'service_started']),
  );
}
