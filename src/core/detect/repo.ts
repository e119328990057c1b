/** The repository as detection reads it: texts, scanned sources and JSON, each read at most once, and the notes on the way. */
import { type Problem, SetupError } from '../../errors.ts';
import type { DetectionNote, Evidence, Fact, ProjectFiles } from '../../model.ts';
import { type JsonDocument, JsonError, parseJson } from './json.ts';
import { type Source, scan } from './scan.ts';

export type Repo = Readonly<{
  list: readonly string[];
  /** True for a file of `list`. */
  lists: (path: string) => boolean;
  exists: (path: string) => boolean;
  /** The text, or null when it is absent or cannot be read as text; the second is noted. */
  text: (path: string) => string | null;
  source: (path: string) => Source | null;
  /** JSON with comments allowed; null when it is absent or broken; the second is noted. */
  json: (path: string) => JsonDocument | null;
  note: (message: string, file: string, line?: number) => void;
  notes: () => readonly DetectionNote[];
  /** Problems that stop detection, collected so that all are told at once. */
  problems: Problem[];
  /** Anything that is worth computing once per repository, by key. */
  once: <T>(key: string, compute: () => T) => T;
}>;

/** Opens the repository over the read-only port. */
export function openRepo(files: ProjectFiles): Repo {
  const list = files.list();
  const known = new Set(list);
  const present = new Map<string, boolean>();
  const texts = new Map<string, string | null>();
  const sources = new Map<string, Source | null>();
  const documents = new Map<string, JsonDocument | null>();
  const memory = new Map<string, unknown>();
  const notes = new Map<string, DetectionNote>();

  const isAbsent = absence(files, known);

  const note = (message: string, file: string, line?: number): void => {
    notes.set(`${file}\n${line ?? 0}\n${message}`, line === undefined ? { file, message } : { file, line, message });
  };
  const text = (path: string): string | null => {
    const cached = texts.get(path);
    if (cached !== undefined) return cached;
    let result: string | null = null;
    try {
      result = isAbsent(path) ? null : normalise(files.read(path));
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      note(error.problems[0]?.message ?? 'cannot be read', path);
    }
    texts.set(path, result);
    return result;
  };
  return {
    list,
    lists: (path) => known.has(path),
    exists: (path) => {
      if (known.has(path)) return true;
      const cached = present.get(path) ?? files.exists(path);
      present.set(path, cached);
      return cached;
    },
    text,
    note,
    problems: [],
    source: (path) => {
      const cached = sources.get(path);
      if (cached !== undefined) return cached;
      const raw = text(path);
      const result = raw === null ? null : scan(path, raw);
      sources.set(path, result);
      return result;
    },
    json: (path) => {
      const cached = documents.get(path);
      if (cached !== undefined) return cached;
      const raw = text(path);
      let result: JsonDocument | null = null;
      try {
        result = raw === null ? null : parseJson(raw, true);
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        note(`is not valid JSON: ${error.message}`, path, error.line);
      }
      documents.set(path, result);
      return result;
    },
    notes: () =>
      [...notes.values()].sort(
        (a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.message, b.message),
      ),
    once: <T>(key: string, compute: () => T): T => {
      if (!memory.has(key)) memory.set(key, compute());
      return memory.get(key) as T;
    },
  };
}

/** Most files that are asked for are not there, and the listing knows it: the disk need not be asked again. */
function absence(files: ProjectFiles, known: ReadonlySet<string>): (path: string) => boolean {
  const links = files.leftLinks?.();
  if (links === undefined || files.truncated?.() === true) return () => false;
  const folders = new Set([...known].map(folderOf));
  return (path) => !known.has(path) && folders.has(folderOf(path)) && !links.has(path);
}

/** Windows line ends and byte order marks are no part of what a file says. */
function normalise(raw: string | null): string | null {
  if (raw === null) return null;
  const text = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Order by code units: the same on every machine and in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Evidence, leaving out what is not known. */
export function at(file: string, line?: number, note?: string): Evidence {
  return { file, ...(line === undefined ? {} : { line }), ...(note === undefined ? {} : { note }) };
}

/** A fact with its place. */
export function fact<T>(value: T, evidence: Evidence, also: readonly Fact<T>[] = []): Fact<T> {
  return also.length === 0 ? { value, evidence } : { value, evidence, also };
}

/** The first candidate is chosen, the others with another value are kept beside it. */
export function choose<T>(candidates: readonly Fact<T>[]): Fact<T> | null {
  const [first, ...rest] = candidates;
  if (first === undefined) return null;
  const seen = new Set([JSON.stringify(first.value)]);
  const also: Fact<T>[] = [];
  for (const candidate of rest) {
    const key = JSON.stringify(candidate.value);
    if (!seen.has(key)) also.push(candidate);
    seen.add(key);
  }
  return fact(first.value, first.evidence, also);
}

/** Empty segments, `.` and `..`. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** Joins a folder (`.` is the root) and a relative path, resolving `.` and `..`. Null when it leaves the root. */
export function join(folder: string, path: string): string | null {
  if (path !== '' && !UNCLEAN.test(path)) {
    if (folder === '.') return path;
    if (!UNCLEAN.test(folder)) return `${folder}/${path}`;
  }
  const result: string[] = [];
  for (const part of [...folder.split('/'), ...path.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part !== '..') result.push(part);
    else if (result.pop() === undefined) return null;
  }
  return result.length === 0 ? '.' : result.join('/');
}

/** The folder of a path, `.` for the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

/** The line of the first line that matches, counted from 1. */
export function lineWhere(text: string, pattern: RegExp): number | undefined {
  const m = pattern.exec(text);
  return m === null ? undefined : text.slice(0, m.index).split('\n').length;
}
