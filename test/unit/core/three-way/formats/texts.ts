/** Texts put together of pieces that matter in a format, in any order: most are odd, some are invalid. */
import fc from 'fast-check';

/** `front`: what every text begins with, so that more of them are valid. */
type Grammar = Readonly<{ path: string; front?: string; pieces: readonly string[] }>;

export const GRAMMARS: readonly Grammar[] = [
  {
    path: 'Dockerfile',
    front: 'FROM scratch AS first\n',
    pieces: [
      '# syntax=docker/dockerfile:1\n',
      'FROM a:1.2.3 AS x\n',
      'FROM b\n',
      'FROM --platform=$BUILDPLATFORM a AS y\n',
      '# a comment\n',
      '\n',
      'RUN a \\\n && b \\\n && c d\n',
      'RUN a \\\n  # why\n  b\n',
      'RUN <<EOF\nx\n# y\nEOF\n',
      'RUN --mount=type=cache,target=/x make\n',
      'ENV A=1 \\\n    B="2 3"\n',
      'ENV A 1 2\n',
      'ARG V=1\n',
      'ARG W\n',
      'COPY --from=x a b ./\n',
      'COPY ["a b", "./"]\n',
      'COPY <<E /x\nhello\nE\n',
      'EXPOSE 80 443\n',
      'USER app\n',
      'USER 1\n',
      'WORKDIR /x\n',
      'CMD ["a", "b"]\n',
      'LABEL a=b c="d e"\n',
      'HEALTHCHECK --interval=1s CMD x\n',
      'run lower\n',
    ],
  },
  {
    path: 'Makefile',
    pieces: [
      '# a comment\n',
      '\n',
      'A := 1\n',
      'B ?= $(shell echo "#") # x\n',
      'B += 2\n',
      'C = a \\\n  b \\\n  c\n',
      '.PHONY: a b\n',
      '.PHONY: c\n',
      'a: b c ## help\n',
      '\techo a\n',
      '\t@echo b \\\n\t  c\n',
      '\n\t# in it\n',
      'b: A := 2\n',
      'c d: | e\n\ttouch c\n',
      'include x.mk\n',
      'ifeq ($(A),1)\nD = 1\nelse\nD = 2\nendif\n',
      'ifdef X\n\techo x\nendif\n',
      'define T\nx\nendef\n',
      '%.o: %.c\n\tcc $<\n',
      '$(T): p-%: q-%\n\tx\n',
      '$(U): $(T:.c=.o)\n',
      '\t# a note\n',
      'x:: y\n\ttrue\n',
    ],
  },
  {
    path: 'README.md',
    pieces: [
      '---\na: b\nc:\n  - d\n---\n',
      '# One\n',
      '## Two\n',
      '## Two\n',
      'Under\n=====\n',
      'A paragraph\nof two lines.\n',
      'Another one.\n',
      '\n',
      '\n\n',
      '- an item\n',
      '- another\n  goes on\n',
      '  - below it\n',
      '1. first\n\n   ```sh\n   # no heading\n   ```\n\n',
      '2. second\n',
      '```sh\n# no heading\n\nx\n```\n',
      '~~~\n```\n~~~\n',
      '| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | `x \\| y` |\n',
      '<!-- a\n\ncomment -->\n',
      '***\n',
      '> quoted\n',
      '    code\n',
      '<div>\nx\n</div>\n',
    ],
  },
  {
    path: 'config.toml',
    pieces: [
      '# a comment\n',
      '\n',
      'a = 1\n',
      'b = "x" # why\n',
      'c.d = true\n',
      'c.e = 2\n',
      '[t]\n',
      '[t.u]\n',
      '[[l]]\nid = "1"\n',
      '[[l]]\nid = "2"\n',
      '[l.m]\n',
      'f = [1, 2,\n  # two\n  3]\n',
      'g = ["a", "b"]\n',
      'h = { x = 1, y = "2" }\n',
      'i = """\nlong\n# text\n"""\n',
      "j = '''\nx'''\n",
      'k = 1979-05-27T07:32:00Z\n',
      'm = []\n',
      'n = {}\n',
      'o = [\n  { name = "p", v = 1 },\n]\n',
    ],
  },
  {
    path: '.env',
    pieces: [
      '# a comment\n',
      '\n',
      'A=1\n',
      'export B=2\n',
      'C="x\ny"\n',
      "D='#' # why\n",
      'E=\n',
      'A=3\n',
      'F = spaced \n',
      'no name\n',
      'G="open\n',
    ],
  },
  { path: '.gitignore', pieces: ['# a comment\n', '\n', 'a\n', '!a\n', 'b/ \n', '\\#c\n', 'd\\ \n', '**/e\n', 'a\n'] },
];

/** An edit of a list of pieces: at a place take away, put in, or both. */
type Edit = Readonly<{ at: number; drop: number; piece: string | null }>;

export function triples(grammar: Grammar): fc.Arbitrary<Readonly<{ base: string; yours: string; theirs: string }>> {
  const { front = '' } = grammar;
  const piece = fc.constantFrom(...grammar.pieces);
  const edit = fc.record({ at: fc.nat(12), drop: fc.nat(2), piece: fc.option(piece, { freq: 3 }) });
  const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
  return fc
    .record({ list: fc.array(piece, { minLength: 2, maxLength: 12 }), mine: edits, news: edits })
    .map(({ list, mine, news }) => ({
      base: front + list.join(''),
      yours: front + apply(list, mine),
      theirs: front + apply(list, news),
    }));
}

function apply(list: readonly string[], edits: readonly Edit[]): string {
  return edits
    .reduce<readonly string[]>((now, { at, drop, piece }) => {
      const from = at % (now.length + 1);
      return [...now.slice(0, from), ...(piece === null ? [] : [piece]), ...now.slice(from + drop)];
    }, list)
    .join('');
}
