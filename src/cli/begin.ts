/** What has to be in order before anything is decided: the releases, git, an earlier run. */
import { mergeInProgress } from '../core/plan/merge-in-progress.ts';
import type { PresetChange } from '../core/presets/project.ts';
import { SetupError } from '../errors.ts';
import type { Lock, Undoable } from '../model.ts';
import { type Inspection, inspect } from '../pipeline.ts';
import type { Context } from './context.ts';

/**
 * Opens a run that may write: an interrupted one is finished or taken back first, so that what is inspected is whole.
 * @throws SetupError with everything that stands in the way
 */
export function begin(context: Context, change: PresetChange | null = null): Inspection {
  finishEarlierRun(context);
  const inspection = inspect(context.ports, change);
  requireSettledGit(context, inspection.lock);
  requireRelease(inspection.lock, context.ports.tool.version);
  return inspection;
}

/** @throws SetupError PROJECT with what to do where nothing has been set up. */
export function requireConfig(inspection: Inspection, what: string): Lock {
  if (inspection.config !== null && inspection.lock !== null) return inspection.lock;
  const missing = inspection.config === null ? '.devops/config.yaml' : '.devops/lock.json';
  throw new SetupError({
    code: 'PROJECT',
    place: missing,
    message:
      inspection.config === null ? 'nothing has been set up here yet.' : 'the record of what was written is gone.',
    hint:
      inspection.config === null
        ? `Run create-devops-setup first; there is nothing to ${what}.`
        : 'Take it back from git (git checkout -- .devops), or run create-devops-setup init: files that are still as generated are recognised.',
  });
}

/** Where git is in the middle of a merge that touches files of ours, nothing is written. A dry run writes nothing anyway. */
function requireSettledGit({ ports, args }: Context, lock: Lock | null): void {
  const problem = args.dryRun ? null : mergeInProgress(ports.git, ports.files, lock);
  if (problem !== null) throw new SetupError(problem);
}

/** Finishes or takes back what an interrupted run left, and says so; returns the write that is gone by it. Not in a dry run, which writes nothing. */
export function finishEarlierRun({ writer, terminal, args }: Context): Undoable | null {
  if (args.dryRun) return null;
  const { outcome, undone } = writer().recover();
  if (outcome === 'rolled-back' || outcome === 'staging-dropped')
    terminal.say('An earlier run was interrupted; what it had begun was taken back.\n');
  if (outcome === 'rolled-forward')
    terminal.say('An earlier run was interrupted after its last write; it was finished.\n');
  return undone;
}

/**
 * An older release does not write over what a newer one wrote: it would take its corrections back, down to pins that were raised for
 * their security. A later patch counts too.
 * @throws SetupError PROJECT naming both releases
 */
export function requireRelease(lock: Lock | null, running: string): void {
  if (lock === null || !isNewer(lock.tool, running)) return;
  throw new SetupError({
    code: 'PROJECT',
    place: '.devops/lock.json',
    message: `release ${lock.tool} wrote this setup, and this is ${running}, which is older.`,
    hint: `Run npx create-devops-setup@${lock.tool}, or a newer one. To go back on purpose, undo the update first.`,
  });
}

/** Whether version `a` comes after `b` (2.0.0 after 2.0.0-rc.1); no when one of them is no released version. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [versionOf(a), versionOf(b)];
  if (left === null || right === null) return false;
  for (const [index, number] of left.numbers.entries()) {
    const other = right.numbers[index] ?? 0;
    if (number !== other) return number > other;
  }
  if (left.candidate === right.candidate) return false;
  if (left.candidate === '' || right.candidate === '') return left.candidate === '';
  return left.candidate.localeCompare(right.candidate, 'en', { numeric: true }) > 0;
}

function versionOf(text: string): { numbers: readonly number[]; candidate: string } | null {
  const [, major, minor, patch, candidate = ''] = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+\S*)?$/.exec(text) ?? [];
  if (major === undefined || candidate === 'source') return null;
  return { numbers: [major, minor, patch].map(Number), candidate };
}
