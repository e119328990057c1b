/** Looks, findings and actions that the runbooks of several alerts share. */
import type { Datastore } from '../../../src/model.ts';
import { managed } from './aws.ts';
import type { Action, Row, Step } from './page.ts';
import { asked, firstOf, here, inRepository, onAws, rds, runs, type Tools } from './tools.ts';

/** A row, or none where the project has no command for it. */
export function row(symptom: string, command: string | null | undefined, meaning: string): readonly Row[] {
  return command === null || command === undefined ? [] : [{ symptom, command, meaning }];
}

export function serviceAnswers({ aws, local, subject }: Tools): Step {
  const web = subject.service.kind === 'web';
  return {
    title: 'Does the service answer its health check?',
    runs: runs(onAws(web ? aws?.targets() : aws?.tasks(), web ? 'healthy' : 'ACTIVE'), healthRun(local)),
    good: 'some requests fail, not all',
    bad: 'nobody is served, go to Mitigation',
  };
}

function healthRun(local: Tools['local']) {
  const health = local?.health() ?? null;
  return health === null ? here(local?.tasks(), '(healthy)') : here(health, '200');
}

export function tasksRun({ aws, local }: Tools): Step {
  return {
    title: 'Do its tasks run?',
    runs: runs(onAws(aws?.tasks(), 'ACTIVE'), here(local?.tasks(), '(healthy)')),
    good: 'it runs; on AWS the two numbers behind, wanted and running, are equal',
    bad: 'the log says why they stopped',
  };
}

export function whatChanged({ aws }: Tools): Step {
  return {
    title: 'What changed last?',
    runs: runs(
      onAws(aws?.deployments(), 'COMPLETED'),
      inRepository(`git --no-pager log -3 --format='%h %cr %an: %s'`, 'ago'),
    ),
    good: 'a change younger than the alert is the suspect',
    bad: 'a deployment goes on or failed: roll it back',
  };
}

export function logSays({ aws, local, subject }: Tools, pattern = '?error ?Error ?ERROR'): Step {
  return {
    title: 'What does its log say?',
    // Compose writes the name of the container before each line.
    runs: runs(onAws(aws?.log(pattern)), here(local?.log(), subject.several.length > 0 ? null : `${subject.name}-1`)),
    good: 'the newest error names what fails',
    bad:
      aws === null ? 'nothing is logged: the process hangs, restart it' : 'no error: go on; nothing at all: restart it',
  };
}

export function targetsDown(tools: Tools): Step {
  return {
    title: 'What else is down?',
    runs: runs(asked(tools, 'up == 0', '"result":[]')),
    good: 'the trouble is inside the service',
    bad: 'each line is a target that is gone: datastores first',
  };
}

/** What the service that AWS runs for a datastore says about it; null where AWS runs none. */
export function managedState({ aws }: Tools, store: Datastore | null): string | null {
  if (aws === null || store === null || managed(store) === null) return null;
  return managed(store) === 'rds' ? aws.database(store) : aws.cache(store);
}

/** State of a datastore, wherever it runs. */
export function storeIsUp(tools: Tools, store: Datastore | null): Step {
  const name = store?.name ?? 'the datastore';
  const answers = store?.kind === 'postgresql' ? 'accepting connections' : '(healthy)';
  return {
    title: `Is ${name} up?`,
    runs: runs(
      onAws(managedState(tools, store), 'available'),
      here(store === null ? null : tools.local?.healthy(store), answers),
    ),
    good: 'the trouble lies before it',
    bad: 'go to Mitigation',
  };
}

export function changedRow({ aws }: Tools): readonly Row[] {
  return row(
    'It began within 30 minutes of a deployment',
    firstOf(aws?.deployments(), `git --no-pager log -3 --format='%h %cr %s'`),
    'The new version does it: roll back first',
  );
}

/** Restarting is what the workstation can do too. */
export function restart({ aws, local }: Tools): Action {
  return {
    title: 'Restart the service',
    runs: runs(onAws(aws?.restart(), 'ACTIVE'), here(local?.restart())),
    risk: aws === null ? 'requests in flight are cut off' : 'none while the image is sound',
    undo: 'not needed',
  };
}

export function rollBack({ aws }: Tools): Action {
  return {
    title: 'Roll back the last deployment',
    runs: runs(onAws(aws?.rollBack(), 'going back to arn:')),
    risk: 'a migration may not fit the older code, see [rollback](../rollback.md)',
    undo: 'the same with the newer one',
  };
}

/** Datastores that stopped are started; those that run stay as they are. */
export function startStores({ local, subject }: Tools): Action {
  const names = [...new Set(subject.service.datastores.map(({ datastore }) => datastore))];
  return {
    title: 'Start the datastores that are down',
    runs: runs(here(local === null || names.length === 0 ? null : `${local.compose} start ${names.join(' ')}`)),
    risk: 'none: what runs stays',
    undo: 'not needed',
  };
}

export function scaleOut({ aws }: Tools): Action {
  return {
    title: 'Run more tasks',
    runs: runs(onAws(aws?.atLeast(6))),
    risk: 'a database at its limit gets busier',
    undo: 'the number of before, see [scaling](../scaling.md)',
  };
}

export function restartStore(tools: Tools, store: Datastore | null): Action {
  const onRds = store === null ? null : rds(tools, store);
  return {
    title: `Restart ${store?.name ?? 'the datastore'}`,
    runs: runs(
      onAws(store === null ? null : onRds?.reboot(store), 'rebooting'),
      store === null ? null : here(tools.local?.restartOf(store.name)),
    ),
    risk: 'every connection is cut and made anew',
    undo: 'not possible; the data stays',
  };
}
