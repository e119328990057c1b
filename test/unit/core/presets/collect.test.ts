/** What `preset add` fetches, and what it does not fetch again; what it asks nobody for. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../../src/core/lock.ts';
import { collect, requireWord } from '../../../../src/core/presets/collect.ts';
import { MOST_PRESETS } from '../../../../src/core/presets/load.ts';
import { SetupError } from '../../../../src/errors.ts';
import type { Lock } from '../../../../src/model.ts';
import { QUESTIONS } from '../../../helpers/facts.ts';
import { project } from '../../../helpers/project.ts';

const REGION = 'infrastructure:\n  region: eu-north-1\n';
const ACME = 'npm:@acme/preset@^1';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

type Ask = readonly [word: string, because: string | null];

/** What a word fetches from a world in which each word has a text; what was asked for, in order. */
async function collected(
  word: string,
  world: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  presets: NonNullable<Lock['presets']> = {},
) {
  const asked: Ask[] = [];
  const fetched = await collect(word, {
    files: project(files),
    lock: { version: 1, tool: '1.0.0', config: 'c'.repeat(64), pinned: {}, files: {}, presets },
    questions: QUESTIONS,
    fetch: async (one, because) => {
      asked.push([one.word, because]);
      return { text: world[one.word] ?? '', resolved: '1.2.0', integrity: 'sha512-x' };
    },
  });
  return { fetched, asked };
}

async function told(collecting: Promise<unknown>): Promise<string> {
  try {
    await collecting;
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ place, message }) => `${place}: ${message}`).join();
    throw error;
  }
  return 'nothing';
}

const extending = (...words: string[]) => `extends:\n${words.map((word) => `  - "${word}"\n`).join('')}`;

describe('fetching a preset', () => {
  it('keeps the text, with its hash and where it came from, in a file that no other word has', async () => {
    const git = `git+https://git.example/acme/presets.git#${COMMIT}`;
    for (const [word, name] of [
      [ACME, /^\.devops\/presets\/acme-preset-[0-9a-f]{8}\.yaml$/],
      [git, /^\.devops\/presets\/acme-presets-[0-9a-f]{8}\.yaml$/],
      [git.replace('acme/presets.git', '___'), /^\.devops\/presets\/preset-[0-9a-f]{8}\.yaml$/],
    ] as const) {
      const { fetched, asked } = await collected(word, { [word]: REGION });
      expect(asked).toEqual([[word, null]]);
      expect([...fetched]).toEqual([
        [
          word,
          {
            text: REGION,
            entry: {
              file: expect.stringMatching(name),
              hash: hashText(REGION),
              resolved: '1.2.0',
              integrity: 'sha512-x',
            },
          },
        ],
      ]);
    }
    const one = await collected(ACME, { [ACME]: REGION });
    const other = await collected('npm:@acme/preset@^2', {});
    const files = [one, other].flatMap(({ fetched }) => [...fetched.values()].map(({ entry }) => entry.file));
    expect(new Set(files).size).toBe(2);
  });

  it('fetches what it extends as well, each once, and says because of whom', async () => {
    const world = {
      [ACME]: extending('npm:a@1.0.0', 'npm:b@1.0.0'),
      'npm:a@1.0.0': extending('npm:b@1.0.0'),
      'npm:b@1.0.0': extending(ACME),
    };
    const { fetched, asked } = await collected(ACME, world);
    expect(asked).toEqual([
      [ACME, null],
      ['npm:a@1.0.0', ACME],
      ['npm:b@1.0.0', 'npm:a@1.0.0'],
    ]);
    expect([...fetched.keys()]).toEqual([ACME, 'npm:a@1.0.0', 'npm:b@1.0.0']);
  });

  it('asks nobody for what the project has: a copy of before, a package, a file', async () => {
    const copy = '.devops/presets/b.yaml';
    const entry = { file: copy, hash: hashText(REGION), resolved: '1.0.0', integrity: 'sha512-y' };
    const files = {
      [copy]: REGION,
      'team.yaml': extending('npm:b@1.0.0', '@acme/base'),
      'node_modules/@acme/base/package.json': '{ "name": "@acme/base" }',
      'node_modules/@acme/base/devops-preset.yaml': extending('./more.yaml'),
      'node_modules/@acme/base/more.yaml': extending('npm:new@1.0.0'),
    };
    const { asked } = await collected('./team.yaml', {}, files, { 'npm:b@1.0.0': entry });
    expect(asked).toEqual([['npm:new@1.0.0', './more.yaml']]);
  });

  it('fetches the word itself anew, also where a copy is there', async () => {
    const entry = { file: '.devops/presets/a.yaml', hash: hashText(REGION), resolved: '1.0.0', integrity: 'x' };
    const { fetched } = await collected(ACME, { [ACME]: '' }, { '.devops/presets/a.yaml': REGION }, { [ACME]: entry });
    expect(fetched.get(ACME)?.text).toBe('');
  });

  it('takes files of the same name in two packages for two', async () => {
    const files = Object.fromEntries(
      ['a', 'b'].flatMap((name) => [
        [`node_modules/${name}/package.json`, `{ "name": "${name}" }`],
        [`node_modules/${name}/devops-preset.yaml`, extending('./more.yaml')],
        [`node_modules/${name}/more.yaml`, extending(`npm:${name}-more@1.0.0`)],
      ]),
    );
    const { asked } = await collected('./all.yaml', {}, { ...files, 'all.yaml': extending('a', 'b') });
    expect(asked.map(([word]) => word)).toEqual(['npm:a-more@1.0.0', 'npm:b-more@1.0.0']);
  });

  it('ends: what is without end, or too many, is not fetched on and on', async () => {
    const deep = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`npm:p${n}@1.0.0`, extending(`npm:p${n + 1}@1.0.0`)]),
    );
    expect((await collected('npm:p0@1.0.0', deep)).asked.map(([word]) => word)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `npm:p${n}@1.0.0`),
    );
    const wide = { [ACME]: extending(...Array.from({ length: 40 }, (_, n) => `npm:w${n}@1.0.0`)) };
    expect((await collected(ACME, wide)).asked).toHaveLength(MOST_PRESETS);
  });

  it('refuses a word that is none before anybody is asked, with the place where it stands', async () => {
    expect(await told(collected('npm:@acme/preset', {}))).toMatch(/^preset add npm:@acme\/preset: /);
    const inside = collected('./team.yaml', {}, { 'team.yaml': extending('http://x') });
    expect(await told(inside)).toMatch(/^team\.yaml:2: "http:\/\/x" is no preset/);
    expect(() => requireWord('npm:@acme/preset')).toThrow(SetupError);
    expect(requireWord(ACME)).toMatchObject({ kind: 'npm', name: '@acme/preset', range: '^1' });
  });

  it('needs no lock: it is the first word of a project that was never set up', async () => {
    const fetch = async () => ({ text: REGION, resolved: '1.2.0', integrity: 'sha512-x' });
    const files = project({ 'team.yaml': extending(ACME) });
    for (const word of [ACME, './team.yaml'])
      expect([...(await collect(word, { files, lock: null, questions: QUESTIONS, fetch })).keys()]).toEqual([ACME]);
  });

  it('reads nothing beside a preset that was fetched alone', async () => {
    const beside = collected(ACME, { [ACME]: extending('./secret.yaml') }, { 'secret.yaml': REGION });
    expect(await told(beside)).toContain('only the preset itself was fetched');
  });
});
