/** Languages of lines: ignore files, Makefiles, plain text, comments; and which path is in which language. */
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor, type Language, languageOf, Verbatim } from '../../../../src/core/escape/index.ts';
import { strictView } from '../../../../src/core/render/view.ts';
import { failures, SAMPLES } from './samples.ts';

const ignore = escaperFor('ignore');
const makefile = escaperFor('makefile');

/** The pattern that git reads from one line, its backslashes before the escaped characters undone; null when the line holds none. */
function patternOf(text: string): string | null {
  if (text.includes('\n') || text.includes('\r')) return null;
  if (/^[#!\ufeff]/.test(text)) return null;
  let end = text.length;
  while (text[end - 1] === ' ' && !/(^|[^\\])(\\\\)*\\$/.test(text.slice(0, end - 1))) end--;
  const kept = text.slice(0, end);
  return kept === '' ? null : kept;
}

/** What a pattern without line syntax means: an escaped `#`, `!` or space is that character. */
const meaning = (pattern: string) =>
  pattern.replace(/\\([\s\S])/g, (all, char: string) => (/[#!\ufeff ]/.test(char) ? char : all));

describe('a line of an ignore file', () => {
  const values = SAMPLES.filter((s) => !/[\n\r\0]/.test(s) && s.trim() !== '' && !/(^|[^\\])(\\\\)*\\$/.test(s));

  it('is the pattern', () => {
    const holds = (print: (s: string) => string) => (s: string) => {
      const pattern = patternOf(print(s));
      return pattern !== null && meaning(pattern) === meaning(s);
    };
    expect(failures(values, holds(ignore))).toEqual([]);
    expect(
      failures(
        values,
        holds((s) => s),
      ).length,
      'control',
    ).toBeGreaterThan(20);
    expect(['dist/', '*.log', '#a', '!b', 'c  ', 'd\\ '].map(ignore)).toEqual([
      'dist/',
      '*.log',
      '\\#a',
      '\\!b',
      'c\\ \\ ',
      'd\\ ',
    ]);
  });

  it.each(['', '  ', 'a\nb', 'a\rb', 'a\0', 'a\\', null])('refuses %j', (value) => {
    expect(() => ignore(value)).toThrow(/ignore cannot say/);
  });
});

describe('a value in a Makefile', () => {
  const values = SAMPLES.filter((s) => !/[\n\r\0]|\\$/.test(s) && s === s.trim());

  /** What GNU make assigns: a comment starts at a `#` after an even number of backslashes, `$$` is a dollar. */
  function assigned(text: string): string {
    const end = /(?<!\\)(?:\\\\)*#/.exec(text);
    if (end) throw new Error('a comment');
    return text
      .replace(/(\\+)#/g, (_, slashes: string) => `${'\\'.repeat((slashes.length - 1) / 2)}#`)
      .replace(/\$(.?)/g, (_, next: string) => {
        if (next !== '$') throw new Error('a variable');
        return '$';
      });
  }

  it('is the value', () => {
    expect(failures(values, (s) => assigned(makefile(s)) === s)).toEqual([]);
    expect(failures(values, (s) => assigned(s) === s).length, 'control').toBeGreaterThan(100);
  });

  it.each(['a\nb', ' a', 'a ', 'a\\', 'a\0'])('refuses %j', (value) => {
    expect(() => makefile(value)).toThrow(/makefile cannot say/);
  });
});

describe('comment()', () => {
  const languages = [
    'yaml',
    'github-workflow',
    'shell',
    'dockerfile',
    'typescript',
    'promql',
    'go-template',
    'markdown',
    'ignore',
    'makefile',
    'text',
  ] as const;

  it.each(languages)('is one visible line in %s', (language) => {
    const { comment } = helpersFor(language);
    expect(failures(SAMPLES, (s) => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(`${comment(s)}`))).toEqual(
      [],
    );
    expect(failures(SAMPLES, (s) => !/[\p{Cc}\u2028\u2029]/u.test(s)).length, 'control').toBeGreaterThan(200);
    expect(`${comment('why: it is\nso')}`).toBe('why: it is so');
  });

  it('neither ends its comment nor swallows the next line', () => {
    expect(`${helpersFor('typescript').comment('a */ b')}`).toBe('a * / b');
    expect(`${helpersFor('go-template').comment('a */ b')}`).toBe('a * / b');
    expect(`${helpersFor('makefile').comment('a \\ \\')}`).toBe('a');
    expect(() => helpersFor('json').comment('a')).toThrow(/no comments/);
  });
});

describe('raw()', () => {
  it('prints text as it is, in every language, with a reason', () => {
    const languages: Language[] = ['yaml', 'shell', 'json', 'markdown', 'text', 'makefile'];
    for (const language of languages)
      expect(escaperFor(language)(helpersFor(language).raw('a test', '"\n'))).toBe('"\n');
    expect(() => helpersFor('yaml').raw(' ', 'x')).toThrow(/say why/);
    expect(() => helpersFor('yaml').raw('x', 1 as unknown as string)).toThrow(/string/);
    expect(new Verbatim('a', 'b')).toMatchObject({ text: 'a', reason: 'b' });
  });

  it('never stands inside data', () => {
    expect(() => escaperFor('yaml')([new Verbatim('a', 'b')])).toThrow(/verbatim/);
  });
});

it.each<[string, Language]>([
  ['.github/workflows/ci.yml', 'github-workflow'],
  ['.github/workflows/ci.yaml', 'github-workflow'],
  ['.github/actions/setup/action.yml', 'github-workflow'],
  ['.github/dependabot.yml', 'yaml'],
  ['compose.yaml', 'yaml'],
  ['Dockerfile', 'dockerfile'],
  ['services/api/Dockerfile.dev', 'dockerfile'],
  ['api.Dockerfile', 'dockerfile'],
  ['Dockerfile.dockerignore', 'ignore'],
  ['scripts/deploy.sh', 'shell'],
  ['infra/main.ts', 'typescript'],
  ['a.mts', 'typescript'],
  ['a.cjs', 'typescript'],
  ['cdk.tf.json', 'terraform-json'],
  ['package.json', 'json'],
  ['docs/README.md', 'markdown'],
  ['.gitignore', 'ignore'],
  ['a/.dockerignore', 'ignore'],
  ['.prettierignore', 'ignore'],
  ['alertmanager/slack.tmpl', 'go-template'],
  ['Makefile', 'makefile'],
  ['queries/up.promql', 'promql'],
  ['.env.example', 'text'],
  ['Jenkinsfile', 'text'],
  ['tools.sh.md', 'markdown'],
])('%s is %s', (path, language) => {
  expect(languageOf(path)).toBe(language);
});

it('a view that refuses unknown keys is data like any other', () => {
  const it = strictView({ list: ['a', 'b c'], map: { k: [1, null] }, text: new Verbatim('x', 'test') });
  expect(escaperFor('yaml')(it.map)).toBe('{ k: [1, null] }');
  expect(escaperFor('dockerfile')(helpersFor('dockerfile').json(it.list))).toBe('["a", "b c"]');
  expect(`${helpersFor('yaml').sh`ls ${it.list}`}`).toBe("ls a 'b c'");
  expect(escaperFor('json')(it.text)).toBe('x');
});

it('plain text is the text, and absent values are errors', () => {
  expect(escaperFor('text')('a\n<b>')).toBe('a\n<b>');
  expect(() => escaperFor('text')(undefined)).toThrow(/text cannot say undefined/);
});
