/** Repositories of hooks as text: a fragment is read into them, and what is owned is written as one. */
import { isMap, isScalar, isSeq, type ParsedNode, parse, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { toLf } from '../text-style.ts';
import { type List, linesOf } from './yaml-list.ts';

/** `text`: its lines, the first begins with a dash. `flow`: on one line, between brackets, where no remark fits. The stamps are equal where two say the same. */
type Item = Readonly<{ text: string; flow: string; stamp: string; flowStamp: string }>;
export type Hook = Item & Readonly<{ id: string }>;
/** `whole`: the entry itself is ours, not only hooks in it. `rev` as it is spelt. */
export type Repo = Item &
  Readonly<{ key: string; url: string; rev: string | null; hooks: ReadonlyMap<string, Hook>; whole: boolean }>;
/** `lists`: what stood in the place of lists that were begun, by repository ('' is `repos`); null: there was no such key. */
export type Addition = Readonly<{
  repos: ReadonlyMap<string, Repo>;
  lists: ReadonlyMap<string, string | null>;
  /** A fragment, which has no notes. */
  isPlain: boolean;
}>;
export type Owned = Readonly<{ repos: readonly Repo[]; lists: ReadonlyMap<string, string | null> }>;

const NOTE = '#opened ';

/** One name for one repository, however its address is spelt. */
export function keyOf(url: string): string {
  return url
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** Reads a fragment or what an earlier merge noted; a text where it is neither. */
export function readAddition(source: string): Addition | string {
  const text = toLf(source);
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return `the addition is not YAML: ${error.message}`;
  const root = document.contents as ParsedNode | null;
  const below = isMap(root)
    ? (root as YAMLMap.Parsed).items.find(({ key }) => isScalar(key) && key.value === 'repos')
    : null;
  const list = below?.value ?? root;
  const note = noteOf(text);
  const repos = new Map<string, Repo>();
  if (list !== null && !(isScalar(list) && list.value === null)) {
    if (!isSeq(list) || list.flow === true) return 'the addition is no list of repositories, one below the other';
    for (const node of (list as YAMLSeq.Parsed).items as ParsedNode[]) {
      const repo = repoOf(text, node, note);
      if (typeof repo === 'string') return repo;
      if (repos.has(repo.key)) return `the addition has the repository ${repo.url} twice`;
      repos.set(repo.key, repo);
    }
  }
  return { repos, lists: note?.lists ?? new Map(), isPlain: note === null };
}

/** What is owned, as a fragment with the notes behind it. */
export function writeOwned({ repos, lists }: Owned): string {
  const entries = repos.map(({ whole, text, url, rev, hooks }) => {
    if (whole) return `${text}\n`;
    const own = [...hooks.values()].map((hook) => hook.text.replace(/^(?=.)/gm, '    '));
    const head = [
      `- repo: ${JSON.stringify(url)}`,
      ...(rev === null ? [] : [`  rev: ${JSON.stringify(rev)}`]),
      '  hooks:',
    ];
    return `${[...head, ...own].join('\n')}\n`;
  });
  const note = { whole: repos.filter(({ whole }) => whole).map(({ key }) => key), lists: [...lists] };
  return `${entries.join('')}${NOTE}${JSON.stringify(note)}\n`;
}

/** Equal where two items hold the same values and the same remarks, however they are indented. */
export function stampOf(text: string): string {
  const plain = dedent(toLf(text));
  const remarks = plain.match(/(?<=^|\s)#.*$/gm) ?? [];
  try {
    return JSON.stringify([sorted(parse(plain, { logLevel: 'silent' })), remarks.map((remark) => remark.trim())]);
  } catch {
    return JSON.stringify(plain); // it needs an anchor from elsewhere, so it is none of ours
  }
}

/** Whether what stands in a file is the item. */
export function isSame(found: Readonly<{ stamp: string; list: List }>, item: Item | undefined): boolean {
  return found.stamp === item?.stamp || (found.list.seq?.flow === true && found.stamp === item?.flowStamp);
}

type Note = Readonly<{ whole: readonly string[]; lists: ReadonlyMap<string, string | null> }>;

function repoOf(text: string, node: ParsedNode, note: Note | null): Repo | string {
  const map = isMap(node) ? (node as YAMLMap.Parsed) : null;
  const value = (name: string) => map?.items.find(({ key }) => isScalar(key) && key.value === name)?.value ?? null;
  const [url, rev, list] = [value('repo'), value('rev'), value('hooks')];
  if (!isScalar(url) || !isSeq(list)) return 'an entry of the addition is not a repository (repo, rev, hooks)';
  const hooks = new Map<string, Hook>();
  for (const hook of list.items as ParsedNode[]) {
    const id = isMap(hook)
      ? (hook as YAMLMap.Parsed).items.find(({ key }) => isScalar(key) && key.value === 'id')?.value
      : undefined;
    if (!isScalar(id)) return `a hook of ${String(url.value)} in the addition has no id`;
    hooks.set(String(id.value), { ...itemOf(text, hook, list.flow === true), id: String(id.value) });
  }
  const key = keyOf(String(url.value));
  return {
    ...itemOf(text, node, false),
    key,
    url: String(url.value),
    rev: isScalar(rev) ? String(rev.value) : null,
    hooks,
    whole: note === null || note.whole.includes(key),
  };
}

function itemOf(text: string, node: ParsedNode, isFlow: boolean): Item {
  const { start, end } = linesOf(text, node);
  const own = isFlow ? `- ${text.slice(node.range[0], node.range[1])}` : dedent(text.slice(start, end)).trimEnd();
  const [value] = parse(own, { logLevel: 'silent' }) as [unknown];
  const flow = flowOf(value);
  return { text: own, flow, stamp: stampOf(own), flowStamp: stampOf(`- ${flow}`) };
}

function noteOf(text: string): Note | null {
  const line = text.split('\n').find((one) => one.startsWith(NOTE));
  if (line === undefined) return null;
  try {
    const { whole, lists } = JSON.parse(line.slice(NOTE.length)) as Readonly<Record<string, unknown>>;
    const pairs = (Array.isArray(lists) ? lists : []).filter(
      (pair): pair is [string, string | null] =>
        Array.isArray(pair) && typeof pair[0] === 'string' && (pair[1] === null || isEmptyList(pair[1])),
    );
    return { whole: Array.isArray(whole) ? whole.filter((key) => typeof key === 'string') : [], lists: new Map(pairs) };
  } catch {
    return { whole: [], lists: new Map() }; // a damaged note opens nothing
  }
}

/** Only an empty list, or nothing at all, can have stood in the place of one. */
function isEmptyList(text: unknown): boolean {
  return typeof text === 'string' && /^\s*(\[\s*\])?$/.test(text);
}

function dedent(text: string): string {
  const indent = /^ */.exec(text)?.[0] ?? '';
  return text
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    .join('\n');
}

function flowOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${flowOf(key)}: ${flowOf(one)}`)
      .join(', ')} }`;
  const isWord =
    typeof value === 'string' && /^[A-Za-z][\w./@-]*(?::\/\/[\w./@-]+)?$/.test(value) && parse(value) === value;
  return isWord ? value : JSON.stringify(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, one]) => [key, sorted(one)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
