/** The person's editor: its words, its name, a text there and back. Real programs, no shell. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { findEditor, splitWords } from '../../../src/io/editor.ts';

describe('a command line is split into words', () => {
  it.each([
    ['vim', ['vim']],
    ['  code   --wait ', ['code', '--wait']],
    ['"/opt/My Editor/bin/ed" -w', ['/opt/My Editor/bin/ed', '-w']],
    ["'/opt/My Editor/ed' ''", ['/opt/My Editor/ed', '']],
    ['/opt/My\\ Editor/ed', ['/opt/My Editor/ed']],
    ['ed "a \\"b\\" $c"', ['ed', 'a "b" $c']],
    ['ed; rm -rf ~', ['ed;', 'rm', '-rf', '~']],
    ['ed $(touch x) `touch y` | tee', ['ed', '$(touch', 'x)', '`touch', 'y`', '|', 'tee']],
    ['', []],
    ['   ', []],
  ])('%j', (line, words) => expect(splitWords(line, 'linux')).toEqual(words));

  it('leaves the backslashes of Windows paths alone', () =>
    expect(splitWords('"C:\\Program Files\\ed.exe" -w C:\\x', 'win32')).toEqual([
      'C:\\Program Files\\ed.exe',
      '-w',
      'C:\\x',
    ]));

  it.each(['"ed', "ed 'x", 'ed "x\\"'])('%j has a quote that does not close', (line) =>
    expect(splitWords(line, 'linux')).toBeNull(),
  );
});

describe('the editor', () => {
  let folder = '';
  const script = (name: string, body: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'an editor '));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const named = (env: Record<string, string>) => findEditor({ PATH: process.env.PATH, ...env }, 'linux');

  it('is $VISUAL before $EDITOR, except on a dumb terminal', () => {
    expect(named({ VISUAL: 'code --wait', EDITOR: 'ed' })?.name).toBe('code');
    expect(named({ VISUAL: 'code --wait', EDITOR: 'ed', TERM: 'dumb' })?.name).toBe('ed');
    expect(named({ VISUAL: ' ', EDITOR: '/usr/bin/ed' })?.name).toBe('ed');
  });

  it('is one that is there when nobody named one, and none when there is none', () => {
    script('nano', 'true');
    expect(findEditor({ PATH: folder }, 'linux')?.name).toBe('nano');
    expect(findEditor({ PATH: join(folder, 'nothing') }, 'linux')).toBeNull();
  });

  it('refuses a variable that cannot be read, by its name', () => {
    expect(() => named({ EDITOR: 'code "--wait' })).toThrow(SetupError);
    expect(() => named({ EDITOR: 'code "--wait' })).toThrow('$EDITOR');
  });

  it('gets the text in a private file of the right name, and gives back what was saved', () => {
    const seen = join(folder, 'seen');
    const editor = script(
      'ed it',
      `echo "$1" > '${seen}'; stat -c '%a %n' "$1" "$(dirname "$1")" >> '${seen}'; printf 'more\\n' >> "$1"`,
    );
    const text = named({ EDITOR: `"${editor}"` })?.edit('one\n', '.github/workflows/ci.yml');
    expect(text).toBe('one\nmore\n');
    const [path = '', file, parent] = readFileSync(seen, 'utf8').split('\n');
    expect(path).toMatch(/\/ci\.yml$/);
    expect(file).toMatch(/^600 /);
    expect(parent).toMatch(/^700 /);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['fails', 'exit 1'],
    ['takes the file away', 'rm "$1"'],
    ['is killed', 'kill -9 $$'],
  ])('gives nothing back when it %s', (_, body) => {
    const editor = script('bad', body);
    expect(named({ EDITOR: `"${editor}"` })?.edit('one\n', 'x.yml')).toBeNull();
  });

  it('gives nothing back when it is not there', () =>
    expect(named({ EDITOR: join(folder, 'nowhere').replace(' ', '\\ ') })?.edit('one\n', 'x.yml')).toBeNull());

  it('runs no shell: what looks like one is the name of a program', () => {
    const mark = join(folder, 'mark');
    expect(named({ EDITOR: `true; touch '${mark}' #` })?.edit('one\n', 'x.yml')).toBeNull();
    expect(existsSync(mark)).toBe(false);
  });
});
