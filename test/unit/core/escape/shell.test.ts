import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor, Verbatim } from '../../../../src/core/escape/index.ts';
import { around, failures, SAMPLES } from './samples.ts';

const shell = escaperFor('shell');
const { sh } = helpersFor('yaml');
const values = SAMPLES.filter((s) => !s.includes('\0') && !/[\ud800-\udfff]/u.test(s));

/** Runs `script` and returns what it printed, split at NUL. No PATH: nothing that an injection could call. */
function run(shellPath: string, script: string): string[] {
  const result = spawnSync(shellPath, {
    input: script,
    env: { PATH: '/nonexistent', HOME: '/home/nobody' },
    maxBuffer: 1e8,
  });
  return result.stdout.toString('utf8').split('\0').slice(0, -1);
}

describe.each(['/bin/bash', '/bin/sh'])('a word, read back by %s', (path) => {
  it('is the value', () => {
    const print = (word: (s: string) => string) =>
      run(path, values.map((s) => `printf '%s\\000' ${word(s)}\n`).join(''));
    expect(print(shell)).toEqual(values);
    expect(
      print((s) => `"${s}"`),
      'control: double quotes',
    ).not.toEqual(values);
  });

  it('is the value in every place where sh`…` takes one', () => {
    const places: [string, string][] = [
      ['set -- ', '; printf \'%s\\000\' "$1"'],
      ['x=', '; printf \'%s\\000\' "$x"'],
      ["printf '%s\\000' \"$(printf '%s.' ", ')"'],
      ["(printf '%s\\000' ", ')'],
      ["case 1 in 1) printf '%s\\000' ", ' ;; esac'],
      ["printf '%s\\000' ", '>&1 # it\'s "fine'],
    ];
    const few = values.filter((_, i) => i % 5 === 0);
    for (const [index, [before, after]] of places.entries()) {
      const printed = run(path, few.map((s) => `${sh(around(before, after), s)}\n`).join(''));
      expect(printed).toEqual(few.map((s) => (index === 2 ? `${s}.` : s)));
    }
  });
});

describe('shell words', () => {
  it.each(['npm', 'test:unit', './a/b.sh', '--flag=value', 'node:22', 'a@b', '-x', '22', 'a,b'])(
    'leaves %j plain',
    (text) => {
      expect(shell(text)).toBe(text);
    },
  );

  it.each(['', 'a b', '$HOME', '~', 'a=b', 'if', '*', '#a', 'é', '!', '{a', '[', 'a\nb'])('quotes %j', (text) => {
    expect(shell(text)).toBe(`'${text}'`);
  });

  it.each([undefined, null, Number.NaN, {}, 'a\0b', 'a\ud800', Symbol('x')])('refuses %s', (value) => {
    expect(() => shell(value)).toThrow(/cannot say/);
  });
});

describe('sh`…`', () => {
  it('quotes each interpolation, joins arrays, lets shell text through', () => {
    expect(sh`npm run ${'a b'} -- ${['-x', 'c d']}`).toBe("npm run 'a b' -- -x 'c d'");
    expect(sh`${new Verbatim('a && b', 'test')} && ${'c'}`).toBe('a && b && c');
    expect(sh`echo ${2}>x`).toBe("echo '2'>x");
    expect(sh`printf '%s\n' ${'x'} \${HOME} \`id\``).toBe("printf '%s\\n' x ${HOME} `id`");
  });

  it('is shell text in a script, a Dockerfile and a Makefile, a string elsewhere', () => {
    expect(shell(helpersFor('shell').sh`cd ${'a b'} && ls`)).toBe("cd 'a b' && ls");
    expect(escaperFor('makefile')(helpersFor('makefile').sh`echo $HOME ${'$x'}`)).toBe("echo $$HOME '$$x'");
    expect(escaperFor('json')(sh`a ${'b c'}`)).toBe(`"a 'b c'"`);
  });

  it.each([
    ['"', '"', 'double quotes'],
    ["'", "'", 'single quotes'],
    ["$'", "'", "$'"],
    ['`', '`', 'backticks'],
    ['${X:-', '}', '${'],
    ['$((1 + ', '))', 'arithmetic'],
    ['((', '))', 'arithmetic'],
    ['# ', '\n', 'a comment'],
    ['cat <<EOF\n', '\nEOF', 'a here-document'],
    ['"$(echo "', '")"', 'double quotes'],
    ['"`', '`"', 'backticks'],
    ['\\\'"', '"', 'double quotes'],
    ['$(# ', '\n)', 'a comment'],
  ])('refuses a value between %j and %j', (before, after, where) => {
    expect(() => sh(around(before, after), 'x')).toThrow(`it stands inside ${where}`);
  });

  it.each(['echo "a', "echo 'a", 'echo $(a', 'echo `a'])('refuses text that leaves something open: %j', (text) => {
    expect(() => sh(around(text, ''))).toThrow(/left open/);
  });

  it('finds its way out of quotes, comments and substitutions again', () => {
    const script = around(`a "it's \\" $(b "c" 'd') \${e}" 'f "' # don't\n$((1 << 2)) x#y \\" <<<z `, '');
    expect(failures(['v'], (v) => String(sh(script, v)).endsWith(' v'))).toEqual([]);
  });
});
