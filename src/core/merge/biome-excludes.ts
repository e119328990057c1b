/**
 * `biome.json` and `biome.jsonc`: folders that Biome shall leave alone, as negations in `files.includes` (version 2) or entries of
 * `files.ignore` (version 1).
 */
import { type Dialect, excludesMerger } from './excludes.ts';
import { nodeAt } from './json-edit.ts';

/** What an `includes` that we open begins with: negations alone would match nothing. */
const SEED = '**';

const V1: Dialect = { path: ['files', 'ignore'], seed: [], spell: (pattern) => pattern };
const V2: Dialect = { path: ['files', 'includes'], seed: [SEED], spell: (pattern) => `!${pattern}` };

export const biomeExcludes = excludesMerger('there is no Biome configuration', dialectOf);

function dialectOf(text: string): Dialect {
  const schema = nodeAt(text, ['$schema']);
  const version = schema?.type === 'scalar' ? /\/schemas\/(\d+)\./.exec(String(schema.value))?.[1] : undefined;
  if (version !== undefined) return Number(version) < 2 ? V1 : V2;
  if (nodeAt(text, ['files', 'includes']) !== undefined) return V2;
  const old = [['files', 'ignore'], ['files', 'include'], ['organizeImports']];
  return old.some((path) => nodeAt(text, path) !== undefined) ? V1 : V2;
}
