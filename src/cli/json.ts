/**
 * What programs read: one envelope for every command. Keys are sorted, so that two outputs of the same state are the same bytes; there is
 * no time, no absolute path and no name of a machine in it. `docs/json.md` describes it, `docs/schemas/` holds a JSON Schema per command.
 */
import type { Problem } from '../errors.ts';

/** Raised when a field goes away or changes its meaning; new fields do not raise it. */
export const JSON_SCHEMA_VERSION = 1;

/** `{ "schema": 1, "command": …, … }` with all keys sorted, indented by two, with a final newline. */
export function jsonText(command: string, data: object): string {
  return `${JSON.stringify(sorted({ ...data, command, schema: JSON_SCHEMA_VERSION }), null, 2)}\n`;
}

/** The same envelope when a command failed: every problem with what, where and how to mend it. */
export function problemsJson(command: string, problems: readonly Problem[]): string {
  const list = problems.map(({ code, place, message, hint }) => ({ code, place, message, hint }));
  return jsonText(command, { problems: list });
}

/** Lists keep their order: it means something. Keys without a value are left out, as JSON does. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return sorted(Object.fromEntries(value));
  if (value instanceof Set) return sorted([...value]);
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, sorted(record[key])]),
  );
}
