/**
 * `Makefile`: targets in a labelled block at the end, each with its `.PHONY` right above it. `fragment` is Makefile text of targets and, if
 * need be, variables. A target that the user has anywhere stays theirs; one of ours that somebody edited is never touched again; one that
 * somebody took away or moved out of the block stays away.
 */
import { dominantEol, toLf } from '../text-style.ts';
import { readMakefile } from './makefile-lines.ts';
import { type MergeResult, type Merger, orAbsent } from './merger.ts';

export const START = '# Added by create-devops-setup';
export const END = '# End of what create-devops-setup added';

/** A target or variable with all its lines: remarks, .PHONY, recipe. */
type Part = Readonly<{ id: string; names: readonly string[]; text: string }>;
type Parts = ReadonlyMap<string, Part>;
/** `lines` keep their line ends; `start` is the line of the label, `end` the line behind the closing one. */
type File = Readonly<{ lines: readonly string[]; start: number; end: number; inner: readonly Placed[] }>;
type Placed = Part & Readonly<{ from: number; to: number }>;

export const makefileTargets: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  const text = existing ?? '';
  const mark = markOf(text);
  const result = mergeBody(text.slice(mark.length), fragment, previous);
  return result.kind === 'applied' ? { ...result, text: mark + result.text } : result;
}

function mergeBody(before: string, fragment: string, previous: string | null): MergeResult {
  const wanted = partsOf(fragment);
  if (typeof wanted === 'string') return { kind: 'conflict', reason: wanted };
  const had = partsOf(previous ?? '');
  const mine: Parts = typeof had === 'string' ? new Map() : had;
  const file = readFile(before);
  if (file === null) return { kind: 'conflict', reason: 'the marks around our targets are not one pair' };
  const { statements, fault } = readMakefile(file.lines.map(bare));
  if (fault !== null) return { kind: 'conflict', reason: fault };
  // What stands right behind the closing mark takes it for a remark of its own, so the last line tells.
  const outside = statements.filter(
    ({ kind, to }) => (kind === 'rule' || kind === 'variable') && (to <= file.start || to > file.end),
  );
  const theirs = new Set(outside.flatMap(({ kind, names }) => names.map((name) => nameOf(kind, name))));

  const owned: Part[] = [];
  const kept: string[] = [];
  const added: Part[] = [];
  const edits: Edit[] = [];
  for (const part of wanted.values()) {
    const old = mine.get(part.id);
    const here = file.inner.find(({ id }) => id === part.id);
    const taken = part.names.filter((name) => theirs.has(name));
    if (here?.text === part.text) owned.push(part);
    else if (here !== undefined && here.text === old?.text) {
      edits.push({ from: here.from, to: here.to, text: part.text });
      owned.push(part);
    } else {
      if (here !== undefined) kept.push(...part.names.map(shown));
      else kept.push(...taken.map(shown));
      if (old !== undefined) owned.push(old);
      else if (here === undefined && taken.length === 0) {
        added.push(part);
        owned.push(part);
      }
    }
  }
  const stale = [...mine.values()].filter(({ id }) => !wanted.has(id));
  const gone = file.inner.filter(({ id, text }) => stale.some((part) => part.id === id && part.text === text));
  edits.push(...gone.map(({ from, to }) => ({ from, to, text: null })));
  const text = write(before, file, edits, added);
  const base = owned.map((part) => `${part.text}\n`).join('\n');
  if (text !== before) return { kind: 'applied', text, owned: base, kept };
  if (kept.length > 0 && owned.length === 0)
    return { kind: 'conflict', reason: `the Makefile has its own ${kept.join(', ')}` };
  return { kind: 'unchanged', owned: base, kept };
}

function remove(existing: string, owned: string): string | null {
  const mark = markOf(existing);
  const mine = partsOf(owned);
  const file = readFile(existing.slice(mark.length));
  if (typeof mine === 'string' || file === null || file.start === file.end) return existing;
  const ours = file.inner.filter(({ id, text }) => mine.get(id)?.text === text);
  const left = edited(
    file,
    ours.map(({ from, to }) => ({ from, to, text: null })),
    '\n',
  );
  if (ours.length === 0 && left.some((line) => line.trim() !== '')) return existing;
  return orAbsent(mark + close(file, left));
}

/** Lines `from` to `to` become `text`; null: they go, and an empty line beside them. */
type Edit = Readonly<{ from: number; to: number; text: string | null }>;

function write(before: string, file: File, edits: readonly Edit[], added: readonly Part[]): string {
  if (edits.length === 0 && added.length === 0) return before;
  const eol = dominantEol(before);
  const inner = edited(file, edits, eol);
  for (const { text } of added) {
    if (inner.length > 0 && inner.at(-1)?.trim() !== '') inner.push(eol);
    inner.push(text.replaceAll('\n', eol) + eol);
  }
  if (inner.every((line) => line.trim() === '')) return close(file, inner);
  const { lines, start, end } = file;
  if (start !== end) return [...lines.slice(0, start + 1), ...inner, ...lines.slice(end - 1)].join('');
  const body = [START + eol, ...inner, END].join('');
  if (before === '') return body + eol;
  return before.endsWith('\n') ? before + eol + body + eol : before + eol + eol + body;
}

