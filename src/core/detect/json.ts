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

const SEPARATOR = '\u0000';
const MAX_DEPTH = 200;

/** Parses JSON. With `relaxed`, comments and trailing commas are fine, as TypeScript reads its own files. Throws JsonError. */
export function parseJson(input: string, relaxed = false): JsonDocument {
  const text = input.charCodeAt(0) === 0xfeff ? ` ${input.slice(1)}` : input;
  const lines = new Map<string, number>();
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

  const value = (path: string): unknown => {
    skip();
    // Far beyond what anybody writes, and far below what the stack holds.
    if (path.split(SEPARATOR).length > MAX_DEPTH) fail('the nesting is too deep');
    lines.set(path, line);
    const c = text[at];
    if (c === '"') return string();
    if (c === '{') return object(path);
    if (c === '[') return array(path);
    const word = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(text.slice(at, at + 40))?.[0];
    if (word === undefined) {
      return fail(c === undefined ? 'the file ends too early' : `${JSON.stringify(c)} is not expected here`);
    }
    at += word.length;
    return JSON.parse(word);
  };

  const object = (path: string): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    at += 1;
    for (;;) {
      skip();
      if (text[at] === '}' && (relaxed || Object.keys(result).length === 0)) break;
      if (text[at] !== '"')
        fail(text[at] === undefined ? 'the file ends too early' : 'a key in double quotes is expected');
      const keyLine = line;
      const key = string();
      skip();
      if (text[at] !== ':') fail(`":" is expected after ${JSON.stringify(key)}`);
      at += 1;
      const child = path + SEPARATOR + key;
      const item = value(child);
      lines.set(child, keyLine);
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

  const array = (path: string): unknown[] => {
    const result: unknown[] = [];
    at += 1;
    for (;;) {
      skip();
      if (text[at] === ']' && (relaxed || result.length === 0)) break;
      result.push(value(path + SEPARATOR + result.length));
      skip();
      if (text[at] === ',') at += 1;
      else if (text[at] !== ']') fail('"," or "]" is expected');
      else break;
    }
    at += 1;
    return result;
  };

  const document = value('');
  skip();
  if (at < text.length) fail(`${JSON.stringify(text[at])} is not expected after the end`);
  return {
    value: document,
    lineOf: (...path) => lines.get(path.length === 0 ? '' : SEPARATOR + path.join(SEPARATOR)),
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
