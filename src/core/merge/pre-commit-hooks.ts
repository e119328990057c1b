/**
 * `.pre-commit-config.yaml`: repositories of hooks. `fragment` is YAML, the entries of `repos:` (with or without that key). Of a repository
 * that the user has, only hooks that are missing are added, and its revision is never changed. What the user edited or took away stays so.
 */
import { isMap, isScalar, type ParsedNode, type YAMLMap } from 'yaml';
import { NoRoom } from './json-edit.ts';
import { type MergeResult, type Merger, orAbsent } from './merger.ts';
import {
  type Addition,
  type Hook,
  isSame,
  keyOf,
  type Owned,
  type Repo,
  readAddition,
  stampOf,
  writeOwned,
} from './pre-commit-text.ts';
import { addItem, addList, dropItem, type List, linesOf, listBelow, rootOf, splice, swapItem } from './yaml-list.ts';

/** An entry of the file that names a repository; `list` is the list that it is in. */
type Entry = Readonly<{ url: string; rev: ParsedNode | null; index: number; list: List; hooks: List; stamp: string }>;
type Lists = Map<string, string | null>;

export const preCommitHooks: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  const whole = existing ?? '';
  const mark = whole.startsWith('\ufeff') ? '\ufeff' : '';
  const before = whole.slice(mark.length);
  const wanted = readAddition(fragment);
  if (typeof wanted === 'string') return { kind: 'conflict', reason: wanted };
  const had = readAddition(previous ?? '');
  const mine: Addition = typeof had === 'string' ? NOTHING : had;
  try {
    const { text, owned, kept } = mergeRepos(before, wanted, mine);
    rootOf(text); // what cannot be read back was no safe edit
    const base = writeOwned(owned);
    if (text !== before) return { kind: 'applied', text: mark + text, owned: base, kept };
    if (kept.length > 0 && owned.repos.length === 0)
      return { kind: 'conflict', reason: `the file has its own ${kept.join(', ')}` };
    return { kind: 'unchanged', owned: base, kept };
  } catch (error) {
    if (error instanceof NoRoom) return { kind: 'conflict', reason: error.message };
    throw error;
  }
}

const NOTHING: Addition = { repos: new Map(), lists: new Map(), isPlain: false };

function mergeRepos(
  before: string,
  wanted: Addition,
  mine: Addition,
): Readonly<{ text: string; owned: Owned; kept: readonly string[] }> {
  const lists: Lists = new Map(mine.lists);
  const kept: string[] = [];
  const repos: Repo[] = [];
  let text = before;
  for (const [key, repo] of mine.repos) if (!wanted.repos.has(key)) text = takeOut(text, repo, lists);
  for (const [key, repo] of wanted.repos) {
    const old = mine.repos.get(key);
    const there = entriesOf(text).filter(({ url }) => url === key);
    if (there.length === 0 && old !== undefined) repos.push(old);
    else if (there.length === 0) {
      text = begin(text, repo, lists);
      repos.push({ ...repo, whole: true });
    } else {
      const same = there.find((entry) => old?.whole === true && isSame(entry, old));
      if (same !== undefined) {
        if (!isSame(same, repo)) text = swapItem(text, same.list, same.index, repo.text, repo.flow);
        repos.push({ ...repo, whole: true });
        continue;
      }
      const result = mergeHooks(text, repo, old, lists);
      text = result.text;
      kept.push(...result.kept);
      if (old?.whole === true) repos.push({ ...repo, whole: true });
      else if (result.owned.length > 0) repos.push({ ...repo, whole: false, hooks: new Map(result.owned) });
    }
  }
  for (const key of lists.keys()) if (key !== '' && !repos.some((repo) => repo.key === key)) lists.delete(key);
  if (repos.length === 0) lists.clear();
  return { text, owned: { repos, lists }, kept };
}

/** A repository that the file does not have. */
function begin(text: string, repo: Repo, lists: Lists): string {
  const root = rootOf(text);
  const list = root === null ? null : listBelow(text, root, 'repos');
  if (list === null) {
    lists.set('', null);
    return addList(text, root, 'repos', repo.text);
  }
  const room = addItem(text, list, repo.text, repo.flow);
  if (room.was !== undefined && !lists.has('')) lists.set('', room.was);
  return room.text;
}

