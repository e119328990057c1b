/** JSON with places: what a person wrote, and on which line. Also reads JSON with comments (tsconfig, nest-cli, turbo). */

/** A parsed document. `lineOf` gives the line of a key path, or undefined when the path is not there. */
export type JsonDocument = Readonly<{ value: unknown; lineOf: (...path: (string | number)[]) => number | undefined }>;

/** A syntax error with its line, counted from 1. */
export class JsonError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = 'JsonError';
    this.line = line;
  }
}

const MAX_DEPTH = 200;

/** The line of a value, or of its key, and those of what is in it. */
type Lines = { line: number; inside: Map<string, Lines> | null };

/** Parses JSON. With `relaxed`, comments and trailing commas are fine, as TypeScript reads its own files. Throws JsonError. */
export function parseJson(input: string, relaxed = false): JsonDocument {
  const text = input.charCodeAt(0) === 0xfeff ? ` ${input.slice(1)}` : input;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // With comments, or with a mistake whose line is to be named.
    return read(text, relaxed);
  }
  // Most files are asked for no line at all.
  let places: JsonDocument | null = null;
  return {
    value,
    lineOf: (...path) => {
      try {
        places ??= read(text, relaxed);
      } catch {
        return undefined;
      }
      return places.lineOf(...path);
    },
  };
}

function read(text: string, relaxed: boolean): JsonDocument {
  let at = 0;
  let line = 1;

  const fail = (message: string): never => {
    throw new JsonError(message, line);
  };

  const skip = (): void => {
    for (;;) {
      const c = text[at];
      if (c === '\n') line += 1;
      if (c === ' ' || c === '\n' || c === '\t' || c === '\r') {
        at += 1;
      } else if (relaxed && c === '/' && text[at + 1] === '/') {
        while (at < text.length && text[at] !== '\n') at += 1;
      } else if (relaxed && c === '/' && text[at + 1] === '*') {
        const end = text.indexOf('*/', at + 2);
        const stop = end < 0 ? text.length : end + 2;
        for (; at < stop; at += 1) if (text[at] === '\n') line += 1;
      } else {
        return;
      }
    }
  };

  const string = (): string => {
    const start = at;
    for (at += 1; text[at] !== '"'; at += 1) {
      if (at >= text.length || text[at] === '\n') fail('a string is not closed');
      if (text[at] === '\\') at += 1;
    }
    at += 1;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail('a string has an unknown escape');
    }
  };

  const value = (lines: Lines, depth: number): unknown => {
    skip();
    // Far beyond what anybody writes, and far below what the stack holds.
    if (depth > MAX_DEPTH) fail('the nesting is too deep');
    lines.line = line;
    const c = text[at];
    if (c === '"') return string();
    if (c === '{') return object(lines, depth);
    if (c === '[') return array(lines, depth);
    const word = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(text.slice(at, at + 40))?.[0];
    if (word === undefined) {
      return fail(c === undefined ? 'the file ends too early' : `${JSON.stringify(c)} is not expected here`);
    }
    at += word.length;
    return JSON.parse(word);
  };

  const object = (lines: Lines, depth: number): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    const inside = new Map<string, Lines>();
    lines.inside = inside;
    let empty = true;
    at += 1;
    for (;;) {
      skip();
      if (text[at] === '}' && (relaxed || empty)) break;
      if (text[at] !== '"')
        fail(text[at] === undefined ? 'the file ends too early' : 'a key in double quotes is expected');
      const keyLine = line;
      const key = string();
      skip();
      if (text[at] !== ':') fail(`":" is expected after ${JSON.stringify(key)}`);
      at += 1;
      const child: Lines = { line: keyLine, inside: null };
      const item = value(child, depth + 1);
      child.line = keyLine;
      inside.set(key, child);
      empty = false;
      // A key named __proto__ must stay data.
      Object.defineProperty(result, key, { value: item, enumerable: true, configurable: true, writable: true });
      skip();
      if (text[at] === ',') at += 1;
      else if (text[at] !== '}') fail('"," or "}" is expected');
      else break;
    }
    at += 1;
    return result;
  };

  const array = (lines: Lines, depth: number): unknown[] => {
    const result: unknown[] = [];
    const inside = new Map<string, Lines>();
    lines.inside = inside;
    at += 1;
    for (;;) {
      skip();
      if (text[at] === ']' && (relaxed || result.length === 0)) break;
      const child: Lines = { line, inside: null };
      inside.set(String(result.length), child);
      result.push(value(child, depth + 1));
      skip();
      if (text[at] === ',') at += 1;
      else if (text[at] !== ']') fail('"," or "]" is expected');
      else break;
    }
    at += 1;
    return result;
  };

  const root: Lines = { line: 1, inside: null };
  const document = value(root, 1);
  skip();
  if (at < text.length) fail(`${JSON.stringify(text[at])} is not expected after the end`);
  return {
    value: document,
    lineOf: (...path) => {
      let found: Lines | undefined = root;
      for (const key of path) found = found?.inside?.get(String(key));
      return found?.line;
    },
  };
}

/** The value as a plain record, or an empty one. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The value as a non-empty string, or null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
