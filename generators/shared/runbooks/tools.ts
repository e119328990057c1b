/** What the commands of a runbook can speak of in this project. */
import type { Datastore, DatastoreKind, System } from '../../../src/model.ts';
import { isObserved, serversOf } from '../observability-stack.ts';
import { evaluatesRules } from '../scrape.ts';
import { type Aws, awsOf, managed } from './aws.ts';
import { type Local, localOf } from './local.ts';
import type { Run } from './page.ts';
import { lines, type Subject, subjectOf } from './shell.ts';

export type Tools = Readonly<{
  system: System;
  subject: Subject;
  aws: Aws | null;
  local: Local | null;
  /** The stack of the workstation has Prometheus and Alertmanager too. */
  watched: Local | null;
  store: (kind: DatastoreKind) => Datastore | null;
}>;

/** Null where nothing runs, so that there is nothing to operate. */
export function toolsOf(system: System): Tools | null {
  const subject = subjectOf(system);
  if (subject === null) return null;
  const local = localOf(system, subject);
  return {
    system,
    subject,
    aws: awsOf(system, subject),
    local,
    watched: isObserved(system) ? local : null,
    store: (kind) => system.datastores.find((store) => store.kind === kind) ?? null,
  };
}

/** A query of Prometheus; `PROMETHEUS_URL` says where it is when it is not on this machine. */
export function ask(expression: string): string {
  return lines(
    `curl -fsS --get "\${PROMETHEUS_URL:-http://127.0.0.1:9090}/api/v1/query"`,
    `--data-urlencode 'query=${expression.replaceAll("'", "'\\''")}'`,
  );
}

/** Nothing but a run that there is. */
type Maybe = Run | null;
export function runs(...all: readonly Maybe[]): readonly Run[] {
  return all.filter((run) => run !== null);
}

export function onAws(command: string | null | undefined, expected: string | null = null): Maybe {
  return command === null || command === undefined ? null : { place: 'aws', command, expected };
}

export function here(command: string | null | undefined, expected: string | null = null): Maybe {
  return command === null || command === undefined ? null : { place: 'local', command, expected };
}

export function asked(tools: Tools, expression: string, expected: string | null): Maybe {
  return evaluatesRules(tools.system) === true ? { place: 'prometheus', command: ask(expression), expected } : null;
}

export function inRepository(command: string, expected: string | null = null): Maybe {
  return { place: 'repository', command, expected };
}

/** The first command that this project has. */
export function firstOf(...commands: readonly (string | null | undefined)[]): string | null {
  return commands.find((command) => command !== null && command !== undefined) ?? null;
}

/** The container of Prometheus or Alertmanager on the local stack; null where it has none. */
export function serverName({ system }: Tools, job: 'prometheus' | 'alertmanager'): string | null {
  return serversOf(system).find((server) => server.job === job)?.name ?? null;
}

/** Commands of the datastore where the stacks make it. */
export function rds(tools: Tools, store: Datastore | null): Aws | null {
  return store !== null && managed(store) === 'rds' ? tools.aws : null;
}