/** A repository that the file has, and not as we wrote it: hook by hook. */
function mergeHooks(
  before: string,
  repo: Repo,
  old: Repo | undefined,
  lists: Lists,
): Readonly<{ text: string; owned: readonly [string, Hook][]; kept: readonly string[] }> {
  let text = before;
  const owned: [string, Hook][] = [];
  const kept: string[] = [];
  const entries = () => entriesOf(text).filter(({ url }) => url === repo.key);
  const { rev } = entries().at(-1) as Entry;
  const now = isScalar(rev) ? String(rev.value) : null;
  if (now !== null && now !== repo.rev) {
    if (old?.whole === true && now === old.rev && repo.rev !== null)
      text = splice(text, (rev as ParsedNode).range[0], (rev as ParsedNode).range[1], repo.rev);
    else kept.push(`rev ${now} of ${repo.url}`);
  }
  for (const [id, hook] of repo.hooks) {
    const mine = old?.hooks.get(id);
    const found = entries().flatMap((entry) => hooksOf(text, entry).filter((other) => other.id === id))[0];
    if (found === undefined && mine === undefined) {
      const { hooks } = entries().at(-1) as Entry;
      const room = addItem(text, hooks, hook.text, hook.flow);
      if (room.was !== undefined && !lists.has(repo.key)) lists.set(repo.key, room.was);
      text = room.text;
      owned.push([id, hook]);
    } else if (found === undefined) owned.push([id, mine as Hook]);
    else if (isSame(found, hook)) owned.push(...(mine === undefined ? [] : ([[id, hook]] as [string, Hook][])));
    else if (isSame(found, mine)) {
      text = swapItem(text, found.list, found.index, hook.text, hook.flow);
      owned.push([id, hook]);
    } else {
      kept.push(id);
      if (mine !== undefined) owned.push([id, mine]);
    }
  }
  const stale = [...(old?.hooks ?? [])].filter(([id]) => !repo.hooks.has(id)).map(([, hook]) => hook);
  return { text: takeHooks(text, repo.key, stale, lists), owned, kept };
}

function remove(existing: string, owned: string): string | null {
  const mark = existing.startsWith('\ufeff') ? '\ufeff' : '';
  const mine = readAddition(owned);
  if (typeof mine === 'string') return existing;
  const lists: Lists = mine.isPlain ? new Map([['', null]]) : new Map(mine.lists);
  try {
    const body = existing.slice(mark.length);
    return orAbsent(mark + [...mine.repos.values()].reduceRight((text, repo) => takeOut(text, repo, lists), body));
  } catch (error) {
    if (error instanceof NoRoom) return existing; // the user's to mend; nothing is taken out of it meanwhile
    throw error;
  }
}

/** Takes out a whole entry that still is what we wrote, else those of our hooks that are, as long as the user's are left. */
function takeOut(text: string, repo: Repo, lists: Lists): string {
  const there = entriesOf(text).filter(({ url }) => url === repo.key);
  const same = there.findLast((entry) => repo.whole && isSame(entry, repo));
  if (same !== undefined) {
    const isLast = same.list.items.length === 1;
    const next = dropItem(text, same.list, same.index, isLast ? lists.get('') : undefined);
    if (isLast) lists.delete('');
    return next;
  }
  const hooks = [...repo.hooks.values()];
  const theirs = there
    .flatMap((entry) => hooksOf(text, entry))
    .some((found) => !hooks.some((hook) => isSame(found, hook)));
  // Edited elsewhere, by a newer revision for example: then it is the user's.
  if (repo.whole && !theirs) return text;
  return takeHooks(text, repo.key, hooks, lists);
}

function takeHooks(before: string, key: string, hooks: readonly Hook[], lists: Lists): string {
  let text = before;
  for (const hook of [...hooks].reverse()) {
    const there = entriesOf(text).filter(({ url }) => url === key);
    const found = there.flatMap((entry) => hooksOf(text, entry)).findLast((other) => isSame(other, hook));
    if (found === undefined) continue;
    const isLast = found.list.items.length === 1;
    text = dropItem(text, found.list, found.index, isLast ? (lists.get(key) ?? undefined) : undefined);
    if (isLast) lists.delete(key);
  }
  return text;
}

/** The entries of `repos:` that name a repository. @throws NoRoom */
function entriesOf(text: string): Entry[] {
  const root = rootOf(text);
  const list = root === null ? null : listBelow(text, root, 'repos');
  return (list?.items ?? []).flatMap((node, index): Entry[] => {
    if (!isMap(node)) return [];
    const map = node as YAMLMap.Parsed;
    const url = scalar(map, 'repo');
    if (!isScalar(url)) return [];
    const hooks = listBelow(text, map, 'hooks');
    if (hooks === null) throw new NoRoom(`the repository ${String(url.value)} has no "hooks"`);
    const stamp = stampOf(slice(text, list as List, node));
    return [{ url: keyOf(String(url.value)), rev: scalar(map, 'rev'), index, list: list as List, hooks, stamp }];
  });
}

function hooksOf(text: string, { hooks }: Entry): Readonly<{ id: string; stamp: string; list: List; index: number }>[] {
  return hooks.items.flatMap((node, index) => {
    const id = isMap(node) ? scalar(node as YAMLMap.Parsed, 'id') : null;
    return isScalar(id) ? [{ id: String(id.value), stamp: stampOf(slice(text, hooks, node)), list: hooks, index }] : [];
  });
}

function scalar(map: YAMLMap.Parsed, name: string): ParsedNode | null {
  return map.items.find(({ key }) => isScalar(key) && key.value === name)?.value ?? null;
}

/** An item's own text, with its dash. */
function slice(text: string, list: List, node: ParsedNode): string {
  if (list.seq?.flow === true) return `- ${text.slice(...(node.range.slice(0, 2) as [number, number]))}`;
  const { start, end } = linesOf(text, node);
  return text.slice(start, end);
}
