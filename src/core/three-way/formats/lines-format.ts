/** Files of which each line stands for itself: ignore files, and `NAME=value` files. Comments belong to the line below. */
import type { Container, Entry, Format, Parsed } from '../format.ts';
import { containerOf, entryOf, leafOf, linesOf, unique } from './parts.ts';

/** Lines from `first` on that are one entry, and the entry; null where the lines are comments or empty. */
type Reading = (lines: readonly string[], first: number) => Readonly<{ count: number; entry: Entry }> | null;

const keepsAll = {
  fit: (entry: Entry): Entry => entry,
  join: (entries: readonly Entry[], like: Container): Container => ({ ...like, entries }),
};

/** Patterns, one in a line. The order counts (a later one overrules), a pattern stands once. */
export const ignoreFormat: Format = {
  id: 'ignore',
  matches: (path) => /(?:^|\/|\w)\.[a-z]*ignore$/.test(path),
  parse: (text) =>
    read(text, 'list', (lines, first) => {
      const line = lines[first] as string;
      if (/^\s*(?:#|$)/.test(line)) return null;
      const pattern = line.slice(0, endOfPattern(line));
      const node = leafOf(pattern, 'pattern');
      return { count: 1, entry: entryOf(pattern, node, { remark: line.slice(pattern.length), plain: true }) };
    }),
  ...keepsAll,
};

/** White space at the end says nothing, save behind a backslash. */
function endOfPattern(line: string): number {
  let end = line.endsWith('\n') ? line.length - 1 : line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t') && line[end - 2] !== '\\') end -= 1;
  return end;
}

const NAME = /^(\s*(?:export\s+)?)([\w.-]+)(\s*=[ \t]*)/;

/** `NAME=value`, quoted over several lines where it must be; a remark behind the value stays where it is. */
export const dotenvFormat: Format = {
  id: 'dotenv',
  matches: (path) => /(?:^|\/)\.env(?:\.[\w.-]+)?$|(?:^|\/)[\w-]+\.env(?:\.(?:example|sample|template))?$/.test(path),
  parse: (text) => read(text, 'map', readVariable),
  ...keepsAll,
};

function readVariable(lines: readonly string[], first: number): ReturnType<Reading> {
  const line = lines[first] as string;
  if (/^\s*(?:#|$)/.test(line)) return null;
  const [open, , name] = NAME.exec(line) ?? [];
  if (open === undefined || name === undefined) {
    const whole = line.trim();
    return { count: 1, entry: entryOf(whole, leafOf(line, 'line', whole), { name: whole, plain: true }) };
  }
  let rest = line.slice(open.length);
  let count = 1;
  const quote = /^["'`]/.exec(rest)?.[0];
  if (quote !== undefined) {
    const closed = (): boolean => closing(rest, quote) > 0;
    let more = rest;
    for (let next = first + 1; !closed() && next < lines.length; next += 1) {
      more += lines[next];
      rest = more;
      count = next - first + 1;
    }
    if (!closed()) {
      rest = line.slice(open.length);
      count = 1;
    } else {
      const end = closing(rest, quote) + 1;
      const value = rest.slice(1, end - 1);
      const node = leafOf(rest.slice(0, end), 'value', value);
      return { count, entry: entryOf(name, node, { name, open, remark: rest.slice(end) }) };
    }
  }
  const remark = /\s#/.exec(rest)?.index ?? rest.length;
  const value = rest.slice(0, remark).trimEnd();
  return {
    count,
    entry: entryOf(name, leafOf(value, 'value'), { name, open, remark: rest.slice(value.length) }),
  };
}

/** The offset of the quote that closes the one at 0; -1 when it is open. */
function closing(text: string, quote: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote !== "'") at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function read(text: string, kind: Container['kind'], reading: Reading): Parsed {
  const lines = linesOf(text);
  const entries: Entry[] = [];
  let lead = '';
  for (let at = 0; at < lines.length; ) {
    const found = reading(lines, at);
    if (found === null) {
      lead += lines[at];
      at += 1;
      continue;
    }
    entries.push({ ...found.entry, lead });
    lead = '';
    at += found.count;
  }
  return { root: containerOf(kind, 'lines', unique(entries), { tail: lead }) };
}
