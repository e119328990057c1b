/**
 * `package.json`: scripts are added, by offset. A script that the user already has under the name is never changed; one of ours that
 * nobody touched follows the fragment. `fragment` is a JSON object, name → command.
 */
import { addItems, closeContainer, NoRoom, nodeAt, type Opened, removeItem, replace } from './json-edit.ts';
import { JsonSyntaxError, lineAt, memberOf, readJson } from './jsonc.ts';
import type { MergeResult, Merger } from './merger.ts';

const PATH = ['scripts'];
/** Where the note about what had to be opened stands; names that begin with `//` are comments in a package.json. */
const NOTE = '//opened';

type Owned = Readonly<{ scripts: ReadonlyMap<string, string>; opened: Opened | null }>;

export const packageScripts: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  if (existing === null) return { kind: 'conflict', reason: 'there is no package.json' };
  try {
    readJson(existing); // npm reads no comments; edits below are lenient
    return mergeScripts(existing, parse(fragment).scripts, parse(previous ?? '{}'));
  } catch (error) {
    if (error instanceof NoRoom) return { kind: 'conflict', reason: error.message };
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { kind: 'conflict', reason: `line ${lineAt(existing, error.offset)} is not JSON: ${error.message}` };
  }
}

function mergeScripts(existing: string, wanted: ReadonlyMap<string, string>, previous: Owned): MergeResult {
  let text = existing;
  const owned = new Map<string, string>();
  const added: string[] = [];
  const kept: string[] = [];
  for (const [name, command] of wanted) {
    const there = commandOf(text, name);
    const mine = previous.scripts.get(name);
    if (there === undefined && mine === undefined) added.push(`${JSON.stringify(name)}: ${JSON.stringify(command)}`);
    if (there === undefined) owned.set(name, mine ?? command);
    else if (there === command) {
      if (mine !== undefined) owned.set(name, command);
    } else if (there === mine) {
      text = replace(text, nodeAt(text, [...PATH, name]) as { start: number; end: number }, JSON.stringify(command));
      owned.set(name, command);
    } else {
      kept.push(name);
      if (mine !== undefined) owned.set(name, mine);
    }
  }
  const room = added.length > 0 ? addItems(text, PATH, 'object', added) : { text, opened: null };
  const gone = new Map([...previous.scripts].filter(([name]) => !wanted.has(name)));
  text = takeOut(room.text, gone);
  const opened = previous.opened ?? room.opened;
  if (owned.size === 0) text = text === existing ? text : closeContainer(text, PATH, opened);
  const base = write({ scripts: owned, opened: owned.size === 0 ? null : opened });
  if (text !== existing) return { kind: 'applied', text, owned: base, kept };
  if (kept.length > 0 && owned.size === 0)
    return { kind: 'conflict', reason: `package.json has its own ${kept.join(', ')}` };
  return { kind: 'unchanged', owned: base, kept };
}

function remove(existing: string, owned: string): string | null {
  const { scripts, opened } = parse(owned);
  try {
    const text = takeOut(existing, scripts);
    return text === existing ? existing : closeContainer(text, PATH, opened);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return existing; // the user's to mend; nothing is taken out of it meanwhile
    throw error;
  }
}

/** Removes each script that still is what we wrote. */
function takeOut(text: string, scripts: ReadonlyMap<string, string>): string {
  let next = text;
  for (const [name, command] of scripts) {
    if (commandOf(next, name) !== command) continue;
    const node = nodeAt(next, PATH);
    if (node?.type === 'object')
      next = removeItem(
        next,
        PATH,
        node.members.findLastIndex(({ key }) => key === name),
      );
  }
  return next;
}

/** The command under a name; null when it is there and no text, undefined when it is absent. */
function commandOf(text: string, name: string): string | null | undefined {
  const node = memberOf(nodeAt(text, PATH), name)?.value;
  if (node === undefined) return undefined;
  return node.type === 'scalar' && typeof node.value === 'string' ? node.value : null;
}

/** Reads a fragment or what an earlier merge noted. A note that was damaged owns nothing. */
function parse(text: string): Owned {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = {};
  }
  const record = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const scripts = Object.entries(record).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !entry[0].startsWith('//'),
  );
  return { scripts: new Map(scripts), opened: openedFrom(record[NOTE]) };
}

function write({ scripts, opened }: Owned): string {
  const record = { ...Object.fromEntries(scripts), ...(opened === null ? {} : { [NOTE]: opened }) };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Checks a stored note: only an empty object or array can have stood there. */
export function openedFrom(value: unknown): Opened | null {
  if (typeof value !== 'object' || value === null) return null;
  const { at, was } = value as Record<string, unknown>;
  if (!Array.isArray(at) || !at.every((key) => typeof key === 'string')) return null;
  if (was !== null && !(typeof was === 'string' && /^(\{\s*\}|\[\s*\])$/.test(was))) return null;
  return { at, was };
}
