/** Random edits of two sides in every format: what one side did is there, what both did is a conflict, nothing else is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printNode } from '../../../../../src/core/three-way/format.ts';
import { formats } from '../../../../../src/core/three-way/formats/index.ts';
import { holds, type Piece, plans, RUNS, type Shape } from './edits.ts';

/** A comment line above a piece. */
const note = (mark: string, { comment }: Piece, indent = ''): string =>
  comment === null ? '' : `${indent}${mark} ${comment}\n`;
const lines = (pieces: readonly Piece[], line: (piece: Piece) => string): string => pieces.map(line).join('');
/** Enough words of its own that nothing is taken for another one that was renamed. */
const words = ({ id }: Piece): string => [id, `${id}a`, `${id}b`, `${id}c`].join(' ');
/** Pieces with a comma behind all but the last. */
const commas = (pieces: readonly Piece[], line: (piece: Piece, comma: string) => string): string =>
  pieces.map((piece, index) => line(piece, index < pieces.length - 1 ? ',' : '')).join('');
const continued = (pieces: readonly Piece[], line: (piece: Piece) => string): string =>
  pieces.map(line).join(' \\\n    ');

const shapes: readonly Shape[] = [
  {
    name: 'an object of JSON',
    path: 'package.json',
    render: (all) =>
      `{\n  "scripts": {\n${commas(all, ({ id, value }, comma) => `    "${id}": "${value}"${comma}\n`)}  }\n}\n`,
    changes: true,
    comments: false,
  },
  {
    name: 'an object with comments and trailing commas',
    path: 'tsconfig.json',
    render: (all) => `{\n${lines(all, (piece) => `${note('//', piece, '  ')}  "${piece.id}": "${piece.value}",\n`)}}\n`,
    changes: true,
    comments: true,
  },
  {
    name: 'objects of a list by name',
    path: 'services.json',
    render: (all) =>
      `[\n${commas(all, ({ id, value }, comma) => `  { "name": "${id}", "value": "${value}" }${comma}\n`)}]\n`,
    changes: true,
    comments: false,
  },
  {
    name: 'words of a list on one line',
    path: 'list.json',
    render: (all) => `{ "list": [${all.map(({ id, value }) => `"${id} ${value}"`).join(', ')}] }\n`,
    changes: false,
    comments: false,
  },
  {
    name: 'keys of a table of TOML',
    path: 'config.toml',
    render: (all) => `[table]\n${lines(all, (piece) => `${note('#', piece)}${piece.id} = "${piece.value}"\n`)}`,
    changes: true,
    comments: true,
  },
  {
    name: 'tables of TOML',
    path: 'config.toml',
    render: (all) =>
      `top = 1\n${lines(all, (piece) => `\n${note('#', piece)}[${piece.id}]\nkind = "table"\nvalue = "${piece.value}"\n`)}`,
    changes: true,
    comments: true,
  },
  {
    name: 'elements of an array of tables',
    path: 'config.toml',
    render: (all) =>
      lines(all, (piece) => `${note('#', piece)}[[rules]]\nid = "${piece.id}"\nvalue = "${piece.value}"\n\n`),
    changes: true,
    comments: true,
  },
  {
    name: 'a list of TOML over several lines',
    path: 'config.toml',
    render: (all) =>
      `list = [\n${lines(all, (piece) => `${note('#', piece, '  ')}  "${piece.id} ${piece.value}",\n`)}]\n`,
    changes: false,
    comments: true,
  },
  {
    name: 'variables of a Dockerfile',
    path: 'Dockerfile',
    render: (all) =>
      `FROM scratch\nENV FIRST=1 \\\n    ${continued(all, ({ id, value }) => `${id}=${value}`)}\nCMD ["run"]\n`,
    changes: true,
    comments: false,
  },
  {
    name: 'instructions of a stage',
    path: 'Dockerfile',
    render: (all) =>
      `# syntax=docker/dockerfile:1\nFROM scratch AS base\n${lines(all, (piece) => `${note('#', piece)}RUN install ${words(piece)} --as ${piece.value}\n`)}`,
    changes: true,
    comments: true,
  },
  {
    name: 'packages of one RUN',
    path: 'Dockerfile',
    render: (all) =>
      `FROM debian\nRUN apt-get update && apt-get install -y \\\n    ${continued(all, ({ id, value }) => `${id}=${value}`)} \\\n && rm -rf /tmp/*\n`,
    changes: false,
    comments: false,
  },
  {
    name: 'stages of a Dockerfile',
    path: 'Dockerfile',
    render: (all) =>
      lines(all, (piece) => `${note('#', piece)}FROM scratch AS ${piece.id}\nENV VALUE=${piece.value}\n\n`),
    changes: true,
    comments: true,
  },
  {
    name: 'names and values',
    path: '.env.example',
    render: (all) => lines(all, (piece) => `${note('#', piece)}${piece.id}=${piece.value}\n`),
    changes: true,
    comments: true,
  },
  {
    name: 'an ignore file',
    path: '.gitignore',
    render: (all) => lines(all, (piece) => `${note('#', piece)}${piece.id}/${piece.value}\n`),
    changes: false,
    comments: true,
  },
  {
    name: 'targets of a Makefile',
    path: 'Makefile',
    render: (all) =>
      `.PHONY: ${all.map(({ id }) => id).join(' ')}\n${lines(all, (piece) => `\n${note('#', piece)}${piece.id}:\n\techo ${piece.value}\n`)}`,
    changes: true,
    comments: true,
  },
  {
    name: 'commands of a recipe',
    path: 'Makefile',
    render: (all) =>
      `all: first\n\techo first\n${lines(all, (piece) => `${note('#', piece)}\tinstall ${words(piece)} --as ${piece.value}\n`)}`,
    changes: true,
    comments: false,
  },
  {
    name: 'sections of a Markdown text',
    path: 'README.md',
    render: (all) =>
      `# Title\n${lines(all, (piece) => `\n## About ${piece.id}\n\nHere ${words(piece)} is ${piece.value}.\n`)}`,
    changes: true,
    comments: false,
  },
  {
    name: 'paragraphs of a Markdown text',
    path: 'README.md',
    render: (all) => `# Title\n${lines(all, (piece) => `\nHere ${words(piece)} is ${piece.value}.\n`)}`,
    changes: true,
    comments: false,
  },
  {
    name: 'items of a Markdown list',
    path: 'README.md',
    render: (all) => `# Title\n\n${lines(all, (piece) => `- Here ${words(piece)} is ${piece.value}.\n`)}`,
    changes: true,
    comments: false,
  },
  {
    name: 'rows of a Markdown table',
    path: 'README.md',
    render: (all) => `| What | Value |\n| --- | --- |\n${lines(all, ({ id, value }) => `| ${id} | ${value} |\n`)}`,
    changes: true,
    comments: false,
  },
];

describe.each(shapes)('$name', (shape) => {
  it('keeps what each side did, and makes a conflict of what both did', () => {
    fc.assert(
      fc.property(plans(), (plan) => holds(shape, plan)),
      RUNS,
    );
  });

  it('is printed back byte for byte', () => {
    const pieces = Array.from({ length: 5 }, (_, index) => ({
      id: `id${index}x`,
      value: `base${index}x`,
      comment: shape.comments && index % 2 === 1 ? `note${index}x` : null,
    }));
    const text = shape.render(pieces);
    const format = formats.find((one) => one.matches(shape.path, text));
    const parsed = format?.parse(text);
    expect(parsed !== undefined && 'root' in parsed && printNode(parsed.root)).toBe(text);
  });
});
