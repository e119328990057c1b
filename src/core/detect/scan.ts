/**
 * A light scanner of JavaScript and TypeScript. It knows comments, strings, templates and regular expressions, and nothing else:
 * enough to say whether a match stands in code, and where an expression ends.
 */

export type Source = Readonly<{
  file: string;
  /** The text with comments blanked; offsets and lines are those of the file. */
  text: string;
  /** As `text`, with the insides of strings and regular expressions blanked as well. */
  bare: string;
  lineAt: (offset: number) => number;
}>;

export type Span = Readonly<{ start: number; end: number }>;

/** Reads one file. */
export function scan(file: string, raw: string): Source {
  const { text, bare } = mask(raw);
  let starts: number[] | null = null;
  const lineAt = (offset: number): number => {
    if (starts === null) {
      starts = [0];
      for (let i = raw.indexOf('\n'); i >= 0; i = raw.indexOf('\n', i + 1)) starts.push(i + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  return { file, text, bare, lineAt };
}

const STOPS = /["'`/]/g;
const IN_TEMPLATE = /["'`/{}]/g;

const blank = (part: string): string =>
  part.includes('\n')
    ? part
        .split('\n')
        .map((line) => ' '.repeat(line.length))
        .join('\n')
    : ' '.repeat(part.length);

/** A regular expression can only stand where a value may begin. */
const REGEX_MAY_FOLLOW =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield))$/;

function mask(raw: string): { text: string; bare: string } {
  const text: string[] = [];
  const bare: string[] = [];
  // Braces opened since each `${`, so that the template goes on after its own `}`.
  const templates: number[] = [];
  let kept = 0;
  let i = 0;

  const flush = (end: number): void => {
    if (end > kept) {
      const part = raw.slice(kept, end);
      text.push(part);
      bare.push(part);
    }
    kept = end;
  };
  const comment = (end: number): void => {
    flush(i);
    const part = blank(raw.slice(i, end));
    text.push(part);
    bare.push(part);
    i = end;
    kept = end;
  };
  const inside = (end: number): void => {
    flush(i);
    const part = raw.slice(i, end);
    text.push(part);
    bare.push(blank(part));
    i = end;
    kept = end;
  };
  const template = (): void => {
    let j = i;
    while (j < raw.length && raw[j] !== '`' && !(raw[j] === '$' && raw[j + 1] === '{')) j += raw[j] === '\\' ? 2 : 1;
    j = Math.min(j, raw.length);
    inside(j);
    if (raw[j] === '`') i = j + 1;
    else if (j < raw.length) {
      templates.push(0);
      i = j + 2;
    }
  };
  const mayBeRegex = (): boolean => {
    let j = i - 1;
    while (j >= 0 && (raw[j] === ' ' || raw[j] === '\t' || raw[j] === '\n' || raw[j] === '\r')) j -= 1;
    return REGEX_MAY_FOLLOW.test(raw.slice(Math.max(0, j - 7), j + 1));
  };

  if (raw.startsWith('#!')) comment(lineEnd(raw, 0));
  while (i < raw.length) {
    // Everything between two of these characters is plain code; braces matter inside templates only.
    const next = templates.length > 0 ? IN_TEMPLATE : STOPS;
    next.lastIndex = i;
    const stop = next.exec(raw);
    if (stop === null) break;
    i = stop.index;
    const c = raw[i] as string;
    if (c === '/' && raw[i + 1] === '/') comment(lineEnd(raw, i));
    else if (c === '/' && raw[i + 1] === '*') {
      const end = raw.indexOf('*/', i + 2);
      comment(end < 0 ? raw.length : end + 2);
    } else if (c === '"' || c === "'") {
      if (isApostrophe(raw, i)) {
        i += 1;
        continue;
      }
      i += 1;
      const end = stringEnd(raw, i, c);
      inside(end);
      if (raw[end] === c) i += 1;
    } else if (c === '`') {
      i += 1;
      template();
    } else if (c === '{') {
      templates[templates.length - 1] = (templates.at(-1) as number) + 1;
      i += 1;
    } else if (c === '}') {
      const open = templates.at(-1) as number;
      i += 1;
      if (open > 0) templates[templates.length - 1] = open - 1;
      else {
        templates.pop();
        template();
      }
    } else if (mayBeRegex()) {
      const end = regexEnd(raw, i + 1);
      i += 1;
      if (end > i) inside(end);
    } else i += 1;
  }
  flush(raw.length);
  return { text: text.join(''), bare: bare.join('') };
}

function lineEnd(raw: string, from: number): number {
  const end = raw.indexOf('\n', from);
  return end < 0 ? raw.length : end;
}

const BEFORE_STRING =
  /(?:^|[^\w$.])(?:return|case|typeof|import|export|from|in|of|else|default|as|extends|await|yield|throw|new|void|delete|require|do)$/;

/** A quote right after a word is an apostrophe in the text of JSX (`Don't`), unless the word is a keyword. */
function isApostrophe(raw: string, at: number): boolean {
  return at > 0 && /[\w]/.test(raw[at - 1] as string) && !BEFORE_STRING.test(raw.slice(Math.max(0, at - 12), at));
}

/** A string ends at its quote, or at the end of the line: an apostrophe in JSX text costs one line, not the file. */
function stringEnd(raw: string, from: number, quote: string): number {
  let j = from;
  while (j < raw.length && raw[j] !== quote && raw[j] !== '\n') j += raw[j] === '\\' ? 2 : 1;
  return Math.min(j, raw.length);
}

/** The closing `/`, or `from` when the line ends before (then it was a division). */
function regexEnd(raw: string, from: number): number {
  let inClass = false;
  for (let j = from; j < raw.length && raw[j] !== '\n'; j += 1) {
    const c = raw[j];
    if (c === '\\') j += 1;
    else if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    else if (c === '/' && !inClass) return j;
  }
  return from;
}

/** Matches of a global pattern whose first character is code: not in a comment, not inside a string. */
export function* codeMatches(
  source: Source,
  pattern: RegExp,
  from = 0,
  to = source.text.length,
): Generator<RegExpExecArray> {
  const global = new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`);
  global.lastIndex = from;
  for (let m = global.exec(source.text); m !== null && m.index < to; m = global.exec(source.text)) {
    if (m[0] === '') global.lastIndex += 1;
    else if (source.bare[m.index] === source.text[m.index]) yield m;
  }
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The offset of the bracket that closes the one at `open`, or the end of the file. */
export function closing(source: Source, open: number): number {
  const { bare } = source;
  let depth = 0;
  for (let i = open; i < bare.length; i += 1) {
    const c = bare[i] as string;
    if (c in CLOSERS) depth += 1;
    else if (c === ')' || c === ']' || c === '}') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return bare.length;
}

/** The comma-separated parts between an opening bracket and its end: arguments, elements or properties, trimmed. */
export function parts(source: Source, open: number): Span[] {
  const { bare } = source;
  const end = closing(source, open);
  const spans: Span[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open + 1; i <= end; i += 1) {
    const c = bare[i];
    if (c === '(' || c === '[' || c === '{') depth += 1;
    else if (i < end && (c === ')' || c === ']' || c === '}')) depth -= 1;
    else if (i === end || (c === ',' && depth === 0)) {
      const span = trim(source, start, i);
      if (span.end > span.start) spans.push(span);
      start = i + 1;
    }
  }
  return spans;
}

/** The span without white space (and blanked comments) around it. */
export function trim(source: Source, start: number, end: number): Span {
  const white = (i: number): boolean => /\s/.test(source.text[i] ?? 'x');
  let from = start;
  let to = Math.min(end, source.text.length);
  while (from < to && white(from)) from += 1;
  while (to > from && white(to - 1)) to -= 1;
  return { start: from, end: to };
}

/** Where the expression that begins at `start` ends: at `,` `;` a closing bracket, or a line that the next one does not go on. */
export function expressionAt(source: Source, start: number): Span {
  const { bare } = source;
  let depth = 0;
  let i = start;
  for (; i < bare.length; i += 1) {
    const c = bare[i] as string;
    if (c in CLOSERS) depth += 1;
    else if (c === ')' || c === ']' || c === '}') {
      if (depth === 0) break;
      depth -= 1;
    } else if (depth === 0) {
      if (c === ',' || c === ';') break;
      if (
        c === '\n' &&
        /[\w)\]}'"`!]\s*$/.test(bare.slice(Math.max(start, i - 20), i)) &&
        !/^\s*[|&?.:+*=]/.test(bare.slice(i, i + 200))
      )
        break;
    }
  }
  return trim(source, start, i);
}

