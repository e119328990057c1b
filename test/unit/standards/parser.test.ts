import { describe, expect, it } from 'vitest';
import { openParser } from '../../../src/standards/index.ts';

describe('a parser', () => {
  it('parses a text once, however often it is asked', () => {
    const parser = openParser();
    const first = parser.yaml('a.yml', 'a: 1\n');
    expect(parser.yaml('a.yml', 'a: 1\n')).toBe(first);
    expect(first.file?.data).toEqual({ a: 1 });
    const image = parser.dockerfile('Dockerfile', 'FROM node:22\n');
    expect(parser.dockerfile('Dockerfile', 'FROM node:22\n')).toBe(image);
  });

  it('parses anew what has changed since, in either direction', () => {
    const parser = openParser();
    parser.yaml('a.yml', 'a: 1\n');
    expect(parser.yaml('a.yml', 'a: 2\n').file?.data).toEqual({ a: 2 });
    expect(parser.yaml('a.yml', 'a: [\n')).toMatchObject({ file: null, problems: [{ line: 2 }] });
    expect(parser.yaml('a.yml', 'a: 1\n').file?.data).toEqual({ a: 1 });
  });

  it('tells what does not parse each time', () => {
    const parser = openParser();
    const problems = () => parser.yaml('a.yml', 'a: [\n').problems;
    expect(problems()).toHaveLength(1);
    expect(problems()).toHaveLength(1);
  });

  it('knows one path from another', () => {
    const parser = openParser();
    expect(parser.yaml('a.yml', 'a: 1\n')).not.toBe(parser.yaml('b.yml', 'a: 1\n'));
  });
});
