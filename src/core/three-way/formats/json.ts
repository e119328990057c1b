/** JSON, with or without comments. A lock file of a package manager is taken whole: nobody merges it by hand. */
import { type JsonNode, JsonSyntaxError, lineAt, readJson, skipTrivia } from '../../merge/jsonc.ts';
import type { Container, Entry, Format, Node, Parsed } from '../format.ts';
import { fitComma, joinComma, type RawNode, type Source, treeOf } from './comma-tree.ts';
import { containerOf, entryOf, leafOf } from './parts.ts';

const JSON_FILE = /\.(?:json|jsonc|webmanifest|code-workspace)$/;
/** Settings without an ending that are JSON or YAML. */
const SETTINGS = /(?:^|\/)\.(?:eslintrc|swcrc|babelrc|prettierrc|jshintrc)$/;

/** Without comments and trailing commas, as long as the text has none: what reads it may refuse them. */
export const jsonFormat: Format = {
  id: 'json',
  matches: (path, text) => JSON_FILE.test(path) && isStrict(text),
  parse: (text) => parse(text, false),
  fit,
  join: joinComma,
};

export const jsoncFormat: Format = {
  id: 'jsonc',
  matches: (path, text) => JSON_FILE.test(path) || (SETTINGS.test(path) && /^\s*[{/[]/.test(text)),
  parse: (text) => parse(text, true),
  fit,
  join: joinComma,
};

/** Lock files that a program writes: one part, so that two sides that changed it are in conflict as a whole. */
export const generatedFormat: Format = {
  id: 'generated',
  matches: (path) =>
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|\.terraform\.lock\.hcl|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock|deno\.lock)$/.test(
      path,
    ),
  parse: (text) => ({
    root: containerOf('list', 'whole', [entryOf('$file', leafOf(text, 'file'), { name: '' })]),
  }),
  fit: (entry) => entry,
  join: (entries: readonly Entry[], like: Container) => ({ ...like, entries }),
};

function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parse(text: string, relaxed: boolean): Parsed {
  let root: JsonNode;
  try {
    root = readJson(text, relaxed);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { error: `line ${lineAt(text, error.offset)}: ${error.message}` };
  }
  const twice = duplicate(root);
  if (twice !== null)
    return { error: `line ${lineAt(text, twice.start)}: the key ${JSON.stringify(twice.key)} stands twice` };
  const node = treeOf(rawOf(root, text), sourceOf(text));
  const [before, after] = [text.slice(0, root.start), text.slice(root.end)];
  if (node.kind === 'leaf')
    return {
      root: containerOf('list', 'document', [entryOf('$value', node, { name: '', lead: before, remark: after })]),
    };
  return { root: { ...node, head: before + node.head, tail: node.tail + after } };
}

function sourceOf(text: string): Source {
  const unit = /^[ \t]+(?=["\]}[{])/m.exec(text)?.[0] ?? '  ';
  return { text, unit, skip: (from) => skipTrivia(text, from, true) };
}

function rawOf(node: JsonNode, text: string): RawNode {
  const { start, end } = node;
  if (node.type === 'object')
    return {
      type: 'object',
      start,
      end,
      members: node.members.map(({ key, start: from, value }) => ({ key, start: from, value: rawOf(value, text) })),
    };
  if (node.type === 'array') return { type: 'array', start, end, items: node.items.map((item) => rawOf(item, text)) };
  const kind = node.value === null ? 'null' : typeof node.value;
  return { type: 'scalar', start, end, kind, value: kind === 'string' ? String(node.value) : text.slice(start, end) };
}

function duplicate(node: JsonNode): Readonly<{ key: string; start: number }> | null {
  if (node.type === 'scalar') return null;
  if (node.type === 'array') return firstOf(node.items, duplicate);
  const seen = new Set<string>();
  for (const member of node.members) {
    if (seen.has(member.key)) return member;
    seen.add(member.key);
  }
  return firstOf(node.members, ({ value }) => duplicate(value));
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function fit(entry: Entry, from: Container, to: Container): Entry | null {
  return fitComma(entry, from, to, reread);
}

function reread(text: string): Node | null {
  try {
    return treeOf(rawOf(readJson(text, true), text), sourceOf(text));
  } catch {
    return null;
  }
}
