/**
 * What a format gives to the structural merge: its text as a tree whose pieces, printed one after the other, are the text again, byte for
 * byte. The engine (tree.ts) merges three such trees by identity keys and prints the result, so what nobody changed is the user's own text,
 * and what is new is the new version's own text with its comments, only moved to the place's indentation.
 */

/** A value without parts. Two leaves say the same when `type` and `value` are equal; `text` is only how it is spelled. */
export type Leaf = Readonly<{
  kind: 'leaf';
  text: string;
  /** What kind of value: `1` and `"1"` differ. The format's own words; an anchor or tag belongs here. */
  type: string;
  /** Decoded. */
  value: string;
  /** A text of several lines (a script, a paragraph): when both sides changed it, its lines are merged before that is a conflict. */
  lines: boolean;
}>;

/**
 * Printed as `head`, the entries, `tail`. In a `map` the order says nothing and a key stands once; in a `list` order is meaning. `props`
 * is part of the value (an anchor, a tag). `indent` is the white space that an entry's own line begins with, '' where entries share a line.
 */
export type Container = Readonly<{
  kind: 'map' | 'list';
  head: string;
  tail: string;
  indent: string;
  /** The format's own word for how it is written: `block`, `flow`. */
  style: string;
  props: string;
  entries: readonly Entry[];
}>;

export type Node = Leaf | Container;

/** Printed as `lead`, `open`, the node, `comma`, `remark`. */
export type Entry = Readonly<{
  /**
   * Identity among the entries of its container, the same in all three texts: the key of a map; in a list what names the item
   * (`name:Build`), an equal one further down numbered (`name:Build#2`). Unique.
   */
  key: string;
  /** The part of a conflict's pointer: the key as written in a map; null in a list (its number is taken). '' adds no part. */
  name: string | null;
  /** Comments and empty lines above it, whole lines. */
  lead: string;
  /** Its line up to the value: indentation and `uses: `, `- `, `"name": `. */
  open: string;
  node: Node;
  /** `,` where the format has separators and this entry is followed by one; else ''. */
  comma: string;
  /** From behind the value (and comma) to the end of the entry: white space, a comment at the end of the line, the line end. */
  remark: string;
  /**
   * When set, an entry that is a mere value (a word of a list, a line of a set): what it says is what it is. Only where one went and one
   * came in its place that begins and ends alike, it is the same one changed.
   */
  plain: boolean;
}>;

export type Parsed = Readonly<{ root: Container }> | Readonly<{ error: string }>;

export type Format = Readonly<{
  id: string;
  matches(path: string, text: string): boolean;
  /**
   * Printing the root gives `text` again. An error (one sentence) where the text is not valid: the format's own parser refuses it, or a key
   * stands twice. Never throws. Texts have LF ends, no byte order mark and a final newline.
   */
  parse(text: string): Parsed;
  /**
   * An entry of one text made to stand in a container of another one: its indentation, its style. `instead` is the entry that it takes the
   * place of. Null where it cannot stand there (a block in a container on one line): the place is a conflict then.
   */
  fit(entry: Entry, from: Container, to: Container, instead: Entry | null): Entry | null;
  /**
   * Puts in order what changed neighbours: commas, white space between entries on one line, a line end after what was the last line, an
   * empty container that has entries now. `like` is the container as it was in the user's text. Null where it cannot be written.
   */
  join(entries: readonly Entry[], like: Container): Container | null;
}>;

export function printNode(node: Node): string {
  return node.kind === 'leaf' ? node.text : node.head + node.entries.map(printEntry).join('') + node.tail;
}

export function printEntry({ lead, open, node, comma, remark }: Entry): string {
  return lead + open + printNode(node) + comma + remark;
}

/** What a node says, as a string: equal strings, equal meaning. The order of a map does not count. */
export function meaning(node: Node): string {
  if (node.kind === 'leaf') return JSON.stringify([node.type, node.value]);
  const parts = node.entries.map((entry) =>
    node.kind === 'map' ? `${JSON.stringify(entry.key)}:${meaning(entry.node)}` : meaning(entry.node),
  );
  return `${node.props}${node.kind === 'map' ? `{${parts.sort().join(',')}}` : `[${parts.join(',')}]`}`;
}

/** Moves a text from one indentation to another, line by line; the first line stands behind something and stays. */
export function reindent(text: string, from: string, to: string): string {
  if (from === to) return text;
  return text
    .split('\n')
    .map((line, index) => (index > 0 && line.startsWith(from) && line !== '' ? to + line.slice(from.length) : line))
    .join('\n');
}
