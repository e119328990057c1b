/** Short names of data: the same inputs give the same one, on every machine. */
import { createHash } from 'node:crypto';
import type { Change, Plain, PlainRecord, Plan, RenderedFile } from '../model.ts';
import { hashText, serializeLock } from './lock.ts';

/** Plain data as JSON with sorted keys: equal data, equal text. */
export function canonical(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const record = value as PlainRecord;
  return `{${Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(record[key] ?? null)}`)
    .join(',')}}`;
}

/** What a plan was made of. */
export type PlanInputs = Readonly<{
  plan: Plan;
  /** Version of the tool. */
  tool: string;
  /** The configuration as it was resolved. */
  config: PlainRecord;
  /** Presets that were read: where each is, and the hash of its text. */
  presets?: Readonly<Record<string, string>>;
  rendered: readonly RenderedFile[];
}>;

/**
 * The id of a plan: sha-256, 16 hex, over the version of the tool, the configuration, the presets, every rendered file, what the disk holds in
 * every path that was planned, and what would be written. `apply --plan` makes the plan again and refuses where the id is another one, so
 * nothing that anybody looked at is written over something that they did not see. It says nothing about the machine or the time. It hashes
 * every text, so it is computed only where somebody asks for it.
 */
export function planId({ plan, tool, config, presets = {}, rendered }: PlanInputs): string {
  const parts = [
    tool,
    canonical(config),
    canonical(presets),
    ...rendered.map((file) =>
      JSON.stringify([file.path, file.generator, file.ownership, file.mode, hashText(file.text)]),
    ),
    ...plan.changes.map(partOf),
    ...plan.housekeeping.map(({ path, content, expect }) => JSON.stringify([path, hash(content), expect])),
    serializeLock(plan.lock),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** The disk's side as bytes, not as text: also line ends that differ are another input. */
function partOf(change: Change): string {
  const { kind, path, from = null, before, after } = change;
  const modes = ['mode' in change ? change.mode : null, 'modeBefore' in change ? change.modeBefore : null];
  const base = 'base' in change ? hash(change.base) : null;
  return JSON.stringify([kind, path, from, modes, hash(before), hash(after), base]);
}

function hash(text: string | null): string | null {
  return text === null ? null : createHash('sha256').update(text).digest('hex');
}
