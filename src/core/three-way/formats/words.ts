/** Words behind one another on a line (or on several that are continued): arguments of an instruction, prerequisites of a target. */
import type { Container, Entry } from '../format.ts';
import { entryOf, leafOf, unique } from './parts.ts';

export const WORDS = 'words';

/** Printed as `lead` (comments between continued lines), `open` (indentation), the word, `comma` (white space, continuation). */
export type Word = Readonly<{ lead: string; open: string; text: string; comma: string }>;

/** Splits at white space that is outside quotes; a `mark` before a line end continues the line. Printing the words gives `text` again. */
export function splitWords(text: string, mark: string): readonly Word[] {
  const found: { text: string; gap: string }[] = [];
  let at = 0;
  let quote = '';
  let word = '';
  while (at < text.length) {
    const c = text[at] as string;
    if (quote === '') {
      const gap = gapAt(text, at, mark);
      if (gap !== '') {
        found.push({ text: word, gap });
        word = '';
        at += gap.length;
        continue;
      }
      if (c === '"' || c === "'") quote = c;
    } else if (c === quote) quote = '';
    const taken = c === mark && quote !== "'" && at + 1 < text.length ? 2 : 1;
    word += text.slice(at, at + taken);
    at += taken;
  }
  return wordsOf([...found, { text: word, gap: '' }].filter((one) => one.text + one.gap !== ''));
}

function gapAt(text: string, from: number, mark: string): string {
  const gap = new RegExp(`(?:[ \\t]|${continuation(mark)})*`, 'y');
  gap.lastIndex = from;
  return gap.exec(text)?.[0] ?? '';
}

/** The mark at the end of a line, and empty lines and comments below: they are between the words. As the source of a pattern. */
export function continuation(mark: string): string {
  return `\\${mark}[ \\t]*\\n(?:[ \\t]*(?:#[^\\n]*)?\\n)*`;
}

/** What lies between two words, divided: it ends the line of the one, and begins the line of the other. */
export function wordsOf(parts: readonly Readonly<{ text: string; gap: string }>[]): readonly Word[] {
  let [lead, open] = ['', ''];
  const words = parts.map(({ text, gap }) => {
    const word = { lead, open, text };
    const line = gap.indexOf('\n') + 1;
    const last = gap.lastIndexOf('\n') + 1;
    [lead, open] = line === 0 ? ['', ''] : [gap.slice(line, last), gap.slice(last)];
    return { ...word, comma: line === 0 ? gap : gap.slice(0, line) };
  });
  return lead + open === '' ? words : [...words, { lead, open, text: '', comma: '' }];
}

/** Around a word, as an entry has it. */
export function around({ lead, open, comma }: Word): Pick<Entry, 'lead' | 'open' | 'comma'> {
  return { lead, open, comma };
}

/** Words that are a set with an order. */
export function plainWords(words: readonly Word[], type: string): readonly Entry[] {
  return unique(words.map((word) => entryOf(word.text, leafOf(word.text, type), { ...around(word), plain: true })));
}

/** What stands between two neighbours: the end of the one, the beginning of the other. */
type Between = Readonly<{ comma: string; begin: string }>;

/**
 * Puts right what is between words after some came and went: before a word that was there stands what stood there, before a new one what
 * is usual among them, behind the last nothing. `usual` is for words that had no neighbour; `glue` stands between any two (`&&`).
 */
export function joinWords(entries: readonly Entry[], like: Container, usual = ' ', glue = ''): Container {
  const old = like.entries;
  const place = new Map(old.map((entry, index) => [entry.key, index]));
  const pairs = old.slice(1).map((entry, index) => between(old[index] as Entry, entry, glue));
  const fallback = pairs[0] ?? lineOfItsOwn(entries, glue) ?? { comma: usual, begin: '' };
  const joined: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    const bare = entry.open.slice(beginOf(entry, glue).length);
    const at = place.get(entry.key);
    const gap =
      before === undefined ? { comma: '', begin: '' } : ((at === undefined ? null : pairs[at - 1]) ?? fallback);
    const last = joined.pop();
    if (last !== undefined) joined.push({ ...last, comma: gap.comma });
    // A comment in a line of its own needs one.
    const lead = gap.comma.includes('\n') ? entry.lead : '';
    joined.push({ ...entry, lead, open: gap.begin + bare, comma: '' });
  }
  return { ...like, entries: joined };
}

function between(before: Entry, entry: Entry, glue: string): Between {
  return { comma: before.comma, begin: beginOf(entry, glue) };
}

/** The white space, and the glue, that an entry begins with. */
function beginOf({ open }: Entry, glue: string): string {
  const white = /^\s*/.exec(open)?.[0] ?? '';
  if (glue === '' || !open.startsWith(glue, white.length)) return white;
  return white + glue + (/^\s*/.exec(open.slice(white.length + glue.length))?.[0] ?? '');
}

/** As in the text that the new words come from, where each has a line of its own there. */
function lineOfItsOwn(entries: readonly Entry[], glue: string): Between | null {
  const comma = entries.find((entry) => entry.comma.includes('\n'))?.comma;
  const begin = entries.map((entry) => beginOf(entry, glue)).find((white) => white !== '');
  return comma === undefined || begin === undefined ? null : { comma, begin };
}
