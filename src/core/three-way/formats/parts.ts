/** How the formats write down what they read. */
import type { Container, Entry, Leaf, Node } from '../format.ts';

export function leafOf(text: string, type: string, value = text, lines = false): Leaf {
  return { kind: 'leaf', text, type, value, lines };
}

/** An entry; what is not said is empty. */
export function entryOf(key: string, node: Node, rest: Partial<Entry> = {}): Entry {
  return { key, name: null, lead: '', open: '', node, comma: '', remark: '', plain: false, ...rest };
}

export function containerOf(
  kind: Container['kind'],
  style: string,
  entries: readonly Entry[],
  rest: Partial<Container> = {},
): Container {
  return { kind, head: '', tail: '', indent: '', style, props: '', entries, ...rest };
}

/** The lines of a text, each with its end. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Keys made unique: an equal one further down is numbered. */
export function unique(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const count = (seen.get(entry.key) ?? 0) + 1;
    seen.set(entry.key, count);
    return count === 1 ? entry : { ...entry, key: `${entry.key}#${count}` };
  });
}
