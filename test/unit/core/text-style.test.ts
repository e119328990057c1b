import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, restyle, sameText } from '../../../src/core/text-style.ts';

const body = fc.array(fc.constantFrom('a', 'b', '', ' c'), { maxLength: 6 }).map((lines) => lines.join('\n'));
const styled = fc
  .record({ text: body, bom: fc.boolean(), crlf: fc.boolean(), end: fc.boolean() })
  .map(({ text, bom, crlf, end }) => {
    const ended = end && text !== '' ? `${text}\n` : text;
    return (bom ? '\ufeff' : '') + (crlf ? ended.replaceAll('\n', '\r\n') : ended);
  });

describe('the style of a text', () => {
  it('does not count, and is given back', () => {
    fc.assert(
      fc.property(styled, styled, (text, like) => {
        const given = restyle(text, like);
        expect(sameText(given, text)).toBe(true);
        expect(restyle(given, like)).toBe(given);
        if (sameText(text, like)) expect(given).toBe(like);
      }),
    );
  });

  it('leaves a text alone that differs in nothing else, also one with mixed line ends', () => {
    expect(restyle('a\nb\nc\n', 'a\r\nb\nc')).toBe('a\r\nb\nc');
    expect(restyle('a\nb\nc\n', '\ufeffa\nb\r\nc\r\n')).toBe('\ufeffa\nb\r\nc\r\n');
  });

  it('keeps the end of each line that stays, where they are mixed', () => {
    expect(restyle('a\nnew\nb\nc\n', 'a\nb\r\nc\r\n')).toBe('a\nnew\r\nb\r\nc\r\n');
    expect(restyle('b\nnew\nc\nd\n', '\ufeffa\nb\r\nc\nd')).toBe('\ufeffb\r\nnew\nc\nd');
    expect(restyle('x\n', 'a\r\nb\n')).toBe('x\n');
  });

  it('is off in what is compared and merged', () => {
    expect(plainText('\ufeffa\r\nb')).toBe('a\nb\n');
    expect([plainText(''), plainText('\ufeff'), plainText('\n')]).toEqual(['', '', '\n']);
  });
});
