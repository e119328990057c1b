/** YAML (or JSON, which is YAML too) as plain data, with the line of each key: what people wrote, and where. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { type Problem, SetupError } from '../../errors.ts';
import type { PlainRecord } from '../../model.ts';

/** `lineOf` gives the line of a key, or of an item of a list; of the nearest key above it where it is not there; 1 where nothing is. */
export type DataFile = Readonly<{
  value: PlainRecord;
  lineOf: (path: readonly (string | number)[]) => number;
}>;

export type ReadOptions = Readonly<{
  /** Ends every problem: how such a file is mended. */
  mend?: string;
  /** Refuses tags: what somebody else wrote is data, and `!!js/function` asks for more. */
  plain?: boolean;
}>;

/** A person reads the first few; the others follow from them more often than not. */
const MOST_PROBLEMS = 20;

/**
 * Reads a file that holds one mapping; an empty one says nothing. `place` names it in problems.
 * @throws SetupError CONFIG_SYNTAX with the problems of the file, each with its line.
 */
export function readData(text: string, place: string, { mend, plain = false }: ReadOptions = {}): DataFile {
  const lines = new LineCounter();
  const options = { uniqueKeys: true, merge: false, prettyErrors: false, logLevel: 'error' } as const;
  const document = parseDocument(text, { lineCounter: lines, ...options });
  const lineAt = (offset: number): number => Math.max(lines.linePos(offset).line, 1);
  const syntax = (at: number, message: string): Problem => ({
    code: 'CONFIG_SYNTAX',
    place: `${place}:${lineAt(at)}`,
    message: `${message}.`,
    hint: mend ?? 'Mend the line, or move the file away to start anew.',
  });
  const deep = document.errors.find(({ message }) => message.startsWith('Maximum call stack'));
  if (deep) throw new SetupError(syntax(deep.pos[0], 'it is nested too deeply'));
  const problems = document.errors.slice(0, MOST_PROBLEMS).map((error) => syntax(error.pos[0], error.message));
  problems.push(...faultsOf(document, plain).map(({ at, message }) => syntax(at, message)));
  if (problems.length > 0) throw new SetupError(problems);
  const lineOf: DataFile['lineOf'] = (path) => lineAt(offsetOf(document, path));
  if (saysNothing(document)) return { value: {}, lineOf };
  if (!isMap(document.contents))
    throw new SetupError(syntax(document.contents?.range[0] ?? 0, 'a mapping of keys is expected'));
  return { value: plainOf(document, (message) => syntax(0, message)), lineOf };
}

/** Empty, or comments only. */
export function saysNothing({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null && contents.source === '');
}

/** An alias without its anchor, or aliases that multiply without end, are found by the conversion only. */
function plainOf(document: Document.Parsed, problem: (message: string) => Problem): PlainRecord {
  try {
    return document.toJS({ maxAliasCount: 20 }) as PlainRecord;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new SetupError(problem(error.message), { cause: error });
  }
}

const CORE_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** What parses and is no plain data: an alias inside of what it stands for, without end, and tags where they are refused. */
function faultsOf(document: Document.Parsed, plain: boolean): readonly Readonly<{ at: number; message: string }>[] {
  const found: { at: number; message: string }[] = [];
  visit(document, {
    Node: (_, node, path) => {
      const { tag, range } = node as Node & { tag?: string };
      const at = range?.[0] ?? 0;
      if (isAlias(node) && path.some((outer) => (outer as Scalar).anchor === node.source))
        found.push({ at, message: `the alias *${node.source} stands inside of what it names` });
      if (plain && tag !== undefined && !CORE_TAG.test(tag))
        found.push({ at, message: `the tag ${tag.replace('tag:yaml.org,2002:', '!!')} is refused: data only` });
    },
  });
  return found;
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (!isNode(item)) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
