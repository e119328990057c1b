/** A small reader of JSON, with or without comments, that keeps the offsets of every part, so that edits touch nothing else. */

type Range = Readonly<{ start: number; end: number }>;
export type JsonMember = Readonly<{ key: string; start: number; value: JsonNode }>;
/** `end` is exclusive. A member reaches from `start` (of its key) to `value.end`. */
export type JsonNode =
  | (Range & Readonly<{ type: 'object'; members: readonly JsonMember[] }>)
  | (Range & Readonly<{ type: 'array'; items: readonly JsonNode[] }>)
  | (Range & Readonly<{ type: 'scalar'; value: string | number | boolean | null }>);

/** A syntax error and where it is. */
export class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
  }
}

// Input is untrusted: a thousand opening brackets must be a message, not a stack overflow.
const MAX_DEPTH = 200;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Reads a document. `relaxed` allows comments and trailing commas. @throws JsonSyntaxError */
export function readJson(text: string, relaxed = false): JsonNode {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  const fail = (message: string): never => {
    throw new JsonSyntaxError(message, at);
  };
  const skip = (): void => {
    at = skipTrivia(text, at, relaxed);
  };
  const string = (): string => {
    const start = at;
    if (text[at] !== '"') fail('a string in double quotes is expected here');
    for (at += 1; text[at] !== '"'; at += 1) {
      if (at >= text.length || text[at] === '\n') fail('a string is not closed on its line');
      if (text[at] === '\\') at += 1;
    }
    at += 1;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      at = start;
      return fail('a string holds a control character or an unknown escape');
    }
  };
  /** After an element: true when another one follows, false when the bracket closes. */
  const next = (close: string): boolean => {
    skip();
    if (text[at] === ',') {
      at += 1;
      skip();
      if (text[at] !== close) return true;
      if (!relaxed) fail('a comma before a closing bracket is not JSON');
    }
    if (text[at] !== close) fail(`"," or "${close}" is expected here`);
    at += 1;
    return false;
  };
  const value = (depth: number): JsonNode => {
    if (depth > MAX_DEPTH) fail('this is nested too deeply');
    skip();
    const start = at;
    if (text[at] === '"') return { type: 'scalar', value: string(), start, end: at };
    if (text[at] === '{' || text[at] === '[') {
      const open = text[at];
      const close = open === '{' ? '}' : ']';
      const members: JsonMember[] = [];
      const items: JsonNode[] = [];
      at += 1;
      skip();
      let more = text[at] !== close;
      if (!more) at += 1;
      while (more) {
        const from = at;
        if (open === '[') items.push(value(depth + 1));
        else {
          const key = string();
          skip();
          if (text[at] !== ':') fail('":" is expected here');
          at += 1;
          members.push({ key, start: from, value: value(depth + 1) });
        }
        more = next(close);
      }
      return open === '{' ? { type: 'object', members, start, end: at } : { type: 'array', items, start, end: at };
    }
    SCALAR.lastIndex = at;
    const raw = SCALAR.exec(text)?.[0] ?? fail('a value is expected here');
    at += raw.length;
    return { type: 'scalar', value: JSON.parse(raw) as number | boolean | null, start, end: at };
  };
  const root = value(0);
  skip();
  if (at < text.length) fail('nothing may follow the document');
  return root;
}

/** The offset after white space and, when `comments`, after comments. @throws JsonSyntaxError when a comment is not closed */
export function skipTrivia(text: string, from: number, comments: boolean): number {
  let at = from;
  for (;;) {
    const c = text[at];
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') at += 1;
    else if (comments && text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (comments && text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) throw new JsonSyntaxError('a comment is not closed', at);
      at = end + 2;
    } else return at;
  }
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function memberOf(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.type === 'object' ? node.members.findLast((member) => member.key === key) : undefined;
}
