/**
 * Pins: exact versions that update bots move. When both sides moved the same one, the newer one is meant, so that a bot's bump and a new
 * version of ours never are a conflict. Only what is called the same and counted the same way is compared; anything else is a conflict.
 */

export type Newer = Readonly<{ side: 'yours' | 'theirs'; name: string; note: string }>;

/** What a line pins. `numbers` in the order of weight; `scheme` is what is left of the version without them. */
type Pin = Readonly<{
  kind: 'action' | 'image' | 'version';
  name: string;
  /** The line with its version, hash and digest taken out: what must be equal. */
  frame: string;
  version: string;
  hash: string;
}>;

const VERSION = String.raw`v?\d+(?:\.\d+)*(?:[-+.][0-9A-Za-z][\w.+-]*)?`;
const ACTION =
  /^(?<front>(?:-\s+)?uses:\s*["']?)(?<name>[\w.-]+\/[\w./-]+)@(?<ref>[^\s"'#]+)(?<quote>["']?)(?<rest>\s*(?:#.*)?)$/;
const HASH = /^[0-9a-f]{40}$/;
const TAG = new RegExp(String.raw`(?<![\w.])${VERSION}`);
const IMAGE =
  /^(?<front>(?:.*[\s"'=:]|- )?)(?<name>(?:[a-z0-9.-]+(?::\d+)?\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*):(?<tag>[\w][\w.-]{0,127})(?:@(?<digest>sha256:[0-9a-f]{64}))?(?<rest>["']?,?(?:\s.*)?)$/;
const IMAGE_PLACE = /(?:^|[\s"'-])(?:image|container|from|--from=|docker:\/\/)|@sha256:/i;
const EXACT = new RegExp(
  String.raw`^(?<front>(?:-\s+)?(?:(?:ARG|ENV|export)\s+)?["']?(?<name>[\w./@-]+)["']?\s*(?:[:=]\s*|\s+))(?<value>["']?(?:[\w./-]+@)?[\^~]?(?<version>${VERSION})["']?)(?<rest>,?\s*(?:#.*|\/\/.*)?)$`,
);
/** A key that speaks of a version: there, `22` and `1.2` are one; elsewhere only three numbers are. */
const VERSIONED = /version|^rev$|^tag$|^ref$|engine|packageManager/i;

/** Longer lines pin nothing that a person wrote. */
const LONGEST = 600;

/** Which side's pin is the newer one; null when the lines pin nothing, not the same thing, or nobody can tell. */
export function newerPin(base: string, yours: string, theirs: string): Newer | null {
  const [b, y, t] = [pinOf(base), pinOf(yours), pinOf(theirs)];
  if (b === null || y === null || t === null) return null;
  if (b.kind !== y.kind || y.kind !== t.kind || b.name !== y.name || y.name !== t.name) return null;
  if (y.frame !== t.frame) return null;
  const { name, kind } = y;
  const order = compare(y.version, t.version);
  if (order === null) return null;
  if (order === 0) {
    // Of two builds under one tag nobody can tell which is newer; a bot that runs every day has the newer one. A tag of an action that
    // says two commits is nothing to decide here.
    if (kind !== 'image' || y.hash === t.hash) return null;
    return { side: 'yours', name, note: `${name}: both have ${y.version} with a digest of their own, yours kept` };
  }
  const since = compare(y.version, b.version);
  // Somebody went back on purpose.
  if (since === null || since < 0) return null;
  return order > 0
    ? { side: 'yours', name, note: `${name}: yours (${y.version}) is newer than ${t.version}, kept` }
    : { side: 'theirs', name, note: `${name}: ${t.version} is newer than yours (${y.version}), taken` };
}

/** Line by line: lines that one side alone changed, and pins that both moved. Null when anything else is in conflict, or nothing is a pin. */
export function mergePins(
  base: string,
  yours: string,
  theirs: string,
): Readonly<{ text: string; notes: string[] }> | null {
  const [b, y, t] = [base, yours, theirs].map((text) => text.split('\n')) as [string[], string[], string[]];
  if (b.length !== y.length || y.length !== t.length) return null;
  const notes: string[] = [];
  const lines: string[] = [];
  for (const [index, mine] of y.entries()) {
    const [old, news] = [b[index] as string, t[index] as string];
    if (mine === news || old === news) lines.push(mine);
    else if (old === mine) lines.push(news);
    else {
      const newer = newerPin(old.trim(), mine.trim(), news.trim());
      if (newer === null) return null;
      notes.push(newer.note);
      lines.push(newer.side === 'yours' ? mine : news);
    }
  }
  return notes.length === 0 ? null : { text: lines.join('\n'), notes };
}

/** Whether a line pins a commit, which is one thing with the comment behind it. */
export function isHashPin(line: string): boolean {
  return HASH.test(ACTION.exec(line)?.groups?.ref ?? '');
}

function pinOf(line: string): Pin | null {
  if (line.length > LONGEST) return null;
  return actionOf(line) ?? imageOf(line) ?? exactOf(line);
}

function actionOf(line: string): Pin | null {
  const found = ACTION.exec(line)?.groups;
  if (found === undefined) return null;
  const { front = '', name = '', ref = '', rest = '' } = found;
  const hash = HASH.test(ref) ? ref : '';
  const version = hash === '' ? ref : (TAG.exec(rest)?.[0] ?? '');
  if (!new RegExp(`^${VERSION}$`).test(version)) return null;
  const remark = rest.replace(version, '').trim();
  // A comment of a tag's own form (`# v4`, `# tag=v4`) says nothing more; any other words have to be the same.
  const frame = `${front.replace(/["'\s]/g, '')}${/^#\s*(?:tag=|pin@)?$/.test(remark) ? '' : remark}`;
  return { kind: 'action', name, frame, version, hash };
}

function imageOf(line: string): Pin | null {
  if (!IMAGE_PLACE.test(line)) return null;
  const found = IMAGE.exec(line)?.groups;
  if (found === undefined) return null;
  const { front = '', name = '', tag = '', digest = '', rest = '' } = found;
  return /\d/.test(tag) || digest !== ''
    ? { kind: 'image', name, frame: front + rest, version: tag, hash: digest }
    : null;
}

function exactOf(line: string): Pin | null {
  const found = EXACT.exec(line)?.groups;
  if (found === undefined) return null;
  const { front = '', name = '', value = '', version = '', rest = '' } = found;
  const parts = /^v?(\d+(?:\.\d+)*)/.exec(version)?.[1]?.split('.').length ?? 0;
  if (!VERSIONED.test(name) && parts !== 3) return null;
  if (/^\d+$/.test(version) && !/version/i.test(name)) return null;
  const frame = `${front}${value.replace(version, '')}${rest}`;
  return {
    kind: 'version',
    name,
    frame: frame.replace(/\s+/g, ' '),
    version: version.replace(/\+sha\d+\..*$/, ''),
    hash: '',
  };
}

/** Positive when `a` is the newer one; null when they are not counted the same way. */
function compare(a: string, b: string): number | null {
  const [left, right] = [read(a), read(b)];
  if (left.scheme !== right.scheme || left.main === 0 || right.main === 0) return null;
  const most = Math.min(left.main, right.main);
  const main = differ(left.numbers.slice(0, most), right.numbers.slice(0, most));
  if (main !== 0) return main;
  // `4` and `4.2.0`: one of them floats.
  if (left.main !== right.main) return null;
  return differ(left.numbers.slice(most), right.numbers.slice(most));
}

/** `main`: how many of the numbers are the version itself; the rest belong to its suffix (`-alpine3.20`). */
type Version = Readonly<{ numbers: readonly number[]; scheme: string; main: number }>;

function read(version: string): Version {
  return {
    numbers: (version.match(/\d+/g) ?? []).map(Number),
    scheme: version.replace(/^v/, '').replace(/\d+(?:\.\d+)*/g, '#'),
    main: /^v?\d+(?:\.\d+)*/.exec(version)?.[0].split('.').length ?? 0,
  };
}

function differ(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((number, at) => number !== b[at]);
  return index < 0 ? 0 : (a[index] as number) - (b[index] ?? -1);
}
