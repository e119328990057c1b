/** Facts → what a person sees first: every line with the place where it was found. */
import { printable, type Style } from '../../io/terminal.ts';
import type { DatastoreKind, Evidence, Fact, Facts, ServiceFacts } from '../../model.ts';
import { wrap } from './plan.ts';

const FRAMEWORKS = {
  express: 'Express',
  fastify: 'Fastify',
  nestjs: 'NestJS',
  nextjs: 'Next.js',
  hono: 'Hono',
  koa: 'Koa',
  http: 'plain node:http',
} as const;

export const DATASTORES: Readonly<Record<DatastoreKind, string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mongodb: 'MongoDB',
  redis: 'Redis',
  rabbitmq: 'RabbitMQ',
  kafka: 'Kafka',
};

const KINDS = {
  web: 'a web service',
  worker: 'a worker',
  cron: 'a job',
  cli: 'a command-line tool',
  library: 'a library',
} as const;

type Row = readonly [label: string, value: string, place: string];

/** `names` by the service's folder; `ours` are the paths that an earlier run wrote; `columns` is the width to stay within. */
export type FactsView = Readonly<{
  names: ReadonlyMap<string, string>;
  ours: ReadonlySet<string>;
  style: Style;
  columns: number;
}>;

/** The block of facts, each with its place. */
export function factsText(facts: Facts, { names, ours, style, columns }: FactsView): string {
  const blocks = facts.services.map((service) => serviceRows(service, names.get(service.path) ?? service.path));
  const common = commonRows(facts, ours);
  const all = [...blocks.flat(), ...common];
  const label = Math.max(...all.map(([text]) => text.length), 0) + 2;
  const room = Math.max(columns - label - 4, 24);
  const value = placeColumn(all, room);
  const line = ([name, text, at]: Row): string => {
    const left = `    ${style.dim(name.padEnd(label))}`;
    const gap = Math.max(value, text.length + 2);
    if (at !== '' && gap + at.length <= room) return `${left}${printable(text.padEnd(gap))}${style.dim(printable(at))}`;
    const below = at === '' ? '' : `\n${' '.repeat(label + 4)}${style.dim(printable(at))}`;
    return `${left}${wrap(printable(text), room, label + 4)}${below}`;
  };
  const separated = [...blocks, common].filter((rows) => rows.length > 0).map((rows) => rows.map(line).join('\n'));
  const notes = facts.notes.map(({ file, line: at, message }) => {
    const text = printable(`${message} (${file}${at ? `:${at}` : ''})`);
    return `    ${style.yellow('note')}  ${wrap(text, columns - 10, 10)}`;
  });
  return `${[...separated, ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n')}\n`;
}

/** The widest column of values beside which every place still fits; what is longer than it puts its place where it ends, or below. */
function placeColumn(rows: readonly Row[], room: number): number {
  const widths = [...new Set(rows.map(([, text]) => text.length + 2))].sort((a, b) => b - a);
  const fits = (width: number) => rows.every(([, text, at]) => text.length + 2 > width || width + at.length <= room);
  return widths.find(fits) ?? 0;
}

