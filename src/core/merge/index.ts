/** The mergers: additive edits of files that belong to the user. Pure text in, text out. */
import type { MergerName } from '../../model.ts';
import { biomeExcludes } from './biome-excludes.ts';
import { ignoreLines } from './ignore-lines.ts';
import { markdownSection } from './markdown-section.ts';
import type { Merger } from './merger.ts';
import { packageScripts } from './package-scripts.ts';
import { tsconfigExcludes } from './tsconfig-excludes.ts';

export const mergers: Readonly<Record<MergerName, Merger>> = {
  'ignore-lines': ignoreLines,
  'package-scripts': packageScripts,
  'markdown-section': markdownSection,
  'biome-excludes': biomeExcludes,
  'tsconfig-excludes': tsconfigExcludes,
};

export type { MergeResult, Merger } from './merger.ts';
