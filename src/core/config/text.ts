/** Texts of YAML under edits: where things end, and whether a text still says what it should. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { Plain } from '../../model.ts';

export type Edit = Readonly<{ from: number; to: number; text: string }>;

/** What a text says; undefined where an edit broke it, or took an anchor away that is still named. */
export function saidBy(text: string): Plain | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS() as Plain;
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

export function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

export function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

export function lineEnd(text: string, at: number): number {
  if (text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Where the last thing in a node ends; a block's own range reaches over the comments behind it. */
export function endOf(node: Node): number {
  if ((isMap(node) || isSeq(node)) && !node.flow) {
    const last = node.items.at(-1);
    const end = isPair(last) ? (last.value ?? last.key) : last;
    if (isNode(end)) return endOf(end);
  }
  return node.range?.[1] ?? 0;
}

/** Aliases become what they stand for: their anchor may be on a value that changes, or goes. */
export function inlineAliases(document: Document): void {
  visit(document, { Alias: (_, alias) => alias.resolve(document)?.clone() as Node | undefined });
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) delete (node as Scalar).anchor;
    },
  });
}
