/**
 * The steps, as the package exports them: the functions of `pipeline.ts` that every command of ours calls, with the two or three that always
 * go together under one name.
 */
import { toWrites } from '../core/plan.ts';
import { openWriter as openDisk } from '../io/disk.ts';
import type { PlainRecord, Plan, ProjectWriter, WriteOptions } from '../model.ts';
import * as pipeline from '../pipeline.ts';
import type { Decisions, Inspection, Ports, Report, Resolution, Setup } from './types.ts';

/** What is asked for, in the words of the command line. */
export type Wish = Readonly<{
  /** Like `--set`: full id of a question → raw value. */
  set?: Readonly<Record<string, unknown>>;
  /** Like `--answers FILE`: shaped like `.devops/config.yaml`. */
  answers?: PlainRecord | null;
  /** A folder that selects services, relative to the root; absent: all of them. */
  only?: string | null;
}>;

/** Step 1: facts, configuration, presets, lock. Reads, and executes nothing. @throws SetupError */
export function detect(ports: Ports): Inspection {
  return pipeline.inspect(inner(ports)) as unknown as Inspection;
}

/** Step 2: an answer for every question, with who gave it. Problems and open questions are data: see `problems` and `open`. */
export function resolve(inspection: Inspection, wish: Wish = {}): Resolution {
  const { set = {}, answers = null, only = null } = wish;
  const request = { flags: new Map(Object.entries(set)), prompted: new Map(), answersFile: answers, only };
  return pipeline.answer(inner(inspection), request) as unknown as Resolution;
}

/**
 * Steps 3 to 5: the model, the files of every chosen generator, and our standards on them.
 * @throws SetupError for open questions, wrong answers, generators that fail, and output that breaks a standard: all of a step at once
 */
export function render(ports: Ports, inspection: Inspection, resolution: Resolution): Setup {
  pipeline.requireAnswers(inner(inspection), inner(resolution));
  return pipeline.makeSetup(inner(ports), inner(inspection), inner(resolution)) as unknown as Setup;
}

/** Step 6: what would happen to every path. Writes nothing; conflicts are left unless `decisions` says otherwise. */
export function plan(
  ports: Ports,
  inspection: Inspection,
  setup: Setup,
  decisions: Decisions = { policy: 'leave' },
): Plan {
  return pipeline.makePlan(inner(ports), inner(inspection), inner(setup), decisions);
}

/** The only writer, for a folder on the disk. @throws SetupError PROJECT when it is no folder */
export function openWriter(root: string): ProjectWriter {
  return openDisk(root);
}

/**
 * Step 7: writes a plan, all of it or nothing, and keeps what `writer.undo()` needs. Returns whether there was anything to write.
 * @throws SetupError CHANGED when a file is not what it was when the plan was made, WRITE, JAIL, LOCKED; the disk is as it was then
 */
export function apply(writer: ProjectWriter, planned: Plan, options: WriteOptions = { label: 'api' }): boolean {
  const writes = toWrites(planned);
  if (writes.length === 0) return false;
  writer.apply(writes, options);
  return true;
}

/** What `verify` says of the files as they stand now. Writes nothing. @throws SetupError as `render` does */
export function verify(ports: Ports, inspection: Inspection, resolution: Resolution): Report {
  pipeline.requireAnswers(inner(inspection), inner(resolution));
  return pipeline.verifySetup(inner(ports), inner(inspection), inner(resolution)).report;
}

/** The marked types say less than the objects are; a marked object comes from the step that made it. */
function inner(ports: Ports): pipeline.Ports;
function inner(inspection: Inspection): pipeline.Inspection;
function inner(resolution: Resolution): Parameters<typeof pipeline.makeSetup>[2];
function inner(setup: Setup): pipeline.Setup;
function inner(marked: unknown): unknown {
  return marked;
}
