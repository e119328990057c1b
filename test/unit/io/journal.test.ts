/** The journal of a run is read back as it was written, whatever comes after it; anything else takes nothing back. */
import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { type Journal, parseJournal, type Sequel, serializeJournal } from '../../../src/io/journal.ts';

const HASH = 'a'.repeat(64);
const PENDING = '0123456789abcdef';
const JOURNAL: Journal = {
  version: 1,
  label: 'update',
  folders: ['a', 'a/b'],
  emptied: [{ path: 'c', mode: 0o750 }],
  operations: [
    { path: 'a/b/x', old: null, new: { hash: HASH, mode: 0o644 } },
    { path: 'c/y', old: { hash: HASH, mode: 0o7777 }, new: null },
  ],
  bytes: 7,
  sequel: { keep: 'inside' },
};

const SEQUELS: readonly Sequel[] = [
  { keep: 'inside' },
  { keep: 'outside', pending: PENDING },
  { take: 'inside', record: 1 },
  { take: 'outside', record: 12 },
];

function told(change: object): string {
  try {
    parseJournal(JSON.stringify({ ...JOURNAL, ...change }));
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ code, message }) => `${code}: ${message}`).join();
    throw error;
  }
  return 'fine';
}

describe('a journal', () => {
  it.each(SEQUELS)('is read back as it was written, with %j', (sequel) => {
    const journal = { ...JOURNAL, sequel };
    expect(parseJournal(serializeJournal(journal))).toEqual(journal);
  });

  it('of an earlier release, which kept everything inside, is read too', () => {
    const { label: _, emptied: __, bytes: ___, sequel: ____, ...old } = JOURNAL;
    expect(parseJournal(JSON.stringify(old))).toEqual({
      ...old,
      label: '',
      emptied: [],
      bytes: 0,
      sequel: { keep: 'inside' },
    });
  });

  it.each<[string, object]>([
    ['"sequel" is none', { sequel: { keep: 'outside' } }],
    ['"sequel" is none', { sequel: { keep: 'outside', pending: 7 } }],
    ['"sequel" is none', { sequel: { keep: 'outside', pending: `${PENDING}0` } }],
    ['"sequel" is none', { sequel: { keep: 'outside', pending: `../${PENDING}` } }],
    ['"sequel" is none', { sequel: { pending: PENDING } }],
    ['"sequel" is none', { sequel: { keep: 'elsewhere', pending: PENDING } }],
    ['"sequel" is none', { sequel: { take: 'elsewhere', record: 1 } }],
    ['"sequel" is none', { sequel: { record: 1 } }],
    ['"sequel" is none', { sequel: { take: 'inside' } }],
    ['"sequel" is none', { sequel: { take: 'inside', record: 0 } }],
    ['"sequel" is none', { sequel: { take: 'outside', record: 1.5 } }],
    ['"sequel" is none', { sequel: { take: 'outside', record: '1' } }],
    ['"sequel" is none', { sequel: null }],
    ['a path is no text', { folders: [7] }],
    ['a path is no text', { operations: [{ old: null, new: null }] }],
    ['a path is no text', { operations: [null] }],
    ['a hash is none', { operations: [{ path: 'a', old: { hash: `${HASH}0`, mode: 0 }, new: null }] }],
    ['a hash is none', { operations: [{ path: 'a', old: null, new: { hash: `x${HASH}`, mode: 0 } }] }],
    ['a hash is none', { operations: [{ path: 'a', old: null, new: {} }] }],
    ['a mode is none', { operations: [{ path: 'a', old: { hash: HASH, mode: 0o10000 }, new: null }] }],
    ['a mode is none', { emptied: [{ path: 'a', mode: 1.5 }] }],
    ['a mode is none', { emptied: [{ path: 'a', mode: '420' }] }],
    ['"folders" is no list', { folders: 'a' }],
    ['"emptied" is no list', { emptied: {} }],
    ['"bytes" is no number', { bytes: '7' }],
    ['"label" is none', { label: 'x'.repeat(201) }],
    ['its version is not 1', { version: '1' }],
  ])('is refused where %s: %j', (reason, change) => {
    expect(told(change)).toBe(`WRITE: the journal of an interrupted run is damaged: ${reason}.`);
  });

  it('is refused, with every path that leaves the project or stands there twice', () => {
    const operation = (path: string) => ({ path, old: null, new: null });
    const paths = told({ folders: ['../a'], emptied: [{ path: '/b', mode: 0 }], operations: [operation('.git/c')] });
    expect(paths.match(/JAIL/g)).toHaveLength(3);
    expect(told({ operations: [operation('a'), operation('a')] })).not.toBe('fine');
    for (const text of ['', '{', 'null', '[]']) expect(() => parseJournal(text)).toThrow(SetupError);
  });
});