function serviceRows(service: ServiceFacts, name: string): readonly Row[] {
  const { packageManager: pm, runtime, endpoints } = service;
  const runtimeName = runtime.name === 'bun' ? 'Bun' : 'Node';
  const language = service.language.value === 'typescript' ? 'TypeScript' : 'JavaScript';
  const version = runtime.version ? ` ${runtime.version.value}` : ' (version not said)';
  const languageVersion = service.typescriptVersion ? ` ${service.typescriptVersion.value}` : '';
  const scripts = Object.values(service.scripts).map((script) => script.value.name);
  const first = Object.values(service.scripts)[0];
  const web = service.kind.value === 'web';
  const rows: (Row | null)[] = [
    ['service', `${name}, ${KINDS[service.kind.value]}`, at((service.name ?? service.kind).evidence)],
    [
      'language',
      `${language}${languageVersion} on ${runtimeName}${version}`,
      runtime.version ? at(runtime.version.evidence) : at(service.language.evidence),
    ],
    [
      'packages',
      `${pm.name}${pm.version ? ` ${pm.version.value}` : ''}`,
      pm.version ? at(pm.version.evidence) : pm.lockFile ? at(pm.lockFile.evidence) : 'no lock file',
    ],
    service.framework && [
      'framework',
      `${FRAMEWORKS[service.framework.value]}${service.frameworkVersion ? ` ${service.frameworkVersion}` : ''}`,
      at(service.framework.evidence),
    ],
    service.start
      ? ['starts with', service.start.value.join(' '), at(service.start.evidence)]
      : web
        ? ['starts with', 'unknown', '']
        : null,
    service.port
      ? ['listens on', String(service.port.value), at(service.port.evidence)]
      : web
        ? ['listens on', 'unknown', '']
        : null,
    web ? ['health', healthText(endpoints), firstPlace(endpoints.health, endpoints.ready)] : null,
    web || service.metricsLibrary || endpoints.metrics
      ? ['metrics', metricsText(service), metricsPlace(service)]
      : null,
    service.datastores.length > 0
      ? [
          'data',
          service.datastores.map(({ kind, version: v }) => `${DATASTORES[kind]}${v ? ` ${v.value}` : ''}`).join(', '),
          at(service.datastores[0]?.evidence),
        ]
      : null,
    service.migrations && ['migrations', service.migrations.value.tool, at(service.migrations.evidence)],
    service.environment.length > 0 ? ['variables', variablesText(service), at(service.environment[0]?.evidence)] : null,
    ['commands', scripts.length > 0 ? scripts.join(', ') : 'none found', first ? at(first.evidence) : ''],
  ];
  return rows.filter((row) => row !== null);
}

function commonRows(facts: Facts, ours: ReadonlySet<string>): readonly Row[] {
  const rows: Row[] = [];
  if (facts.workspace) {
    const { tool, runner, members, evidence } = facts.workspace;
    const count = members.filter(({ deployable }) => deployable).length;
    rows.push([
      'workspace',
      `${tool}${runner ? ` with ${runner.value}` : ''}, ${members.length} members, ${count === 1 ? '1 of them a service' : `${count} of them services`}`,
      at(evidence),
    ]);
  }
  if (facts.repository)
    rows.push([
      'repository',
      `${facts.repository.value.owner}/${facts.repository.value.name}`,
      at(facts.repository.evidence),
    ]);
  else rows.push(['repository', facts.git ? 'no remote yet' : 'not a git repository', '']);
  for (const { path, system } of facts.existing)
    if (!ours.has(path)) rows.push(['yours', `${path} (${system}); it stays yours`, '']);
  if (ours.size > 0) rows.push(['set up', `${ours.size} files written by an earlier run`, '.devops/lock.json']);
  return rows;
}

function healthText({ health, ready }: ServiceFacts['endpoints']): string {
  if (!health && !ready) return 'no endpoint found: the port is probed';
  const live = health ? `GET ${health.value}` : 'no liveness endpoint';
  return `${live}; ${ready ? `ready: GET ${ready.value}` : 'no readiness endpoint'}`;
}

/** Where it was seen; what can be done where nothing was. */
function metricsPlace({ endpoints, metricsLibrary, runtime }: ServiceFacts): string {
  const found = firstPlace(endpoints.metrics, metricsLibrary);
  return found === '' && runtime.name === 'node' ? '(prom-client can be added for you)' : found;
}

/** `GET /metrics on 9464 (prom-client: process, requests, 2 more)`. */
function metricsText({ endpoints, metricsLibrary, metrics }: ServiceFacts): string {
  if (!endpoints.metrics) return metricsLibrary ? `${metricsLibrary.value}, no endpoint found` : 'none found';
  const names = metrics?.declared.map(({ value }) => value.name) ?? [];
  const requests = names.filter((name) => /http|request/.test(name));
  const more = names.length - requests.length;
  const what = [
    ...(metrics?.defaults ? ['process'] : []),
    ...(requests.length > 0 ? ['requests'] : []),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(', ');
  const by = metricsLibrary ? ` (${metricsLibrary.value}${what === '' ? '' : `: ${what}`})` : '';
  return `GET ${endpoints.metrics.value}${metrics?.port ? ` on ${metrics.port.value}` : ''}${by}`;
}

function variablesText({ environment }: ServiceFacts): string {
  const names = environment.map(({ name }) => name);
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
}

function firstPlace(...facts: readonly (Fact<unknown> | null)[]): string {
  const found = facts.find((fact) => fact !== null);
  return found ? at(found.evidence) : '';
}

function at(evidence: Evidence | undefined): string {
  if (!evidence) return '';
  const place = evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
  return evidence.note ? `${place} ${evidence.note}` : place;
}
