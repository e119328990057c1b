/**
 * `test/merge/<merger>/<case>/`: `existing` (none: the file is absent), `fragment`, `merged` or `conflict` (the reason), and where it
 * matters `previous` and `removed` (what is left when the addition is taken out; else: what was there before).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mergers } from '../../../../src/core/merge/index.ts';
import type { MergerName } from '../../../../src/model.ts';

const FOLDER = new URL('../../../merge/', import.meta.url);

describe.each(Object.keys(mergers) as MergerName[])('%s', (name) => {
  const { merge, remove } = mergers[name];

  it.each(readdirSync(new URL(`${name}/`, FOLDER)))('%s', (folder) => {
    const read = (file: string): string | null => {
      const url = new URL(`${name}/${folder}/${file}`, FOLDER);
      return existsSync(url) ? readFileSync(url, 'utf8') : null;
    };
    const existing = read('existing');
    const fragment = read('fragment') ?? '';
    const merged = read('merged');
    const result = merge(existing, fragment, read('previous'));
    if (merged === null) {
      expect(result).toEqual({ kind: 'conflict', reason: read('conflict') });
      return;
    }
    if (result.kind === 'conflict') throw new Error(result.reason);
    expect(result.kind).toBe(merged === existing ? 'unchanged' : 'applied');
    expect(result.kind === 'applied' ? result.text : existing).toBe(merged);
    expect(merge(merged, fragment, result.owned)).toMatchObject({ kind: 'unchanged', owned: result.owned });
    expect(remove(merged, result.owned)).toBe(read('removed') ?? existing);
  });
});
