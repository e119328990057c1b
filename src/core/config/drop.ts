/** Takes a key out of a text: whole lines where it has lines of its own, and a section that has lost its last key with it. */
import { isMap, isScalar, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { PlainRecord } from '../../model.ts';
import { isRecord } from '../resolve/services.ts';
import { type Edit, endOf, eolOf, inlineAliases, isSame, lineEnd, saidBy } from './text.ts';

/** The text without a key and all that is below it; the comment on its line speaks of it and goes too. */
export function dropKey(before: string, path: readonly string[]): string {
  const document = parseDocument(before);
  if (!isMap(document.contents) || path.length === 0 || !document.hasIn(path)) return before;
  const whole = emptiedBy(document.contents, path);
  const wanted = withoutIn(document.toJS() as PlainRecord, whole);
  const map = (whole.length === 1 ? document.contents : document.getIn(whole.slice(0, -1), true)) as YAMLMap;
  const { from, to } = removal(before, map, whole.at(-1) ?? '');
  const text = before.slice(0, from) + before.slice(to);
  const said = saidBy(text);
  if (said !== undefined && isSame(said ?? {}, wanted)) return text;
  inlineAliases(document);
  document.deleteIn(whole);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).replaceAll('\n', eolOf(before));
}

/** The outermost section that holds nothing but this key; the key itself where it has neighbours. */
function emptiedBy(root: YAMLMap, path: readonly string[]): readonly string[] {
  for (let length = path.length; length > 1; length -= 1) {
    const section = root.getIn(path.slice(0, length - 1), true);
    if (!isMap(section) || section.items.length > 1) return path.slice(0, length);
  }
  return path.slice(0, 1);
}

/** Where a key stands with its value: its lines in a block, itself and a comma in braces. */
export function removal(text: string, map: YAMLMap, key: string): Edit {
  const at = map.items.findIndex((item) => isScalar(item.key) && String(item.key.value) === key);
  const pair = map.items[at];
  if (!pair) return { from: 0, to: 0, text: '' };
  const start = startOf(pair);
  const end = endOf((pair.value ?? pair.key) as Node);
  if (!map.flow) return { from: text.lastIndexOf('\n', start - 1) + 1, to: lineEnd(text, end), text: '' };
  const [before, after] = [map.items[at - 1], map.items[at + 1]];
  if (after) return { from: start, to: startOf(after), text: '' };
  return { from: before ? endOf((before.value ?? before.key) as Node) : start, to: end, text: '' };
}

function startOf({ key }: YAMLMap['items'][number]): number {
  return (key as Node | null)?.range?.[0] ?? 0;
}

function withoutIn(record: PlainRecord, [key = '', ...rest]: readonly string[]): PlainRecord {
  const inner = record[key];
  const left = Object.entries(record).filter(([name]) => name !== key || rest.length > 0);
  return Object.fromEntries(
    left.map(([name, value]) => [name, name === key && isRecord(inner) ? withoutIn(inner, rest) : value]),
  );
}
