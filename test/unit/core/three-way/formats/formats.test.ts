/** What each format takes for valid, which paths it reads, and that no text keeps it busy. */
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../../../../src/core/three-way/format.ts';
import { printNode } from '../../../../../src/core/three-way/format.ts';
import { formats } from '../../../../../src/core/three-way/formats/index.ts';

function parse(path: string, text: string): Parsed {
  return formats.find((format) => format.matches(path, text))?.parse(text) ?? { error: 'nobody reads it' };
}

function errorOf(path: string, text: string): string | null {
  const parsed = parse(path, text);
  return 'error' in parsed ? parsed.error : null;
}

describe('paths', () => {
  it.each([
    ['package.json', 'json'],
    ['infrastructure/cdktf/tsconfig.json', 'json'],
    ['package-lock.json', 'generated'],
    ['infrastructure/cdktf/package-lock.json', 'generated'],
    ['yarn.lock', 'generated'],
    ['pyproject.toml', 'toml'],
    ['Dockerfile', 'dockerfile'],
    ['services/api/Dockerfile.worker', 'dockerfile'],
    ['api.dockerfile', 'dockerfile'],
    ['Dockerfile.dockerignore', 'ignore'],
    ['.gitignore', 'ignore'],
    ['apps/web/.dockerignore', 'ignore'],
    ['.env.example', 'dotenv'],
    ['.env', 'dotenv'],
    ['Makefile', 'makefile'],
    ['build/common.mk', 'makefile'],
    ['README.md', 'markdown'],
    ['src/server.ts', undefined],
    ['scripts/run.sh', undefined],
    ['.env.ts', 'dotenv'],
    ['environment.ts', undefined],
  ])('%s is read as %s', (path, id) => {
    expect(formats.find((format) => format.matches(path, '{}\n'))?.id).toBe(id);
  });

  it('reads JSON with comments where there are some', () => {
    expect(formats.find((format) => format.matches('any.json', '{ "a": 1, }\n'))?.id).toBe('jsonc');
    expect(formats.find((format) => format.matches('any.json', '{ "a": 1 }\n'))?.id).toBe('json');
  });
});

describe('TOML', () => {
  it.each([
    'a = 1\n',
    'a = "\\u00e9 \\\\ \\""\n',
    "a = 'C:\\path'\n",
    'a = """\none\n  two "quoted" \\\n   three"""\n',
    "a = '''\nit's'''\n",
    'a = """"quoted""""\n',
    'a = [1, 2, # two\n 3,]\n',
    'a = { b = 1, c.d = "x" }\n',
    'a.b.c = 1\na.b.d = 2\n',
    '"a b".c = 1\n',
    '1979-05-27 = 1\n',
    'a = 1979-05-27 07:32:00Z\n',
    'a = 07:32:00.999\n',
    'a = 0xdead_beef\nb = 0o17\nc = 0b1\nd = -1_000.5e-3\ne = inf\nf = +nan\n',
    '[a.b]\nc = 1\n[a]\nd = 2\n',
    '[[a]]\nb = 1\n[a.c]\nd = 1\n[[a]]\n[a.c]\nd = 2\n[[a.e]]\n[[a.e]]\n',
    '# nothing\n',
    '',
  ])('takes %j', (text) => {
    const parsed = parse('a.toml', text);
    expect('root' in parsed ? printNode(parsed.root) : parsed.error).toBe(text);
  });

  it.each([
    ['a = 1\na = 2\n', 'line 2: a is defined twice'],
    ['[a]\n[b]\n[a]\n', 'line 3: a is defined twice'],
    ['a = 1\n[a]\n', 'line 2: a is defined twice'],
    ['a.b = 1\n[a]\n', 'line 2: a is defined twice'],
    ['[a.b]\n[a]\nb.c = 1\n', 'line 3: b.c is defined twice'],
    ['a = []\n[[a]]\n', 'line 2: a is defined twice'],
    ['[a]\n[[a]]\n', 'line 2: a is defined twice'],
    ['a = {b = 1}\na.c = 2\n', 'line 2: a.c is defined twice'],
    ['a = { b = 1, b = 2 }\n', 'line 1: the key b stands twice'],
    ['a = { b = 1, b.c = 2 }\n', 'line 1: a is defined twice'],
    ['a = { b = 1, }\n', 'line 1: a comma before "}" is not TOML'],
    ['a = { b = 1\n}\n', 'line 1: "," or "}" is expected here'],
    ['a = "x\n', 'line 1: a string is not closed'],
    ['a = "\\q"\n', 'line 1: an unknown escape'],
    ['a = "\\ud800"\n', 'line 1: an unknown escape'],
    ['a = 01\n', 'line 1: a value is expected here'],
    ['a = 1__0\n', 'line 1: a value is expected here'],
    ['a = 1.\n', 'line 1: a value is expected here'],
    ['a = 2024-02-30\n', 'line 1: there is no such date'],
    ['a = 1 b = 2\n', 'line 1: nothing may follow on this line'],
    ['a = \n', 'line 1: a value is expected here'],
    ['a\n', 'line 1: "=" is expected here'],
    ['[a\n', 'line 1: "]" is expected here'],
    ['[[a]\n', 'line 1: "]]" is expected here'],
    ['# \u0001\n', 'line 1: a control character'],
    [`a = ${'['.repeat(5000)}\n`, 'line 1: this is nested too deeply'],
  ])('refuses %j', (text, error) => {
    expect(errorOf('a.toml', text)).toBe(error);
  });
});

