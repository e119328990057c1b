/**
 * Keeps answers within what a model can read. Long texts and lists are cut where they are, and say so: the rest is still data of the
 * same shape.
 */

/** Characters of one answer; about 20,000 tokens. */
export const MOST_CHARACTERS = 80_000;
const LONGEST_TEXT = 8_000;
const LEAST_TEXT = 200;
const LONGEST_LIST = 500;
const LEAST_LIST = 10;

export type Capped = Readonly<{ data: Readonly<Record<string, unknown>>; text: string }>;

/** Cuts until it fits: first the longest texts (diffs), then the lists. `truncated: true` is added where anything is missing. */
export function capped(data: Readonly<Record<string, unknown>>): Capped {
  let [text, list] = [LONGEST_TEXT, LONGEST_LIST];
  for (;;) {
    const made = cut(data, text, list);
    const spelled = JSON.stringify(made);
    if (spelled.length <= MOST_CHARACTERS || (text === LEAST_TEXT && list === LEAST_LIST))
      return { data: made, text: spelled };
    if (text > LEAST_TEXT) text = Math.max(Math.floor(text / 2), LEAST_TEXT);
    else list = Math.max(Math.floor(list / 2), LEAST_LIST);
  }
}

function cut(data: Readonly<Record<string, unknown>>, text: number, list: number): Readonly<Record<string, unknown>> {
  let missing = false;
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (value.length <= text) return value;
      missing = true;
      // Never in the middle of a character.
      const kept = value.slice(0, text).replace(/[\ud800-\udbff]$/, '');
      return `${kept}\n… ${value.length - kept.length} more characters`;
    }
    if (Array.isArray(value)) {
      if (value.length > list) missing = true;
      return value.slice(0, list).map(visit);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner)]));
  };
  const made = visit(data) as Record<string, unknown>;
  return missing ? { ...made, truncated: true } : made;
}
