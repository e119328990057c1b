/** YAML for the structural merge: documents, and how entries come and go in block collections. */
import { type Document, isMap, type ParsedNode, parseAllDocuments } from 'yaml';
import { type Container, type Entry, type Format, type Node, type Parsed, printNode, reindent } from './format.ts';
import { fitComma, isComma, joinComma } from './formats/comma-tree.ts';
import { numbered } from './identity.ts';
import { BLOCK, blockIndent, TreeReader } from './yaml-tree.ts';

export const yaml: Format = {
  id: 'yaml',
  matches: (path) =>
    /\.(?:ya?ml|yaml\.example|yml\.example)$/i.test(path) || /(?:^|\/)\.(?:yamllint|clang-format)$/.test(path),
  parse,
  fit,
  join,
};

const DOCUMENTS = 'documents';
const END = /^\.\.\.(?=\s|$)/m;

/** Brackets in brackets; more than this nobody wrote, and the library takes the square of it. */
const DEEPEST = 200;

function parse(text: string): Parsed {
  if (depthOf(text) > DEEPEST) return { error: 'this is nested too deeply' };
  try {
    return parsed(text);
  } catch (error) {
    // Nested a thousand deep, or an alias of nothing: the library throws.
    return { error: error instanceof Error ? (error.message.split('\n')[0] as string) : 'not YAML' };
  }
}

function parsed(text: string): Parsed {
  const documents = parseAllDocuments(text, { keepSourceTokens: true, prettyErrors: false });
  if (!Array.isArray(documents)) return { root: documentsOf([]) };
  for (const { errors } of documents) if (errors[0] !== undefined) return { error: errors[0].message };
  const starts = documents.map((document, index) => (index === 0 ? 0 : (document.range?.[0] ?? 0)));
  const entries = documents.map((document, index): Entry => {
    const begin = starts[index] as number;
    const end = starts[index + 1] ?? text.length;
    const name = documents.length === 1 ? '' : `#${index}`;
    return documentEntry(text, document, { begin, end, name });
  });
  const keys = numbered(documents.map(keyOf));
  const root = documentsOf(entries.map((entry, index) => ({ ...entry, key: keys[index] as string })));
  return { root: printNode(root) === text ? root : documentsOf([opaque(text)]) };
}

/** At least as deep as the text is; brackets in strings count as well. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1));
    most = Math.max(most, depth);
  }
  return most;
}

/** A text that is valid and that nobody here can cut. */
function opaque(text: string): Entry {
  const node = { kind: 'leaf', text, type: 'opaque', value: text, lines: false } as const;
  return { key: '', name: '', lead: '', open: '', node, comma: '', remark: '', plain: false };
}

function documentsOf(entries: readonly Entry[]): Container {
  return { kind: 'list', head: '', tail: '', indent: '', style: DOCUMENTS, props: '', entries };
}

type Place = Readonly<{ begin: number; end: number; name: string }>;

