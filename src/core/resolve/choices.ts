/** What is worth remembering of the answers: the configuration, as plain data. */
import { isDeepStrictEqual } from 'node:util';
import { InvalidAnswer } from '../../define.ts';
import type { Plain, PlainRecord, Question } from '../../model.ts';
import { versionOf } from '../migrations/index.ts';
import { valueAt } from './ids.ts';
import type { Resolution } from './index.ts';
import { normalPath } from './services.ts';

/**
 * The configuration as it is to be written: everything that was answered and that a chosen generator reads. Detected values stay out, and
 * of a service only what overrides detection, with its folder as the frozen identity of its name. What a preset answers stays out too: the
 * preset is written down by its name, and its next version shall reach this project.
 */
export function configOf(
  resolution: Resolution,
  generators: readonly string[],
  before: PlainRecord | null,
): PlainRecord {
  const next: Record<string, Plain> = { version: versionOf() };
  for (const key of ['extends', 'unmanaged']) {
    const own = before?.[key];
    if (own !== undefined && own !== null) next[key] = own;
  }
  const overrides = new Map<string, Record<string, Plain>>();
  for (const { name, facts } of resolution.services) {
    const written = valueAt(before, `services.${name}.path`);
    const isSame = typeof written === 'string' && normalPath(written) === facts.path;
    overrides.set(name, { path: isSame ? written : facts.path });
  }
  for (const { id, question, service } of resolution.asked) {
    const answer = resolution.answers.get(id);
    if (!answer || answer.source === 'preset' || answer.source === 'locked') continue;
    const value = asWritten(valueAt(before, id), question, answer.value);
    if (service) {
      const key = id.split('.').at(-1) ?? '';
      const isOverride = answer.source !== 'detected' && answer.source !== 'default' && key !== 'path';
      const known = overrides.get(service.name);
      if (isOverride && known) known[key] = value;
    } else if (isRead(question, generators)) set(next, id.split('.'), value);
  }
  const unconfirmed = unconfirmedOf(resolution, generators, before);
  if (unconfirmed.length > 0 || before?.toConfirm !== undefined) next.toConfirm = unconfirmed;
  if (overrides.size > 0) next.services = Object.fromEntries(overrides);
  return next;
}

/** A person's spelling (`500ms`, a list in another order) stays as long as it says the same. */
function asWritten(raw: Plain | undefined, question: Question, value: Plain): Plain {
  if (raw === undefined) return value;
  try {
    return isDeepStrictEqual(question.parse(raw), value) ? raw : value;
  } catch (error) {
    if (!(error instanceof InvalidAnswer)) throw error;
    return value;
  }
}

function isRead(question: Question, generators: readonly string[]): boolean {
  return question.readBy.length === 0 || question.readBy.some((id) => generators.includes(id));
}

/**
 * Our defaults that nobody has confirmed. A person confirms one by taking its key off the list or by giving the value; it does not come back.
 * A default that the file does not hold yet is new, and listed.
 */
function unconfirmedOf(
  { asked, answers }: Resolution,
  generators: readonly string[],
  before: PlainRecord | null,
): readonly string[] {
  const sourceOf = (id: string) => answers.get(id)?.source ?? 'config';
  const listed = Array.isArray(before?.toConfirm) ? (before.toConfirm as readonly string[]) : [];
  const given = ['flag', 'prompt', 'answers-file', 'preset', 'locked'];
  const defaulted = asked
    .filter(({ id, question }) => question.toConfirm && isRead(question, generators) && !listed.includes(id))
    .map(({ id }) => id)
    .filter((id) => ['default', 'persona'].includes(sourceOf(id)));
  return [...listed.filter((id) => !given.includes(sourceOf(id))), ...defaulted];
}

function set(record: Record<string, Plain>, [key, ...rest]: readonly string[], value: Plain): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    record[key] = value;
    return;
  }
  const inner = { ...((record[key] as Record<string, Plain> | undefined) ?? {}) };
  record[key] = inner;
  set(inner, rest, value);
}
