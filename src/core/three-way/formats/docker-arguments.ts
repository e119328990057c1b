/** The arguments of one instruction of a Dockerfile as parts: flags, pairs, sources, commands put together by `&&`. */
import type { Container, Entry, Node } from '../format.ts';
import type { Instruction } from './docker-lines.ts';
import { containerOf, entryOf, leafOf, unique } from './parts.ts';
import { around, continuation, plainWords, splitWords, WORDS, type Word, wordsOf } from './words.ts';

/** Commands of a RUN behind one another: `a && b`. */
export const CHAIN = 'chain';
/** The lines that one command is written over. */
export const LINES = 'lines';
export const IMAGE = '$image';
const DESTINATION = '$destination';
const COMMAND = '$command';
const NAME = '$as';
/** What comes last in its instruction. */
export const LAST: ReadonlySet<string> = new Set([DESTINATION, COMMAND, NAME]);

/** `key`: what names it among its neighbours; null: what it says names it. */
export type Arguments = Readonly<{ key: string | null; node: Node }>;

export function argumentsOf({ keyword, body, heredoc }: Instruction, mark: string): Arguments {
  const words = splitWords(body, mark);
  switch (keyword) {
    case 'FROM':
      return { key: 'FROM', node: fromOf(words) };
    case 'ENV':
    case 'LABEL':
      return pairsOf(keyword, words, body);
    case 'ARG': {
      const names = words.map(({ text }) => text.split('=')[0] as string);
      const entries = words.map((word, index) =>
        entryOf(names[index] as string, leafOf(word.text, 'argument'), {
          name: names[index] as string,
          ...around(word),
        }),
      );
      return { key: `ARG:${names[0]}`, node: containerOf('map', WORDS, unique(entries)) };
    }
    case 'EXPOSE':
    case 'VOLUME':
      if (body.startsWith('[')) return { key: keyword, node: leafOf(body, 'list') };
      return { key: keyword, node: containerOf('list', WORDS, plainWords(words, 'word')) };
    case 'COPY':
    case 'ADD':
      return { key: null, node: heredoc ? leafOf(body, 'heredoc', body, true) : copyOf(words) };
    case 'RUN':
      return { key: null, node: withFlags(words, body, (rest) => commandOf(rest, heredoc, mark)) };
    case 'HEALTHCHECK':
      return { key: keyword, node: withFlags(words, body, (rest) => leafOf(rest, 'check', oneLine(rest, mark))) };
    case 'ONBUILD':
      return { key: null, node: leafOf(body, 'instruction', oneLine(body, mark)) };
    default:
      return { key: keyword, node: leafOf(body, 'word', oneLine(body, mark)) };
  }
}

function flagEntry(word: Word): Entry {
  const { text } = word;
  const [, open, name, value] = /^((--[\w-]+)=)([\s\S]*)$/.exec(text) ?? [];
  if (open === undefined || name === undefined || value === undefined)
    return entryOf(text, leafOf(text, 'flag'), { name: text, ...around(word) });
  const target =
    name === '--mount' ? `:${/(?:^|,)(?:target|dst|destination|id)=([^,]+)/.exec(value)?.[1] ?? value}` : '';
  return entryOf(name + target, leafOf(value, 'flag'), {
    name: name + target,
    ...around(word),
    open: word.open + open,
  });
}

function flagsOf(words: readonly Word[]): readonly Entry[] {
  const end = words.findIndex(({ text }) => !text.startsWith('--'));
  return unique(words.slice(0, end < 0 ? words.length : end).map(flagEntry));
}

function fromOf(words: readonly Word[]): Container {
  const flags = flagsOf(words);
  const [image, as, name, ...more] = words.slice(flags.length);
  if (image === undefined || (as !== undefined && (as.text.toUpperCase() !== 'AS' || name === undefined)))
    return containerOf('map', WORDS, plainWords(words, 'word'));
  const entries = [...flags, entryOf(IMAGE, leafOf(image.text, 'image'), { name: 'image', ...around(image) })];
  if (as !== undefined && name !== undefined) {
    const open = as.open + as.text + as.comma + name.lead + name.open;
    entries.push(entryOf(NAME, leafOf(name.text, 'name'), { name: 'as', lead: as.lead, open, comma: name.comma }));
  }
  return containerOf('map', WORDS, [...entries, ...plainWords(more, 'word')]);
}

