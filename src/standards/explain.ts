/** What `explain` says, as data: who asks for a standard, how it is checked, and which lines serve it. Prints nothing. */
import { nearest } from '../define.ts';
import { SetupError } from '../errors.ts';
import type { RenderedFile, Verdict } from '../model.ts';
import { checks } from './checks/index.ts';
import type { Standard } from './standard.ts';

/** What rendering recorded: which lines serve which standards. */
export type Marked = Pick<RenderedFile, 'path' | 'marks' | 'generator'>;

export type Place = Readonly<{ path: string; line: number; generator: string }>;

export type StandardExplained = Readonly<{
  standard: Standard;
  /** Null before anything was checked. */
  verdict: Verdict | null;
  /** A check of this program decides it, at least in part. */
  checkedHere: boolean;
  /** Lines of the output that serve it, by path and line. */
  served: readonly Place[];
}>;

/** @throws SetupError USAGE for an id that is not in the catalogue; a near miss is suggested. */
export function explainStandard(
  id: string,
  catalog: readonly Standard[],
  verdicts: readonly Verdict[],
  marked: readonly Marked[],
): StandardExplained {
  const wanted = id.trim().toUpperCase();
  const standard = catalog.find((one) => one.id === wanted);
  if (!standard) {
    const near = nearest(
      wanted,
      catalog.map((one) => one.id),
    );
    throw new SetupError({
      code: 'USAGE',
      place: id,
      message: `"${id}" is no standard of the catalogue.`,
      hint: near ? `Did you mean ${near}?` : 'The list: create-devops-setup verify --all.',
    });
  }
  const served = marked.flatMap(({ path, marks, generator }) =>
    Object.entries(marks)
      .filter(([, ids]) => ids.includes(wanted))
      .map(([line]) => ({ path, line: Number(line), generator })),
  );
  return {
    standard,
    verdict: verdicts.find((verdict) => verdict.standard === wanted) ?? null,
    checkedHere: checks.some((check) => check.id === wanted),
    served: served.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1)),
  };
}

export type LineExplained = Readonly<{
  path: string;
  generator: string;
  /** The line that was asked for; null: the whole file. */
  line: number | null;
  /** Standards that lines serve: the line's own, else those of the nearest marked line above it. */
  serves: readonly Readonly<{ line: number; standards: readonly Standard[] }>[];
  /** Whether the line itself is marked. */
  exact: boolean;
}>;

/** Null when none of our generators writes the file. */
export function explainLine(
  path: string,
  line: number | null,
  marked: readonly Marked[],
  catalog: readonly Standard[],
): LineExplained | null {
  const file = marked.find((one) => one.path === path);
  if (!file) return null;
  const standards = (ids: readonly string[]) => catalog.filter(({ id }) => ids.includes(id));
  const all = Object.entries(file.marks)
    .map(([at, ids]) => ({ line: Number(at), standards: standards(ids) }))
    .sort((a, b) => a.line - b.line);
  const { generator } = file;
  if (line === null) return { path, generator, line, serves: all, exact: false };
  const found = all.findLast((mark) => mark.line <= line);
  return { path, generator, line, serves: found ? [found] : [], exact: found?.line === line };
}
