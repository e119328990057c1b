/**
 * `tsconfig.json`: folders that the project's compiler shall leave alone. A list of one's own takes the place of the compiler's defaults, so
 * the fragment says what they are.
 */
import { excludesMerger } from './excludes.ts';

export const tsconfigExcludes = excludesMerger('there is no such TypeScript configuration', () => ({
  path: ['exclude'],
  seed: [],
  spell: (pattern) => pattern,
}));
