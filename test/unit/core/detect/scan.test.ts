import { describe, expect, test } from 'vitest';
import { closing, codeMatches, expressionAt, literal, parts, scan } from '../../../../src/core/detect/scan.ts';

const found = (text: string, pattern: RegExp): string[] =>
  [...codeMatches(scan('a.ts', text), pattern)].map((m) => m[0]);

describe('what is code', () => {
  test.each([
    ['a line comment', '// listen(1)\nlisten(2)', ['listen(2)']],
    ['a block comment', '/* listen(1)\n listen(2) */ listen(3)', ['listen(3)']],
    ['a string', "const a = 'listen(1)'; listen(2)", ['listen(2)']],
    ['a string with an escape', "const a = 'it\\'s listen(1)'; listen(2)", ['listen(2)']],
    ['a template', 'const a = `listen(1)`; listen(2)', ['listen(2)']],
    ['code inside a template', 'const a = `x ${listen(1)} listen(2)`', ['listen(1)']],
    ['braces inside a template', 'const a = `${f({ a: `b` })} listen(1)`; listen(2)', ['listen(2)']],
    ['a regular expression', "const a = /['\"]/; listen(1) // '", ['listen(1)']],
    ['a class in a regular expression', 'const a = x.replace(/[/"]/g, ""); listen(1)', ['listen(1)']],
    ['a division', 'const a = b / c; listen(1); const d = e / f', ['listen(1)']],
    ['a comment sign in a string', "const u = 'http://x'; listen(1)", ['listen(1)']],
    ['an apostrophe in JSX', "<p>Don't {listen(1)}</p>", ['listen(1)']],
    ['a quote after a keyword', "import x from'listen(1)';listen(2)", ['listen(2)']],
    ['a shebang', '#!/usr/bin/env node\nlisten(1)', ['listen(1)']],
    ['an unclosed string costs its line', "const a = 'listen(1)\nlisten(2)", ['listen(2)']],
  ])('%s', (_, text, expected) => {
    expect(found(text, /listen\(\d\)/)).toEqual(expected);
  });

  test('offsets and lines are those of the file', () => {
    const source = scan('a.ts', '/* one\n two */\n// three\nfour');
    expect(source.text).toHaveLength('/* one\n two */\n// three\nfour'.length);
    expect(source.lineAt(source.text.indexOf('four'))).toBe(4);
  });
});

describe('expressions', () => {
  test.each([
    ['ends at a semicolon', 'const a = b || 1; c', 'b || 1'],
    ['ends at a line', 'const a = b\nconst c = d', 'b'],
    ['goes on over a line', 'const a = b\n  || c\nd', 'b\n  || c'],
    ['goes on after an operator', 'const a = b ||\n  c\nd', 'b ||\n  c'],
    ['keeps commas in brackets', 'const a = f(1, 2), b', 'f(1, 2)'],
    ['ends at a closing brace', 'const a = { x: 1 }\n}', '{ x: 1 }'],
  ])('%s', (_, text, expected) => {
    const source = scan('a.ts', text);
    const span = expressionAt(source, text.indexOf('=') + 1);
    expect(text.slice(span.start, span.end)).toBe(expected);
  });

  test('arguments are split at commas of their own level', () => {
    const text = "f(a, { b: [1, 2] }, 'c, d', (e, g) => e)";
    const source = scan('a.ts', text);
    expect(parts(source, 1).map((s) => text.slice(s.start, s.end))).toEqual([
      'a',
      '{ b: [1, 2] }',
      "'c, d'",
      '(e, g) => e',
    ]);
    expect(closing(source, 1)).toBe(text.length - 1);
  });

  test('a literal is a whole string and nothing else', () => {
    const value = (text: string): string | null => literal(scan('a.ts', text), { start: 0, end: text.length });
    expect(value("'a'")).toBe('a');
    expect(value('`a`')).toBe('a');
    expect(value('`a${b}`')).toBeNull();
    expect(value("'a' + 'b'")).toBeNull();
  });
});