describe('the others', () => {
  it.each([
    ['a.json', '{ "a": 1, "a": 2 }\n', 'line 1: the key "a" stands twice'],
    ['a.json', '[{ "b": { "c": 1, "c": 2 } }]\n', 'line 1: the key "c" stands twice'],
    ['Dockerfile', 'FORM a\n', 'line 1 begins with no instruction of a Dockerfile'],
    ['Dockerfile', 'RUN a\nFROM b\n', 'line 1: RUN stands before the first FROM'],
    ['Dockerfile', 'FROM a\nRUN <<EOF\nx\n', 'line 2: nothing closes the here-document EOF'],
    ['Dockerfile', 'FROM a AS x\nFROM b AS X\n', 'line 2: the stage x stands twice'],
    ['Dockerfile', 'FROM a\nUSER\n', 'line 2: USER says nothing'],
    ['Dockerfile', '<<<<<<< yours\nFROM a\n', 'line 1 begins with no instruction of a Dockerfile'],
    ['Makefile', '\techo\n', 'line 1 is a recipe without a target'],
    ['Makefile', 'a:\n\tx\na:\n\ty\n', 'the target a has two recipes'],
    ['Makefile', 'a b:\n\tx\nb:\n\ty\n', 'the target b has two recipes'],
    ['Makefile', 'ifeq (1,1)\nA = 1\n', 'nothing closes line 1'],
    ['Makefile', '=======\n', 'line 1 is neither a variable nor a target'],
  ])('%s refuses %j', (path, text, error) => {
    expect(errorOf(path, text)).toBe(error);
  });

  it.each([
    ['Dockerfile', 'FROM a\nRUN cat <<<"x" && echo $((1<<2))\n'],
    ['Dockerfile', 'FROM a\nRUN <<A cat && <<"B" cat\n1\nA\n2\nB\n'],
    ['Dockerfile', 'FROM a\nCOPY <<-EOF /x\n\tx\n\tEOF\n'],
    ['Dockerfile', 'FROM a\nRUN a \\\n\n  # why\n  && b\n'],
    ['Dockerfile', 'ARG V=1\nFROM a:$V\n'],
    ['Makefile', 'a::\n\tx\na::\n\ty\n'],
    ['Makefile', 'A = $(shell echo "a\\#b" | tr -d "#") # why\n'],
    ['Makefile', 'a: ; echo\n'],
    ['Makefile', '$(T): a b\n\tx\n$(if $(X),$(error no))\n'],
    ['Makefile', '$(T): p-% : q-%\n\tx\n'],
    ['Makefile', '\t# a note\n\t\nA := 1\n'],
    ['Makefile', '$(A:.c=.o): $(B:.c=.h)\n\tx\n'],
    ['Makefile', 'a: B := c\na: d\n\techo\n'],
    ['Makefile', 'A=\\\n\\\n\n'],
    ['README.md', '```\n# no heading\n'],
    ['README.md', 'a\n---\n\nb\n===\n'],
    ['README.md', '| a |\n| - |\n| `x \\| y` |\n| only | more |\n'],
    ['.env', "A='x\ny'\nB=\"open\nC\n"],
    ['.gitignore', 'a\\ \nb  \n'],
  ])('%s takes %j', (path, text) => {
    const parsed = parse(path, text);
    expect('root' in parsed ? printNode(parsed.root) : parsed.error).toBe(text);
  });

  it.each([
    ['.gitignore', '    ', '!\n'],
    ['.env', 'A="', '\n'],
    ['.env', 'A=b #', '\n'],
    ['Makefile', '    ', '!\n'],
    ['Makefile', 'A = $(x)', '\\\n'],
    ['Makefile', 'a: b\n\tc\n', ''],
    ['Dockerfile', 'FROM a\n', ''],
    ['Dockerfile', 'FROM a\nRUN a \\\n && ', 'b\n'],
    ['README.md', '| ', '\n|-|\n'],
    ['README.md', '- ', '\n'],
    ['README.md', '`', '\n'],
    ['a.toml', '[a', '\n'],
    ['a.toml', 'a.', 'b = 1\n'],
    ['a.json', '[', '\n'],
  ])('%s is done soon with thousands of %j', (path, piece, end) => {
    const start = process.cpuUsage();
    parse(path, piece.repeat(6000) + end);
    // Of its own time, as the machine may be busy: a second is what a quadratic reader needs many times over, and a linear one never.
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(4000);
  });
});
