/** In-memory projects for tests: what the ports give, without a disk. */
import { SetupError } from '../../src/errors.ts';
import type { Evidence, Fact, Facts, GitFiles, ProjectFiles, ServiceFacts } from '../../src/model.ts';

/** A text, or an object that is written as JSON with two spaces. */
export type Content = string | Readonly<Record<string, unknown>>;

/** The read-only port over a record of files. `unreadable` files throw READ, as binary ones do. */
export function project(files: Readonly<Record<string, Content>>, unreadable: readonly string[] = []): ProjectFiles {
  const texts = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
    ]),
  );
  const list = [...new Set([...texts.keys(), ...unreadable])].sort();
  return {
    list: () => list,
    read: (path) => {
      if (unreadable.includes(path))
        throw new SetupError({ code: 'READ', place: path, message: 'is not a text file', hint: 'Nothing to do.' });
      return texts.get(path) ?? null;
    },
    exists: (path) => list.some((f) => f === path || f.startsWith(`${path}/`)),
    mode: (path) => (list.includes(path) ? 0o644 : null),
  };
}

/** Git's own files as a record. */
export function git(files: Readonly<Record<string, string>>): GitFiles {
  return { read: (path) => files[path] ?? null };
}

/** `file:line`, with the note in brackets. */
export function place(evidence: Evidence): string {
  return `${evidence.file}${evidence.line === undefined ? '' : `:${evidence.line}`}${evidence.note === undefined ? '' : ` (${evidence.note})`}`;
}

/** `value @file:line | other @file:line`; null stays null. */
export function told<T>(fact: Fact<T> | null | undefined): string | null {
  if (fact === null || fact === undefined) return null;
  const value =
    typeof fact.value === 'string' || typeof fact.value === 'number' || typeof fact.value === 'boolean'
      ? String(fact.value)
      : JSON.stringify(fact.value);
  return [`${value} @${place(fact.evidence)}`, ...(fact.also ?? []).map((a) => told(a))].join(' | ');
}

/** The only service of the facts. */
export function only(facts: Facts): ServiceFacts {
  const [service] = facts.services;
  if (service === undefined || facts.services.length !== 1)
    throw new Error(`one service expected, ${facts.services.length} found`);
  return service;
}

/** A service in lines that a person can check against the files; what is not known is left out. */
export function lines(service: ServiceFacts): string[] {
  const { runtime, packageManager: pm, traps, endpoints } = service;
  const row = (name: string, value: string | null): string[] =>
    value === null || value === '' ? [] : [`${name}: ${value}`];
  return [
    ...row('name', told(service.name)),
    ...row('description', service.description),
    ...row('kind', told(service.kind)),
    ...row('language', told(service.language)),
    ...row('typescript', told(service.typescriptVersion)),
    ...row('runtime', [runtime.name, told(runtime.version), runtime.versionFile].filter((x) => x !== null).join(', ')),
    ...row(
      'packages',
      [pm.flavour, told(pm.version), told(pm.lockFile), pm.installRoot].filter((x) => x !== null).join(', '),
    ),
    ...row('framework', service.framework === null ? null : `${told(service.framework)} ${service.frameworkVersion}`),
    ...row('entry', told(service.entry)),
    ...row('start', told(service.start)),
    ...row('build output', told(service.buildOutput)),
    ...row(
      'scripts',
      Object.entries(service.scripts)
        .map(([role, s]) => `${role}=${s.value.name}@${s.evidence.line}`)
        .join(' '),
    ),
    ...row('tests', told(service.testRunner)),
    ...row('coverage', told(service.coverage)),
    ...row('port', service.port === null ? null : `${told(service.port)} by ${service.portVariable}`),
    ...row('host', told(service.host)),
    ...row('health', told(endpoints.health)),
    ...row('ready', told(endpoints.ready)),
    ...row('metrics', told(endpoints.metrics)),
    ...row('SIGTERM', told(service.handlesSigterm)),
    ...row('metrics library', told(service.metricsLibrary)),
    ...row('default metrics', told(service.metrics?.defaults)),
    ...(service.metrics?.declared ?? []).map(
      ({ value: { name, kind, labels, buckets }, evidence }) =>
        `metric ${name}: ${kind} of ${labels?.join(' ') ?? 'unknown labels'}${buckets === null ? '' : `, ${buckets.join(' ')}`} @${place(evidence)}`,
    ),
    ...row('metrics port', told(service.metrics?.port)),
    ...row('logger', told(service.logger)),
    ...service.environment.map(
      (e) =>
        `env ${e.name}: ${[e.required ? 'required' : null, e.secret ? 'secret' : null, e.default === null ? null : `default ${JSON.stringify(e.default)}`, `@${place(e.evidence)}`].filter((x) => x !== null).join(' ')}`,
    ),
    ...service.datastores.map(
      (d) =>
        `data ${d.kind}: ${[told(d.version), ...Object.entries(d.connection).flatMap(([part, name]) => (name === null ? [] : [`${part}=${name}`])), `@${place(d.evidence)}`].filter((x) => x !== null).join(' ')}`,
    ),
    ...row('migrations', told(service.migrations)),
    ...row('standalone', told(service.nextStandalone)),
    ...row('needs', service.workspaceDependencies.join(' ')),
    ...row('sources', service.sources.join(' ')),
    ...row('prepare', told(traps.prepareScript)),
    ...traps.installScripts.map((s) => `install script: ${told(s)}`),
    ...row('prisma', told(traps.prismaSchema)),
    ...row('native', traps.nativeModules.map((n) => told(n)).join(' ')),
    ...row('private registry', told(traps.privateRegistry)),
    ...row('install inputs', traps.installInputs.join(' ')),
  ];
}
