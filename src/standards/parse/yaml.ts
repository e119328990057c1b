/** YAML with the lines of its nodes. Never throws: what does not parse is returned as problems. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export type SyntaxProblem = Readonly<{ line: number; message: string }>;
export type YamlPath = readonly (string | number)[];

export type YamlFile = Readonly<{
  path: string;
  data: unknown;
  /** Line (from 1) of the key or item at `keys`; the nearest ancestor's where it cannot be told. */
  line: (keys: YamlPath) => number;
  /** Line of line `index` inside the text at `keys` (a block scalar starts below its key). */
  lineInside: (keys: YamlPath, index: number) => number;
}>;

export function parseYaml(
  path: string,
  source: string,
): Readonly<{ file: YamlFile | null; problems: SyntaxProblem[] }> {
  const counter = new LineCounter();
  const fail = (line: number, message: string) => ({ file: null, problems: [{ line, message }] });
  try {
    const document = parseDocument(source, { lineCounter: counter, merge: true, prettyErrors: false });
    const [error] = document.errors;
    if (error) return fail(counter.linePos(error.pos[0]).line, firstLine(error.message));
    return { file: yamlFile(path, document, counter), problems: [] };
  } catch (error) {
    // Aliases that explode and nesting without end: refused by the parser with an exception.
    return fail(1, firstLine(error instanceof Error ? error.message : String(error)));
  }
}

function yamlFile(path: string, document: Document.Parsed, counter: LineCounter): YamlFile {
  const lineOf = (node: unknown, fallback: number): number => {
    const range = (node as Node | null)?.range;
    return range ? counter.linePos(range[0]).line : fallback;
  };
  const find = (keys: YamlPath): { line: number; node: unknown } => {
    let node: unknown = document.contents;
    let line = 1;
    for (const key of keys) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(key));
        if (!pair) return { line, node: null };
        line = lineOf(pair.key, line);
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(key)];
        if (item === undefined) return { line, node: null };
        line = lineOf(item, line);
        node = item;
      } else return { line, node: null };
    }
    return { line, node };
  };
  return {
    path,
    data: document.toJS(),
    line: (keys) => find(keys).line,
    lineInside: (keys, index) => {
      const { line, node } = find(keys);
      const block = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
      return block ? line + 1 + index : line;
    },
  };
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
