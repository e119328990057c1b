/** What a project follows: the copies of presets, what the lock says of them, and what `preset add` makes of the configuration. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../../src/core/lock.ts';
import { versionOf } from '../../../../src/core/migrations/index.ts';
import {
  type Choices,
  choicesHash,
  forgetSection,
  leaveTo,
  type PresetChange,
  readChoices,
} from '../../../../src/core/presets/project.ts';
import { SetupError } from '../../../../src/errors.ts';
import type { Lock, PresetEntry } from '../../../../src/model.ts';
import { QUESTIONS } from '../../../helpers/facts.ts';
import { project } from '../../../helpers/project.ts';

const HEAD = `version: ${versionOf()}\n`;
const ACME = 'npm:@acme/preset@^1';
const OTHER = 'npm:other@1.0.0';
const TEXT = 'infrastructure:\n  region: eu-north-1\n';
const at = (name: string) => `.devops/presets/${name}.yaml`;
const entry = (name: string, text = TEXT): PresetEntry => ({
  file: at(name),
  hash: hashText(text),
  resolved: '1.0.0',
  integrity: 'sha512-x',
});

function lockWith(presets: NonNullable<Lock['presets']>): Lock {
  return { version: 1, tool: '1.0.0', config: 'c'.repeat(64), pinned: {}, files: {}, presets };
}

function choices(
  text: string | null,
  files: Readonly<Record<string, string>> = {},
  presets: NonNullable<Lock['presets']> = {},
  change: PresetChange | null = null,
): Choices {
  return readChoices(text, { files: project(files), lock: lockWith(presets), questions: QUESTIONS }, change);
}

const adding = (word: string, name: string, text = TEXT, without: readonly string[] = []): PresetChange => ({
  word,
  fetched: new Map([[word, { text, entry: entry(name, text) }]]),
  without,
});

describe('a copy of a preset that nobody extends any more', () => {
  const both = { [ACME]: entry('acme'), [OTHER]: entry('other') };

  it('goes, with its line in the lock; the one that is extended stays', () => {
    const found = choices(`${HEAD}extends: ${ACME}\n`, { [at('acme')]: TEXT, [at('other')]: TEXT }, both);
    expect(found.copies).toEqual([{ path: at('other'), text: null }]);
    expect(found.entries).toEqual({ [ACME]: entry('acme') });
  });

  it('stays when somebody edited it, and is no trouble when it is gone', () => {
    const edited = choices(HEAD, { [at('acme')]: `${TEXT}# mine\n` }, both);
    expect(edited.copies).toEqual([]);
    expect(edited.entries).toBeUndefined();
  });
});

describe('preset add', () => {
  it('reads what was fetched, not what an earlier fetch left, and writes it', () => {
    const news = TEXT.replace('north', 'central');
    const found = choices(HEAD, { [at('acme')]: TEXT }, { [ACME]: entry('acme') }, adding(ACME, 'acme', news));
    expect(found.presets.chain.map(({ name, values }) => [name, values])).toEqual([
      [ACME, { infrastructure: { region: 'eu-central-1' } }],
    ]);
    expect(found.copies).toEqual([{ path: at('acme'), text: news }]);
    expect(found.entries).toEqual({ [ACME]: entry('acme', news) });
    expect(found.config).toEqual({ version: versionOf(), extends: ACME });
  });

  it('names the new word last, so that it is the strongest', () => {
    const files = { [at('other')]: TEXT };
    const found = choices(`${HEAD}extends: ${OTHER}\n`, files, { [OTHER]: entry('other') }, adding(ACME, 'acme'));
    expect(found.config?.extends).toEqual([OTHER, ACME]);
    expect(found.presets.chain.map(({ name }) => name)).toEqual([ACME, OTHER]);
    expect(Object.keys(found.entries ?? {})).toEqual([ACME, OTHER]);
  });

  it('makes a configuration where there is none, and says so by the text that is not there', () => {
    const found = choices(null, {}, {}, adding(ACME, 'acme'));
    expect(found.config).toEqual({ version: versionOf(), extends: ACME });
    expect([found.configText, found.lineOf]).toEqual([null, null]);
    expect(choices(null).config).toBeNull();
  });

  it('follows what is installed beside what it fetches', () => {
    const files = {
      'node_modules/team/package.json': '{ "name": "team" }',
      'node_modules/team/devops-preset.yaml': `extends: "${ACME}"\n`,
    };
    const found = choices(`${HEAD}extends: team\n`, files, {}, adding(ACME, 'acme'));
    expect(found.presets.chain.map(({ name }) => name)).toEqual(['team', ACME]);
    expect(found.config?.extends).toBe('team');
  });

  it('adds no second line for a preset that is followed already, directly or by another one', () => {
    const direct = choices(
      `${HEAD}extends: ${ACME}\n`,
      { [at('acme')]: TEXT },
      { [ACME]: entry('acme') },
      {
        word: ACME,
        fetched: new Map(),
      },
    );
    expect(direct.config?.extends).toBe(ACME);
    const files = { 'team.yaml': `extends: "${ACME}"\n`, [at('acme')]: TEXT };
    const through = choices(
      `${HEAD}extends: ./team.yaml\n`,
      files,
      { [ACME]: entry('acme') },
      {
        word: ACME,
        fetched: new Map(),
      },
    );
    expect(through.config?.extends).toBe('./team.yaml');
    expect(through.presets.chain).toHaveLength(2);
  });

  it('tells what is wrong with a preset that was followed before', () => {
    const add = () => choices(`${HEAD}extends: ./gone.yaml\n`, {}, {}, adding(ACME, 'acme'));
    expect(add).toThrow(SetupError);
    expect(add).toThrow(/gone\.yaml/);
  });

  it('takes the answers that the preset gives from now on out, with their mention, and no other', () => {
    const text = `${HEAD}infrastructure:
  # near the users
  region: us-east-1
delivery:
  strategy: canary # as agreed
toConfirm:
  - infrastructure.region
  - delivery.strategy
`;
    const found = choices(text, {}, {}, adding(ACME, 'acme', TEXT, ['infrastructure.region']));
    expect(found.config).toMatchObject({ delivery: { strategy: 'canary' }, toConfirm: ['delivery.strategy'] });
    expect(found.config?.infrastructure).toBeUndefined();
    expect(found.configText).toContain('strategy: canary # as agreed');
    expect(found.configText).not.toContain('us-east-1');
    const untouched = choices(text, {}, {}, adding(ACME, 'acme'));
    expect(untouched.config).toMatchObject({ infrastructure: { region: 'us-east-1' } });
    expect(untouched.configText).toBe(text);
  });
});

describe('the hash of what was chosen', () => {
  it('is another one with another answer or another text of a preset, and not for a file that is left to the user', () => {
    const plain = choices(`${HEAD}delivery:\n  strategy: canary\n`);
    const hash = ({ config, presets }: Choices) => choicesHash(config ?? {}, presets);
    expect(hash(leaveTo(plain, 'Dockerfile', true))).toBe(hash(plain));
    const others = [
      choices(`${HEAD}delivery:\n  strategy: rolling\n`),
      ...[TEXT, TEXT.replace('north', 'central')].map((text) =>
        choices(`${HEAD}delivery:\n  strategy: canary\nextends: ./a.yaml\n`, { 'a.yaml': text }),
      ),
    ];
    expect(new Set([plain, ...others].map(hash)).size).toBe(4);
  });
});

describe('a file that is left to the user', () => {
  it('is one until it is taken back', () => {
    const left = leaveTo(choices(`${HEAD}unmanaged:\n  - a.yml\n`), 'Dockerfile', true);
    expect([...left.unmanaged].sort()).toEqual(['Dockerfile', 'a.yml']);
    expect([...leaveTo(left, 'a.yml', false).unmanaged]).toEqual(['Dockerfile']);
    expect([...leaveTo(leaveTo(left, 'a.yml', false), 'Dockerfile', false).unmanaged]).toEqual([]);
  });
});

describe('the answers of a generator that goes', () => {
  it('go with it, and nobody else\u2019s', () => {
    const questions = [
      ...QUESTIONS,
      {
        id: 'sbom.format',
        title: 'Format',
        why: 'x',
        kind: 'text',
        default: 'spdx',
      } as unknown as (typeof QUESTIONS)[0],
    ];
    const text = `${HEAD}sbom:\n  format: cyclonedx\ndelivery:\n  strategy: canary # as agreed\n`;
    const found = readChoices(text, { files: project({}), lock: null, questions });
    const left = forgetSection(found, 'sbom');
    expect(left.config).toEqual({ version: versionOf(), delivery: { strategy: 'canary' } });
    expect(left.configText).toBe(`${HEAD}delivery:\n  strategy: canary # as agreed\n`);
    expect(forgetSection(found, 'other')).toBe(found);
    expect(forgetSection(found, 'constructor')).toBe(found);
  });
});