function pairsOf(keyword: string, words: readonly Word[], body: string): Arguments {
  const isPair = ({ text }: Word): boolean => /^[^=\s]+=/.test(text);
  if (!words.every(isPair)) {
    // The old way: `ENV NAME the rest of the line`.
    const [, open, name, value] = /^(([^\s=]+)[ \t]+)([\s\S]+)$/.exec(body) ?? [];
    if (open === undefined || name === undefined || value === undefined)
      return { key: null, node: leafOf(body, 'pairs') };
    const entry = entryOf(name, leafOf(value, 'value'), { name, open });
    return { key: `${keyword}:${name}`, node: containerOf('map', WORDS, [entry]) };
  }
  const entries = words.map((word) => {
    const open = word.text.slice(0, word.text.indexOf('=') + 1);
    const name = open.slice(0, -1);
    const value = leafOf(word.text.slice(open.length), 'value');
    return entryOf(name, value, { name, ...around(word), open: word.open + open });
  });
  return { key: `${keyword}:${entries[0]?.key}`, node: containerOf('map', WORDS, unique(entries)) };
}

function copyOf(words: readonly Word[]): Node {
  const flags = flagsOf(words);
  const rest = words.slice(flags.length);
  const destination = rest.at(-1);
  if (destination === undefined || rest.length < 2 || rest[0]?.text.startsWith('[')) {
    return leafOf(textOf(words), 'copy');
  }
  const target = entryOf(DESTINATION, leafOf(destination.text, 'path'), {
    name: 'destination',
    ...around(destination),
  });
  return containerOf('map', WORDS, [...flags, ...plainWords(rest.slice(0, -1), 'source'), target]);
}

function withFlags(words: readonly Word[], body: string, rest: (text: string) => Node): Node {
  const flags = flagsOf(words);
  if (flags.length === words.length) return leafOf(body, 'flags');
  const first = words[flags.length] as Word;
  const length = textOf(words.slice(0, flags.length)).length + first.lead.length + first.open.length;
  const command = rest(body.slice(length));
  const { lead, open } = first;
  return containerOf('map', WORDS, [...flags, entryOf(COMMAND, command, { name: '', lead, open })]);
}

function textOf(words: readonly Word[]): string {
  return words.map(({ lead, open, text, comma }) => lead + open + text + comma).join('');
}

/** Commands between `&&`, each a list of its lines: what people add are commands to a chain, and packages to a list. */
function commandOf(text: string, heredoc: boolean, mark: string): Node {
  if (heredoc) return leafOf(text, 'script', text, true);
  if (text.startsWith('[')) return leafOf(text, 'command');
  const next = `${continuation(mark)}[ \\t]*`;
  const parts = split(text, new RegExp(`[ \\t]*${next}&&[ \\t]*(?:${next})?|[ \\t]+&&[ \\t]*(?:${next})?`, 'g'));
  const name = parts.length === 1 ? '' : null;
  const entries = parts.map((part) =>
    entryOf(oneLine(part.text, mark), linesOf(part.text, next), { ...around(part), name }),
  );
  return containerOf('list', CHAIN, unique(entries));
}

function linesOf(command: string, next: string): Container {
  const parts = split(command, new RegExp(`[ \\t]*${next}`, 'g'));
  const name = parts.length === 1 ? '' : null;
  const entries = parts.map((part, index) =>
    // A word in a line of its own is one of a set: a package.
    entryOf(part.text, leafOf(part.text, 'line'), { ...around(part), name, plain: index > 0 && !/\s/.test(part.text) }),
  );
  return containerOf('list', LINES, unique(entries));
}

function split(text: string, between: RegExp): readonly Word[] {
  const parts: { text: string; gap: string }[] = [];
  let from = 0;
  for (const found of text.matchAll(between)) {
    parts.push({ text: text.slice(from, found.index), gap: found[0] });
    from = found.index + found[0].length;
  }
  return wordsOf([...parts, { text: text.slice(from), gap: '' }]);
}

/** What a shell gets to see of continued lines. */
export function oneLine(text: string, mark: string): string {
  return text.replace(new RegExp(`[ \\t]*${continuation(mark)}[ \\t]*`, 'g'), ' ');
}