function documentEntry(text: string, document: Document.Parsed, { begin, end, name }: Place): Entry {
  const dashes = document.range?.[0] ?? begin;
  const marked = text.startsWith('---', dashes);
  // A comment behind the dashes belongs to them; a value there belongs to itself.
  const rest = marked ? /^---(?:[ \t]*(?:#[^\n]*)?\n)?/.exec(text.slice(dashes, end))?.[0] : '';
  const from = marked ? dashes + (rest?.length ?? 0) : begin;
  const contents = (document.contents ?? null) as ParsedNode | null;
  const reach = contents === null ? from : contents.range[1];
  const stop = END.exec(text.slice(reach, end));
  const to = stop === null ? end : reach + stop.index;
  const piece = new TreeReader(text).read(contents, from, to);
  return {
    key: '',
    name,
    lead: marked ? text.slice(begin, dashes) : '',
    open: text.slice(marked ? dashes : begin, piece.start),
    node: piece.node,
    comma: '',
    remark: text.slice(piece.end, end),
    plain: false,
  };
}

/** A manifest is known by its kind and name. */
function keyOf({ contents }: Document.Parsed): string {
  if (!isMap(contents)) return 'document';
  const [kind, name] = [contents.get('kind'), contents.getIn(['metadata', 'name'])];
  return typeof kind === 'string' && typeof name === 'string' ? `${kind}/${name}` : 'document';
}

function fit(entry: Entry, from: Container, to: Container, instead: Entry | null): Entry | null {
  if (from.style === DOCUMENTS || to.style === DOCUMENTS) return fitDocument(entry, from, to, instead);
  if (isComma(from) && isComma(to)) return fitComma(entry, from, to, reread);
  if (isComma(to)) return flowOf(entry, to);
  if (isComma(from)) return blockOf(entry, to);
  const text = reindent(`\n${entry.open}`, from.indent, to.indent).slice(1).trimStart();
  const script =
    instead !== null &&
    entry.node.kind === 'leaf' &&
    instead.node.kind === 'leaf' &&
    entry.node.lines &&
    instead.node.lines;
  return {
    ...entry,
    lead: reindent(`\n${entry.lead}`, from.indent, to.indent).slice(1),
    open: to.indent + text,
    // A script takes the indentation of the one that it replaces, so that their lines can be compared.
    node: script
      ? {
          ...entry.node,
          text: reindent(
            printNode(entry.node),
            blockIndent(printNode(entry.node)),
            blockIndent(printNode(instead.node)),
          ),
        }
      : movedNode(entry.node, from.indent, to.indent),
    remark: reindent(entry.remark, from.indent, to.indent),
  };
}

function fitDocument(entry: Entry, from: Container, to: Container, instead: Entry | null): Entry | null {
  if (from.style !== to.style) return null;
  return { ...entry, open: instead?.open ?? entry.open };
}

/** One line of a block in brackets: `- a` becomes `a`, `key: a` stays. */
function flowOf(entry: Entry, to: Container): Entry | null {
  const { node } = entry;
  if (node.kind !== 'leaf' || node.lines || node.text.includes('\n') || (entry.lead + entry.remark).trim() !== '')
    return null;
  // What brackets and commas would end.
  if (/^[^"'].*[,[\]{}]/.test(node.text) || node.text === '') return null;
  const open = to.kind === 'list' ? '' : entry.open.trimStart();
  const tall = to.head.includes('\n');
  return { ...entry, lead: '', open: tall ? to.indent + open : open, comma: '', remark: tall ? '\n' : '' };
}

/** An entry out of brackets on a line of its own. */
function blockOf(entry: Entry, to: Container): Entry | null {
  if (printNode(entry.node).includes('\n') || (entry.lead + entry.remark).trim() !== '') return null;
  const open = to.kind === 'list' ? '- ' : entry.open.trimStart();
  return { ...entry, lead: '', open: to.indent + open, comma: '', remark: '\n' };
}

function join(entries: readonly Entry[], like: Container): Container | null {
  if (isComma(like)) return joinComma(entries, like);
  if (like.style === DOCUMENTS) return { ...like, entries: entries.map(separated) };
  if (entries.length === 0) return null;
  const compact = like.style !== BLOCK;
  const [first, ...others] = entries.map((entry) => ({ ...entry, open: like.indent + entry.open.trimStart() })) as [
    Entry,
    ...Entry[],
  ];
  // The first entry stands behind the dash: no comment fits between.
  if (compact && first.lead.trim() !== '') return null;
  const top = compact ? { ...first, lead: '', open: first.open.trimStart() } : first;
  return { ...like, entries: [top, ...others] };
}

function separated(entry: Entry, index: number): Entry {
  return index > 0 && !entry.open.startsWith('---') ? { ...entry, open: `---\n${entry.open}` } : entry;
}

/** A collection in brackets, moved: its text read again. */
function reread(text: string): Node | null {
  const result = parse(`${text}\n`);
  const only = 'root' in result && result.root.entries.length === 1 ? result.root.entries[0] : undefined;
  return only !== undefined && only.lead + only.open === '' && only.remark === '\n' ? only.node : null;
}

/** All lines of a node but the one that it begins on, in another indentation. Empty lines stay empty. */
export function movedNode(node: Node, from: string, to: string): Node {
  if (from === to) return node;
  let fresh = false;
  const piece = (text: string): string => {
    if (text === '') return text;
    const out = fresh ? reindent(`\n${text}`, from, to).slice(1) : reindent(text, from, to);
    fresh = text.endsWith('\n');
    return out;
  };
  const inner = (child: Node): Node => {
    if (child.kind === 'leaf') return { ...child, text: piece(child.text) };
    const head = piece(child.head);
    const entries = child.entries.map((entry) => {
      const [lead, open] = [piece(entry.lead), piece(entry.open)];
      const value = inner(entry.node);
      return { ...entry, lead, open, node: value, comma: piece(entry.comma), remark: piece(entry.remark) };
    });
    const indent = child.indent.startsWith(from) ? to + child.indent.slice(from.length) : child.indent;
    return { ...child, head, entries, tail: piece(child.tail), indent };
  };
  return inner(node);
}
