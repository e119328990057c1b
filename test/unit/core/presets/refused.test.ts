/** Small mistakes in presets and their words that a person makes, and that must not pass in silence. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../../src/core/lock.ts';
import { namedFile } from '../../../../src/core/presets/find.ts';
import { loadPresets } from '../../../../src/core/presets/load.ts';
import { parsePreset } from '../../../../src/core/presets/parse.ts';
import { isProblem, parseWord } from '../../../../src/core/presets/words.ts';
import { QUESTIONS } from '../../../helpers/facts.ts';
import { project } from '../../../helpers/project.ts';
import { told } from '../../../helpers/told.ts';

const preset = (text: string) => parsePreset(text, { name: './a.yaml', place: 'a.yaml', questions: QUESTIONS });
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('the name of a service in a preset', () => {
  it.each(['Orders', '9orders', 'my_orders', '**', 'orders-', ' orders', 'a'.repeat(21)])('%j is none', (name) => {
    const text = `services:\n  ${JSON.stringify(name)}:\n    port: 80\n`;
    expect(told(() => preset(text))).toEqual([expect.stringContaining(`a.yaml:2, services: "${name}" is no name`)]);
  });

  it.each(['*', 'a', 'orders', 'orders-2', 'a'.repeat(20)])('%j is one', (name) => {
    expect(told(() => preset(`services:\n  ${JSON.stringify(name)}:\n    port: 80\n`))).toEqual([]);
  });
});

describe('the reason of a locked answer', () => {
  it.each(['""', '"   "', '"\\t"', '"a\\nb"', '7', 'null', '[why]'])('%s is none: people will ask', (reason) => {
    const text = `infrastructure:\n  region: eu-north-1\nlocked:\n  infrastructure.region: ${reason}\n`;
    expect(told(() => preset(text))[0]).toContain('the reason of infrastructure.region is not a line of text.');
  });
});

describe('the manifest of a package', () => {
  it.each(['7', '["a.yaml"]', 'null', 'true', '{"file": "a.yaml"}', '""', '"./"', '"a.js"', '"./../a.yaml"'])(
    'that names %s names no file of it',
    (named) => {
      const text = `{"devopsSetup": ${named}}`;
      expect(told(() => namedFile(text, 'node_modules/a/package.json', 'x:1'))[0]).toContain(
        'and no YAML or JSON file of the package.',
      );
    },
  );

  it('that names nothing, or is nothing, is no mistake', () => {
    for (const text of ['{}', 'null', '{"name": "a"}']) expect(namedFile(text, 'package.json', 'x:1')).toBeUndefined();
    expect(namedFile('{"devopsSetup": "./deep/a.yml"}', 'package.json', 'x:1')).toBe('deep/a.yml');
  });
});

describe('a word', () => {
  it.each([
    `git+https://git.example/acme/presets?ref=main#${COMMIT}`,
    `git+https://git.example/#${COMMIT}`,
    `git+https://git.example#${COMMIT}`,
    `git+https://git.example/a b#${COMMIT}`,
  ])('%s is no address of a repository', (word) => {
    const parsed = parseWord(word, 'x:1');
    expect(isProblem(parsed) && parsed.message).toContain('is no address of a repository.');
  });

  it.each([`${COMMIT}0`, COMMIT.slice(1), `${COMMIT} `, COMMIT.replace('a', 'g')])(
    'names no commit by %j',
    (commit) => {
      expect(isProblem(parseWord(`git+https://git.example/acme/presets#${commit}`, 'x:1'))).toBe(true);
    },
  );
});

describe('a copy that was edited', () => {
  it.each([
    ['npm:@acme/preset@^1', 'change the package instead'],
    [`git+https://git.example/acme/presets#${COMMIT}`, 'change the repository instead'],
  ])('of %s says where the change belongs', (word, hint) => {
    const file = '.devops/presets/acme.yaml';
    const entries = { [word]: { file, hash: hashText(''), resolved: '1.0.0', integrity: 'x' } };
    const load = () =>
      loadPresets([{ word, place: 'x:1' }], {
        files: project({ [file]: 'title: x\n' }),
        entries,
        questions: QUESTIONS,
      });
    expect(told(load)).toEqual([expect.stringContaining(hint)]);
  });
});
