/** The application as the AWS stacks know it: `config/services.json`. JSON is YAML, so its lines are known as well. */
import { list, type Plain, record, text, texts } from './plain.ts';
import type { YamlFile } from './yaml.ts';

export type StackService = Readonly<{
  name: string;
  image: string | null;
  kind: string | null;
  port: number | null;
  healthPath: string | null;
  metrics: Readonly<{ port: number | null; path: string | null }> | null;
  environment: ReadonlyMap<string, string>;
  /** Variable → datastore. */
  datastores: ReadonlyMap<string, string>;
  secrets: readonly string[];
  data: Plain;
  lineOf: (...keys: (string | number)[]) => number;
}>;

export type StackServices = Readonly<{
  yaml: YamlFile;
  data: Plain;
  services: readonly StackService[];
  service: (name: string) => StackService | null;
}>;

export function readStackServices(yaml: YamlFile): StackServices {
  const data = record(yaml.data);
  const services = list(data.services).map((value, index): StackService => {
    const service = record(value);
    return {
      name: text(service.name) ?? '',
      image: text(service.image),
      kind: text(service.kind),
      port: numeric(service.port),
      healthPath: text(service.healthPath),
      metrics: service.metrics
        ? { port: numeric(record(service.metrics).port), path: text(record(service.metrics).path) }
        : null,
      environment: new Map(Object.entries(record(service.environment)).map(([name, one]) => [name, text(one) ?? ''])),
      datastores: new Map(
        list(service.datastores).flatMap((link) =>
          variablesOf(record(link).variables).map((name) => [name, text(record(link).datastore) ?? ''] as const),
        ),
      ),
      secrets: list(service.secrets).flatMap((one) => text(one) ?? text(record(one).name) ?? []),
      data: service,
      lineOf: (...keys) => yaml.line(['services', index, ...keys]),
    };
  });
  return { yaml, data, services, service: (name) => services.find((one) => one.name === name) ?? null };
}

/** `{ url: "DATABASE_URL", host: null }` or a list of names. */
function variablesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? texts(value) : Object.values(record(value)).flatMap((one) => text(one) ?? []);
}

function numeric(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