/** The lines between the marks after the edits. */
function edited({ lines, start, end }: File, edits: readonly Edit[], eol: string): string[] {
  const inner = lines.slice(start + 1, Math.max(start + 1, end - 1));
  for (const { from, to, text } of [...edits].sort((a, b) => b.from - a.from)) {
    let [first, last] = [from - start - 1, to - start - 1];
    const empty = (at: number) => inner[at] !== undefined && inner[at]?.trim() === '';
    if (text === null && empty(first - 1)) first -= 1;
    else if (text === null && empty(last)) last += 1;
    inner.splice(first, last - first, ...(text === null ? [] : [text.replaceAll('\n', eol) + eol]));
  }
  return inner;
}

/** Without the marks. What is left between them is the user's; where nothing is, the empty line above goes as well. */
function close({ lines, start, end }: File, inner: readonly string[]): string {
  const head = lines.slice(0, start).join('');
  const tail = lines.slice(end).join('');
  if (inner.some((line) => line.trim() !== '')) return head + inner.join('') + tail;
  const eol = dominantEol(lines.join(''));
  const chop = (text: string): string => (text.endsWith(eol) ? text.slice(0, -eol.length) : text);
  const chopped = chop(head);
  const above = chopped === '' || chopped.endsWith('\n') ? chopped : head;
  return (lines.at(end - 1)?.endsWith('\n') === true || tail !== '' ? above : chop(above)) + tail;
}

/** Null where the marks are not one pair; `start === end` where there are none. */
function readFile(text: string): File | null {
  const lines = text.split(/(?<=\n)/);
  const at = (mark: string) => lines.flatMap((line, index) => (bare(line).trimEnd() === mark ? [index] : []));
  const [starts, ends] = [at(START), at(END)];
  const [start, end] = [starts[0], ends[0]];
  if (start === undefined && end === undefined) return { lines, start: lines.length, end: lines.length, inner: [] };
  if (start === undefined || end === undefined || starts.length + ends.length > 2 || end < start) return null;
  const within = lines.slice(start + 1, end).map(bare);
  const inner = readMakefile(within).statements.flatMap(({ kind, names, from, to }): Placed[] => {
    if (kind !== 'rule' && kind !== 'variable') return [];
    return [{ ...partOf(kind, names, within.slice(from, to)), from: from + start + 1, to: to + start + 1 }];
  });
  return { lines, start, end: end + 1, inner };
}

/** The parts of a fragment, or why it is none. What is .PHONY in it is said above each target. */
function partsOf(fragment: string): Parts | string {
  const lines = toLf(fragment).split('\n');
  const { statements, fault } = readMakefile(lines);
  if (fault !== null) return `the addition cannot be read: ${fault}`;
  const phony = new Set(
    lines.flatMap((line) => /^\.PHONY\s*:([^#]*)/.exec(line)?.[1]?.split(/\s+/) ?? []).filter((name) => name !== ''),
  );
  const parts = new Map<string, Part>();
  let remarks: string[] = [];
  for (const { kind, names, from, to } of statements) {
    const own = lines.slice(from, to);
    if (kind === 'other') return `line ${from + 1} of the addition is neither a target nor a variable: ${own[0]}`;
    if (kind === 'remark') remarks = [...remarks, ...own];
    if (kind === 'remark' || kind === 'phony') continue;
    const plain = own.filter((line) => !/^\.PHONY\s*:/.test(line));
    const above = plain.findIndex((line) => !line.startsWith('#'));
    const listed = kind === 'rule' ? names.filter((name) => phony.has(name)) : [];
    const said = listed.length > 0 ? [`.PHONY: ${listed.join(' ')}`] : [];
    const part = partOf(kind, names, [...remarks, ...plain.slice(0, above), ...said, ...plain.slice(above)]);
    if (parts.has(part.id)) return `the addition has ${part.names.map(shown).join(' ')} twice`;
    parts.set(part.id, part);
    remarks = [];
  }
  return parts;
}

function partOf(kind: string, names: readonly string[], lines: readonly string[]): Part {
  const all = names.map((name) => nameOf(kind, name));
  return { id: all.join(' '), names: all, text: lines.join('\n') };
}

/** Targets and variables have names of their own kinds. */
function nameOf(kind: string, name: string): string {
  return kind === 'variable' ? `${name} =` : name;
}

function shown(name: string): string {
  return name.replace(/ =$/, '');
}

function markOf(text: string): string {
  return text.startsWith('\ufeff') ? '\ufeff' : '';
}

function bare(line: string): string {
  return line.replace(/\r?\n$/, '');
}
