/** One step of a migration, on the text of a configuration: the smallest change, and comments stay with what they speak of. */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Plain } from '../../model.ts';
import { dropKey } from '../config/drop.ts';
import { inlineAliases } from '../config/text.ts';
import { inline } from '../config/write.ts';

/**
 * Keys are dotted ids; `services.*.x` means that key of every service.
 * - `rename` gives a key another name in its place, `move` takes it elsewhere. The lists that name questions (`toConfirm`, `locked`) follow.
 * - `drop` takes a key out.
 * - `set` gives a value, with `unless` only where there is none.
 * - `replace` turns one value (or item of a list) into another.
 */
export type Step =
  | Readonly<{ rename: string; to: string }>
  | Readonly<{ move: string; to: string }>
  | Readonly<{ drop: string }>
  | Readonly<{ set: string; value: Plain; unless?: 'present' }>
  | Readonly<{ replace: string; from: Plain; to: Plain }>;

export function applyStep(text: string, step: Step): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return 'set' in step ? withFirst(document, text, step) : text;
  const before = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  const changed = act(before === text ? document : parseDocument(before), before, step);
  return before === text ? changed : changed.replaceAll('\n', '\r\n');
}

function act(document: Document.Parsed, text: string, step: Step): string {
  const paths = (key: string) => matching(document, key.split('.'));
  const edits: Edit[] = [];
  if ('rename' in step) {
    for (const path of paths(step.rename)) {
      const pair = pairAt(document, path);
      const target = [...path.slice(0, -1), step.to];
      // Both are there: the new one was written by a person, and holds.
      if (pair && !document.hasIn(target)) edits.push(scalarEdit(pair.key as Scalar, step.to));
    }
    const to = [...step.rename.split('.').slice(0, -1), step.to].join('.');
    return applyEdits(text, [...edits, ...mentions(document, step.rename, to)]);
  }
  if ('replace' in step) {
    for (const path of paths(step.replace)) {
      const value = pairAt(document, path)?.value;
      const scalars = isSeq(value) ? value.items : [value];
      for (const scalar of scalars)
        if (isScalar(scalar) && scalar.value === step.from) edits.push(scalarEdit(scalar, step.to));
    }
    return applyEdits(text, edits);
  }
  if ('drop' in step) {
    return paths(step.drop).reduce(dropKey, text);
  }
  if ('set' in step) {
    const path = step.set.split('.');
    const present = document.getIn(path, true);
    if (present !== undefined && step.unless === 'present') return text;
    if (isScalar(present) && present.range) return applyEdits(text, [scalarEdit(present, step.value)]);
    document.setIn(path, document.createNode(step.value));
    return printed(document);
  }
  const found = paths(step.move);
  if (found.length === 0) return text;
  inlineAliases(document);
  for (const path of found) {
    // Each `*` of the target stands for what the one of the source met.
    const names = path.filter((_, index) => step.move.split('.')[index] === '*');
    const target = step.to.split('.').map((key) => (key === '*' ? (names.shift() ?? key) : key));
    const pair = pairAt(document, path);
    if (!pair) continue;
    const section = (path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)) as YAMLMap;
    if (!document.hasIn(target)) place(document, target, pair, section);
    document.deleteIn(path);
    prune(document, path.slice(0, -1));
  }
  const moved = printed(document);
  return applyEdits(moved, mentions(parseDocument(moved), step.move, step.to));
}

/** Every path that a key with `*` means and that is there. */
function matching(document: Document.Parsed, key: readonly string[]): readonly (readonly string[])[] {
  return key.reduce<readonly (readonly string[])[]>(
    (paths, part) =>
      paths.flatMap((path) => {
        const node = path.length === 0 ? document.contents : document.getIn(path, true);
        if (!isMap(node)) return [];
        const names = node.items.flatMap((item) => (isScalar(item.key) ? [String(item.key.value)] : []));
        return names.filter((name) => part === '*' || name === part).map((name) => [...path, name]);
      }),
    [[]],
  );
}

function pairAt(document: Document.Parsed, path: readonly string[]): Pair | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  return isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1)) : undefined;
}

/** The pair itself goes, so that its comments go with it; the one above the first of a section stands with the section. */
function place(document: Document.Parsed, path: readonly string[], pair: Pair, section: YAMLMap): void {
  const folder = path.slice(0, -1);
  if (folder.length > 0 && !isMap(document.getIn(folder, true))) document.setIn(folder, document.createNode({}));
  const parent = (folder.length === 0 ? document.contents : document.getIn(folder, true)) as YAMLMap;
  const key = document.createNode(path.at(-1)) as Node;
  const isFirst = section.items[0] === (pair as unknown);
  key.commentBefore = (pair.key as Node).commentBefore ?? (isFirst ? section.commentBefore : null) ?? null;
  if (isFirst && section !== document.contents) section.commentBefore = null;
  key.spaceBefore = (pair.key as Node).spaceBefore ?? false;
  parent.items.push(document.createPair(key, pair.value) as YAMLMap['items'][number]);
}

/** A section that has lost its last key says nothing. */
function prune(document: Document.Parsed, path: readonly string[]): void {
  if (path.length === 0) return;
  const node = document.getIn(path, true);
  if (!isMap(node) || node.items.length > 0) return;
  document.deleteIn(path);
  prune(document, path.slice(0, -1));
}

/** Question ids that stand in lists: as items of `toConfirm`, as keys of `locked`. */
function mentions(document: Document.Parsed, from: string, to: string): readonly Edit[] {
  const edits: Edit[] = [];
  const listed = document.getIn(['toConfirm'], true);
  const locked = document.getIn(['locked'], true);
  const scalars: unknown[] = isSeq(listed) ? [...listed.items] : [];
  if (isMap(locked)) scalars.push(...locked.items.map(({ key }) => key));
  for (const scalar of scalars) {
    if (!isScalar(scalar) || typeof scalar.value !== 'string') continue;
    const name = nameIn(scalar.value, from);
    if (name !== null) edits.push(scalarEdit(scalar, to.replace('*', name)));
  }
  return edits;
}

/** The service that an id speaks of, where it is the question `pattern`; empty where the question is about no service; null: another. */
function nameIn(id: string, pattern: string): string | null {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return id === pattern ? '' : null;
  const isIt = id.startsWith(before) && id.endsWith(after) && id.length > before.length + after.length;
  const name = isIt ? id.slice(before.length, id.length - after.length) : '';
  return name === '' || name.includes('.') ? null : name;
}

type Edit = Readonly<{ from: number; to: number; text: string }>;

/** A scalar in the quotes that it stands in. */
function scalarEdit(scalar: Scalar, value: Plain): Edit {
  const [from = 0, to = 0] = scalar.range ?? [];
  return { from, to, text: inline(value, scalar.type) };
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((done, edit) => done.slice(0, edit.from) + edit.text + done.slice(edit.to), text);
}

/** The library's print: comments stay, spaces may not. */
function printed(document: Document.Parsed): string {
  return document.toString({ lineWidth: 0 });
}

function withFirst(document: Document.Parsed, text: string, step: Extract<Step, { set: string }>): string {
  if (document.contents !== null && !(isScalar(document.contents) && document.contents.value === null)) return text;
  const nested = step.set.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), step.value);
  const lines = new (document.constructor as typeof Document)(nested).toString();
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${lines}`;
}