/** The value of a string literal that is the whole span, or null. A template counts when nothing is put into it. */
export function literal(source: Source, span: Span): string | null {
  const quote = source.text[span.start];
  if (quote !== '"' && quote !== "'" && quote !== '`') return null;
  if (span.end - span.start < 2 || source.text[span.end - 1] !== quote) return null;
  const inner = source.text.slice(span.start + 1, span.end - 1);
  if (source.bare.slice(span.start + 1, span.end - 1).trim() !== '' || (quote === '`' && inner.includes('${')))
    return null;
  return inner.replace(/\\(['"`\\/])/g, '$1');
}

/** The first operator of the list in the span that stands outside brackets and strings. */
export function operatorIn(
  source: Source,
  span: Span,
  operators: readonly string[],
): { at: number; text: string } | null {
  let depth = 0;
  for (let i = span.start; i < span.end; i += 1) {
    const c = source.bare[i];
    if (c === '(' || c === '[' || c === '{') depth += 1;
    else if (c === ')' || c === ']' || c === '}') depth -= 1;
    else if (depth === 0) {
      for (const text of operators) {
        if (
          source.bare.startsWith(text, i) &&
          !(text === '?' && (source.bare[i + 1] === '?' || source.bare[i + 1] === '.' || source.bare[i - 1] === '?'))
        ) {
          return { at: i, text };
        }
      }
    }
  }
  return null;
}
