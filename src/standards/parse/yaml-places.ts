/** Where the nodes of a YAML text stand, made from the parser's events when the first line is asked for. */
import {
  EVENT_ALIAS,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  SCALAR_STYLE_FOLDED_BLOCK,
  SCALAR_STYLE_LITERAL_BLOCK,
} from 'js-yaml';

export type Place = Readonly<{ line: number; block: boolean }>;
export type Places = (keys: readonly (string | number)[]) => Place;

/** `at` null: nothing stands there, as after `key:`. */
type Node = Readonly<{
  at: number | null;
  block: boolean;
  text: string;
  pairs: readonly Readonly<{ key: Node; value: Node }>[];
  items: readonly Node[];
  alias: string | null;
}>;

export function placesOf(source: string, events: readonly Event[]): Places {
  const { root, anchors } = treeOf(source, events);
  const lineOf = lineFinder(source);
  return (keys) => {
    let node: Node | undefined = root;
    let line = 1;
    for (const key of keys) {
      if (node?.alias) node = anchors.get(node.alias);
      const pair: Node['pairs'][number] | undefined = node?.pairs.find(({ key: { text } }) => text === String(key));
      const at: Node | undefined = pair?.key ?? node?.items[Number(key)];
      if (at === undefined) return { line, block: false };
      if (at.at !== null) line = lineOf(at.at);
      node = pair?.value ?? at;
    }
    return { line, block: node?.block ?? false };
  };
}

/** Nodes that there are when every alias is what it stands for: nine aliases of nine of nine … are a billion. */
export function expandedSize(source: string, events: readonly Event[]): number {
  if (!events.some(({ type }) => type === EVENT_ALIAS)) return events.length;
  const { root, anchors } = treeOf(source, events);
  const sizes = new Map<Node, number>();
  const sizeOf = (node: Node): number => {
    const known = sizes.get(node);
    if (known !== undefined) return known;
    sizes.set(node, 1); // An alias of what it stands in: counted once.
    const target = node.alias === null ? undefined : anchors.get(node.alias);
    const inside = [
      ...node.items,
      ...node.pairs.flatMap(({ key, value }) => [key, value]),
      ...(target ? [target] : []),
    ];
    const size = inside.reduce((sum, one) => sum + sizeOf(one), 1);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(root);
}

function treeOf(source: string, events: readonly Event[]) {
  const anchors = new Map<string, Node>();
  let next = 1; // the first event opens the document
  const nothing: Node = { at: null, block: false, text: '', pairs: [], items: [], alias: null };
  const read = (): Node => {
    const event = events[next++];
    if (event?.type === EVENT_ALIAS)
      return { ...nothing, at: event.anchorStart - 1, alias: source.slice(event.anchorStart, event.anchorEnd) };
    if (event?.type !== EVENT_SCALAR && event?.type !== EVENT_MAPPING && event?.type !== EVENT_SEQUENCE) return nothing;
    const node = event.type === EVENT_SCALAR ? scalar(event) : collection(event);
    if (event.anchorStart >= 0) anchors.set(source.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  };
  const scalar = (event: Extract<Event, { type: typeof EVENT_SCALAR }>): Node => {
    const block = event.style === SCALAR_STYLE_LITERAL_BLOCK || event.style === SCALAR_STYLE_FOLDED_BLOCK;
    // The text of a block starts below the line that opens it.
    const at = event.valueStart < 0 ? null : block ? event.valueStart - 1 : event.valueStart;
    return { ...nothing, at, block, text: getScalarValue(source, event) };
  };
  const collection = (event: Extract<Event, { type: typeof EVENT_MAPPING | typeof EVENT_SEQUENCE }>): Node => {
    const pairs: { key: Node; value: Node }[] = [];
    const items: Node[] = [];
    while (events[next] !== undefined && events[next]?.type !== EVENT_POP) {
      if (event.type === EVENT_MAPPING) pairs.push({ key: read(), value: read() });
      else items.push(read());
    }
    next++;
    return { ...nothing, at: event.start, pairs, items };
  };
  return { root: read(), anchors };
}

/** Offset → line, from 1. */
function lineFinder(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
