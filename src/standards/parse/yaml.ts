/** YAML with the lines of its nodes. Never throws: what does not parse is returned as problems. */
import { CORE_SCHEMA, constructFromEvents, mergeTag, parseEvents } from 'js-yaml';
import { LineCounter, parseDocument } from 'yaml';
import { expandedSize, type Places, placesOf } from './yaml-places.ts';

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

/** More than any file of a project has; aliases of aliases get there with a few lines. */
const MOST_NODES = 1_000_000;

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** js-yaml takes a quarter of the time that `yaml` takes; what it refuses is told by `yaml`, whose messages say more. */
export function parseYaml(
  path: string,
  source: string,
): Readonly<{ file: YamlFile | null; problems: readonly SyntaxProblem[] }> {
  try {
    const events = parseEvents(source, {});
    if (expandedSize(source, events) > MOST_NODES)
      return { file: null, problems: [{ line: 1, message: 'its aliases stand for more than anybody can read' }] };
    const documents = constructFromEvents(events, { source, schema: SCHEMA });
    if (documents.length === 1) return { file: yamlFile(path, source, documents[0]), problems: [] };
  } catch {}
  const problem = problemOf(source);
  // An empty file is valid, and nothing.
  return problem === null ? { file: yamlFile(path, source, null), problems: [] } : { file: null, problems: [problem] };
}

/** The text is read again when the first line is asked for: few ever are, and its events take twenty times the room of the text. */
function yamlFile(path: string, source: string, data: unknown): YamlFile {
  let places: Places | null = null;
  const find: Places = (keys) => {
    places ??= placesOf(source, data === null ? [] : parseEvents(source, {}));
    return places(keys);
  };
  return {
    path,
    data,
    line: (keys) => find(keys).line,
    lineInside: (keys, index) => {
      const { line, block } = find(keys);
      return block ? line + 1 + index : line;
    },
  };
}

function problemOf(source: string): SyntaxProblem | null {
  const counter = new LineCounter();
  try {
    const [error] = parseDocument(source, { lineCounter: counter, merge: true, prettyErrors: false }).errors;
    return error ? { line: counter.linePos(error.pos[0]).line, message: firstLine(error.message) } : null;
  } catch (error) {
    // Nesting without end: refused by the parser with an exception.
    return { line: 1, message: firstLine(error instanceof Error ? error.message : String(error)) };
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
