/** What generators ask for and what rendering returns. */

/**
 * Who owns a file. `own`: managed by us, replaced while nobody edited it. `once`: written if absent, then the user's.
 * `merge:<merger>`: a small additive edit of a user's file by a merger of `core/merge`.
 */
export type Ownership = 'own' | 'once' | `merge:${MergerName}`;
export type MergerName =
  | 'ignore-lines'
  | 'package-scripts'
  | 'markdown-section'
  | 'biome-excludes'
  | 'tsconfig-excludes'
  | 'makefile-targets'
  | 'pre-commit-hooks'
  | 'editor-settings';

/** A value that a template can print: plain data, never a function or a class. */
export type ViewValue = string | number | boolean | null | readonly ViewValue[] | { readonly [key: string]: ViewValue };
export type View = { readonly [key: string]: ViewValue };

/** A file that a generator wants. `template` defaults to `<generator id>/<path>.ejs`. `mode` is octal, default 0o644. */
export type FileSpec = Readonly<{
  path: string;
  template?: string;
  view: View;
  mode?: 0o644 | 0o755;
  ownership?: Ownership;
}>;

/** Line number (from 1) of the rendered text → ids of the standards that the line serves. */
export type StandardMarks = Readonly<Record<number, readonly string[]>>;

export type RenderedFile = Readonly<{
  path: string;
  text: string;
  mode: 0o644 | 0o755;
  ownership: Ownership;
  generator: string;
  template: string;
  marks: StandardMarks;
}>;
