/** The mergers: additive edits of files that belong to the user. Pure text in, text out. */
import type { MergerName } from '../../model.ts';
import { biomeExcludes } from './biome-excludes.ts';
import { editorSettings } from './editor-settings.ts';
import { ignoreLines } from './ignore-lines.ts';
import { makefileTargets } from './makefile-targets.ts';
import { markdownSection } from './markdown-section.ts';
import type { Merger } from './merger.ts';
import { packageScripts } from './package-scripts.ts';
import { preCommitHooks } from './pre-commit-hooks.ts';
import { tsconfigExcludes } from './tsconfig-excludes.ts';

export const mergers: Readonly<Record<MergerName, Merger>> = {
  'ignore-lines': ignoreLines,
  'package-scripts': packageScripts,
  'markdown-section': markdownSection,
  'biome-excludes': biomeExcludes,
  'tsconfig-excludes': tsconfigExcludes,
  'makefile-targets': makefileTargets,
  'pre-commit-hooks': preCommitHooks,
  'editor-settings': editorSettings,
};

export type { MergeResult, Merger } from './merger.ts';
