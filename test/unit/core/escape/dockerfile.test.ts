import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor } from '../../../../src/core/escape/index.ts';
import { around, failures, SAMPLES } from './samples.ts';

const dockerfile = escaperFor('dockerfile');
const { sh, json, comment } = helpersFor('dockerfile');
const values = SAMPLES.filter((s) => !/[\n\r\0]/.test(s));

/**
 * One word as BuildKit's lexer expands it with an empty environment (frontend/dockerfile/shell/lex.go): quotes, escapes, variables.
 * Throws where it finds the end of the word too early or too late.
 */
function expand(word: string): string {
  let result = '';
  for (let at = 0, quote = ''; at < word.length || quote; at++) {
    const char = word[at];
    const next = word[at + 1];
    if (char === undefined) throw new Error('a quote is left open');
    if (quote === "'") {
      if (char === quote) quote = '';
      else result += char;
    } else if (char === '$') {
      throw new Error('a variable');
    } else if (quote === '"') {
      if (char === quote) quote = '';
      else if (char === '\\' && next !== undefined && '"$\\'.includes(next)) result += word[++at];
      else result += char;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '\\') result += word[++at] ?? '';
    else if (/\s/u.test(char)) throw new Error('white space ends the word');
    else result += char;
  }
  return result;
}

/** The words of a line, quotes kept, that BuildKit takes for here-documents in RUN and COPY (parser.go, heredocsFromLine). */
function hereDocuments(line: string): string[] {
  const words: string[] = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+|['"]/g) ?? [];
  if (words.includes("'") || words.includes('"')) throw new Error('a quote is left open');
  return words.filter((word) => /^\d*<<-?[^<]*$/.test(word));
}

const instructions = (text: string) => DockerfileParser.parse(text).getInstructions();

describe('a word of a Dockerfile', () => {
  it('is the value', () => {
    const holds = (word: (s: string) => string) => (s: string) => expand(word(s)) === s;
    expect(failures(values, holds(dockerfile))).toEqual([]);
    expect(
      failures(
        values,
        holds((s) => `"${s}"`),
      ).length,
      'control: quotes alone',
    ).toBeGreaterThan(100);
  });

  it('stays one property of one instruction', () => {
    const holds = (word: (s: string) => string) => (s: string) => {
      const found = instructions(`FROM scratch\nENV A=${word(s)} B=c\nUSER 1\n`);
      const [, env] = found;
      const names = DockerfileParser.parse(env?.getTextContent() ?? '')
        .getENVs()[0]
        ?.getProperties()
        .map((p) => p.getName());
      return found.map((i) => i.getKeyword()).join() === 'FROM,ENV,USER' && names?.join() === 'A,B';
    };
    expect(failures(values, holds(dockerfile))).toEqual([]);
    expect(
      failures(
        SAMPLES,
        holds((s) => s),
      ).length,
      'control: plain interpolation',
    ).toBeGreaterThan(500);
  });

  it('is never taken for a flag or a here-document', () => {
    expect(dockerfile('--from=x')).toBe('"--from=x"');
    expect(dockerfile('<<EOF')).toBe('"<<EOF"');
  });

  it('is plain when it can be', () => {
    expect(['node:22@sha256:ab', './src/', 'a=b', '*.json', '-x', 22, true].map(dockerfile).join(' ')).toBe(
      'node:22@sha256:ab ./src/ a=b *.json -x 22 true',
    );
    expect(dockerfile('a `b` "$c\\')).toBe('"a `b` \\"\\$c\\\\"');
    expect(dockerfile('')).toBe('""');
  });

  it.each(['a\nb', 'a\rb', 'a\0b', 'a\ud800', null, undefined, ['a']])('refuses %j', (value) => {
    expect(() => dockerfile(value)).toThrow(/cannot say/);
  });
});

describe('the exec form', () => {
  const lists = SAMPLES.filter((s) => !s.includes('\0')).map((s) => ['sh', s, `-${s}`]);

  it('is a JSON array of the strings, on one line, with white space only inside quotes or after commas', () => {
    for (const list of lists) {
      const text = dockerfile(json(list));
      expect(JSON.parse(text)).toEqual(list);
      expect(/[\n\r]/.test(text)).toBe(false);
      expect(hereDocuments(text)).toEqual([]);
      expect(instructions(`FROM a\nCMD ${text}\nUSER 1`)).toHaveLength(3);
    }
    const naive = lists.filter((list) => !isJson(`["${list.join('", "')}"]`));
    expect(naive.length, 'control: joining').toBeGreaterThan(300);
  });

  it.each([['a', 1], [], 'a', {}, ['a\0'], ['\ud800']].map((value) => [value]))(
    'refuses %j: Docker would take it for shell',
    (value) => {
      expect(() => json(value)).toThrow(/dockerfile cannot say/);
    },
  );
});

describe('shell in RUN', () => {
  it('keeps each value inside its instruction', () => {
    const holds = (run: (s: string) => string) => (s: string) => {
      const text = run(s);
      const found = instructions(`FROM a\n${text}\nUSER 1`).map((i) => i.getKeyword());
      // dockerfile-ast sees here-documents inside quotes too; BuildKit does not.
      return hereDocuments(text).length === 0 && (s.includes('<<') || found.join() === 'FROM,RUN,USER');
    };
    const print = (s: string) => `RUN ${dockerfile(sh`npm run ${s} && ls`)}`;
    expect(failures(values, holds(print))).toEqual([]);
    const naive = (s: string) => `RUN npm run ${s} && ls`;
    expect(failures(SAMPLES, holds(naive)).length, 'control').toBeGreaterThan(300);
  });

  it('refuses line breaks, and makes no flag of the first word', () => {
    expect(() => sh`npm run ${'a\nb'}`).toThrow(/line break/);
    expect(dockerfile(sh(around('', ' x'), '--mount=type=secret'))).toBe("'--mount=type=secret' x");
  });
});

it('a comment is no parser directive', () => {
  expect(`# ${comment('syntax=evil/frontend')}`).toBe('# syntax: evil/frontend');
  expect(`# ${comment(' Escape = `')}`).toBe('# Escape: `');
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
