import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor } from '../../../../src/core/escape/index.ts';
import { failures, SAMPLES } from './samples.ts';

const markdown = escaperFor('markdown');
const { code, tableCell, comment } = helpersFor('markdown');

/** GitHub's links: with a scheme, with `www.`, e-mail. (markdown-it would also link `README.md`, as .md is a country.) */
const parser = new MarkdownIt({ html: true, linkify: true });
parser.linkify.set({ fuzzyLink: false }).add('//', null);
parser.linkify.add('www.', { validate: (text, at) => (/[a-z0-9]/i.test(text.charAt(at)) ? 1 : 0) });

type Token = ReturnType<typeof parser.parse>[number];

const flat = (tokens: readonly Token[]): Token[] => tokens.flatMap((token) => [token, ...flat(token.children ?? [])]);
const types = (text: string) => flat(parser.parse(text, {})).map((token) => token.type);
const TEXT = new Set(['text', 'text_special', 'code_inline']);
const shown = (tokens: readonly Token[]): string =>
  flat(tokens)
    .map((token) =>
      TEXT.has(token.type) ? token.content : token.type === 'softbreak' || token.type === 'inline' ? ' ' : '',
    )
    .join('');

/** What a value is expected to show: line breaks and runs of white space as one space, hidden characters as U+FFFD. */
const visible = (s: string) =>
  s
    .replace(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/[\t\p{Zs}]+/gu, ' ')
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '\ufffd');
const same = (a: string, b: string) => visible(` ${a} `) === visible(` ${b} `);

/** Where the value stands, and the structure of that place with a word in it: with any value it must be the same. */
const PLACES: readonly (readonly [string, (value: string) => string])[] = [
  ['within a line', (v) => `x ${v} y`],
  ['alone', (v) => `${v}\n\nnext\n`],
  ['below a line', (v) => `a | b\n${v}\n`],
  ['at the start', (v) => `${v} y`],
  ['at the end', (v) => `x ${v}\nnext`],
  ['in a heading', (v) => `## ${v}\n\nnext`],
  ['in a list', (v) => `- ${v}\n- next`],
  ['in bold', (v) => `x **a ${v} b** y`],
  ['in a link', (v) => `[a ${v} b](https://x.io)`],
];

describe('a value in Markdown', () => {
  it.each(PLACES)('creates no markup and shows itself %s', (_, place) => {
    const holds = (print: (s: string) => string) => (s: string) => {
      if (visible(s).trim() === '') return true; // nothing to show: a place without a word
      const tokens = parser.parse(place(print(s)), {});
      const kinds = (text: string) =>
        types(text)
          .filter((type) => type !== 'text' && type !== 'text_special')
          .join();
      return (
        kinds(place(print(s))) === kinds(place('word')) &&
        same(
          shown(tokens),
          shown(parser.parse(place('WORD'), {})).replace('WORD', () => s),
        )
      );
    };
    expect(failures(SAMPLES, holds(markdown))).toEqual([]);
    expect(
      failures(
        SAMPLES,
        holds((s) => s),
      ).length,
      'control: plain interpolation',
    ).toBeGreaterThan(300);
  });

  it.each([
    ...[
      'README.md',
      'a - b',
      'C#',
      'snake_case_name',
      'Hello!',
      'a.b.c',
      'it (is) so',
      'a < b > c',
      '5 * 3',
      'key: value',
      '@scope/name',
      'a & b',
      'C:\\Users',
    ],
    ...[
      'npm run test:unit',
      'v1.2.3',
      'x -> y',
      '100 %',
      'AT&T',
      'issue #12',
      '"quoted"',
      'a + b = c',
      'yes/no',
      'a|b',
      '1.5',
      '3 - 2',
      '-5',
    ],
  ])('leaves %j as it is', (text) => {
    expect(markdown(text)).toBe(text);
  });

  it('turns line breaks into spaces and refuses what has no text', () => {
    expect(markdown('a\r\n\n# b')).toBe('a # b');
    expect(markdown('$x$ is 5 $')).toBe('\\$x$ is 5 \\$'); // GitHub would typeset it; markdown-it does not know that
    expect(() => markdown(null)).toThrow(/cannot say/);
  });
});

describe('code()', () => {
  it('shows any text, anywhere', () => {
    const holds = (print: (s: string) => unknown) => (s: string) => {
      if (visible(s).trim() === '') return true;
      const tokens = flat(parser.parse(`${print(s)}\n\nx ${print(s)} y`, {}));
      const spans = tokens.filter((t) => t.type === 'code_inline').map((t) => t.content);
      return (
        tokens.filter((t) => !/^(inline|text|paragraph_.*|code_inline)$/.test(t.type)).length === 0 &&
        spans.length === 2 &&
        spans.every((t) => visible(t) === visible(s))
      );
    };
    expect(failures(SAMPLES, holds(code))).toEqual([]);
    expect(
      failures(
        SAMPLES,
        holds((s) => `\`${s}\``),
      ).length,
      'control',
    ).toBeGreaterThan(100);
    expect(markdown(code('a`b'))).toBe('``a`b``');
  });
});

describe('tableCell()', () => {
  const cells = (cell: string) => {
    const tokens = parser.parse(`| a | b |\n|---|---|\n| ${cell} | z |\n\nend`, {});
    return tokens.flatMap((t, i) => (t.type === 'td_open' ? [tokens[i + 1] as Token] : []));
  };
  const holds = (print: (s: string) => unknown, markup: RegExp) => (s: string) => {
    const found = cells(`${print(s)}`);
    const [first, second] = found.map((t) => shown([t]).trim());
    return (
      found.length === 2 &&
      second === 'z' &&
      same(first ?? '', s) &&
      !flat([found[0] as Token]).some((t) => markup.test(t.type))
    );
  };

  it('holds any text and any code in one cell', () => {
    expect(failures(SAMPLES, holds(tableCell, /link|image|html|code|em_|strong|s_|break/))).toEqual([]);
    expect(
      failures(
        SAMPLES,
        holds((s) => tableCell(code(s)), /link|image|em_|strong|s_|break/),
      ),
    ).toEqual([]);
    expect(failures(SAMPLES, holds(markdown, /x/)).length, 'control: text that is no cell').toBeGreaterThan(20);
    expect(failures(SAMPLES, holds(code, /x/)).length, 'control: code that is no cell').toBeGreaterThan(20);
  });

  it('is readable', () => {
    expect(`${tableCell('a|b')} ${tableCell(code('a|b'))}`).toBe('a\\|b `a\\|b`');
    expect(`${tableCell(code('grep "a\\|b"'))}`).toBe('<code>grep "a\\\\&#124;b"</code>');
  });
});

it('comment() stays inside an HTML comment', () => {
  const holds = (print: (s: string) => unknown) => (s: string) =>
    types(`<!-- ${print(s)} -->\n\n# x`).join() === 'html_block,heading_open,inline,text,heading_close';
  expect(failures(SAMPLES, holds(comment))).toEqual([]);
  expect(failures(SAMPLES, (s) => !/--|>/.test(`${comment(s)}`))).toEqual([]);
  expect(
    failures(
      ['a --> <b>', '-->\n\n[x](y)'],
      holds((s) => s),
    ).length,
    'control',
  ).toBeGreaterThan(0);
});
