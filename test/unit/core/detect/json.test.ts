import { expect, test } from 'vitest';
import { JsonError, parseJson } from '../../../../src/core/detect/json.ts';

const failure = (text: string): string => {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return `${error.line}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

test('gives the value and the line of every key', () => {
  const document = parseJson('{\n  "a": {\n    "b": [1,\n      "x"]\n  }\n}\n');
  expect(document.value).toEqual({ a: { b: [1, 'x'] } });
  expect(document.lineOf('a')).toBe(2);
  expect(document.lineOf('a', 'b')).toBe(3);
  expect(document.lineOf('a', 'b', 1)).toBe(4);
  expect(document.lineOf('c')).toBeUndefined();
});

test('agrees with JSON.parse', () => {
  for (const text of ['{}', '[]', '{"a":[]}', '"\\u00e9\\n"', '-1.5e3', 'null', '{"a":{"b":null,"c":[true,false]}}']) {
    expect(parseJson(text).value).toEqual(JSON.parse(text));
  }
});

test('reads comments and trailing commas only when asked', () => {
  const text = '{ // why\n "a": [1, 2,], /* b */\n}';
  expect(parseJson(text, true).value).toEqual({ a: [1, 2] });
  expect(failure(text)).toBe('1: a key in double quotes is expected');
});

test.each([
  ['{\n  "a": 1,\n}', '3: a key in double quotes is expected'],
  ['{\n  "a" 1\n}', '2: ":" is expected after "a"'],
  ['{\n  "a": 1\n  "b": 2\n}', '3: "," or "}" is expected'],
  ['{\n  "a": [1\n', '3: "," or "]" is expected'],
  ["{ 'a': 1 }", '1: a key in double quotes is expected'],
  ['{ "a": undefined }', '1: "u" is not expected here'],
  ['', '1: the file ends too early'],
  ['{} x', '1: "x" is not expected after the end'],
  ['{ "a": "b\n" }', '1: a string is not closed'],
  ['['.repeat(100_000), '1: the nesting is too deep'],
])('names the line of a mistake: %j', (text, expected) => {
  expect(failure(text)).toBe(expected);
});

test('a key that is called __proto__ is data', () => {
  const value = parseJson('{"__proto__": {"polluted": true}}').value as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
