/** How a text is spelt on disk: line ends, byte order mark, final newline. We compare and merge without it and write in the user's. */
import { diffArrays } from 'diff';

export type TextStyle = Readonly<{ bom: boolean; eol: '\n' | '\r\n'; finalNewline: boolean }>;

const BOM = '\ufeff';

/** The text with LF ends and without a byte order mark: what is hashed. */
export function toLf(text: string): string {
  const body = text.startsWith(BOM) ? text.slice(1) : text;
  return body.includes('\r') ? body.replaceAll('\r\n', '\n') : body;
}

/** The text without any style, ending in a newline: what is compared and merged. `restyle` gives the style back. */
export function plainText(text: string): string {
  const body = toLf(text);
  return body === '' || body.endsWith('\n') ? body : `${body}\n`;
}

/** The line end that most lines have; LF in a tie, so that a text without lines gets LF. */
export function dominantEol(text: string): '\n' | '\r\n' {
  if (!text.includes('\r')) return '\n';
  const all = text.split('\n').length - 1;
  const crlf = text.split('\r\n').length - 1;
  return crlf > all - crlf ? '\r\n' : '\n';
}

export function styleOf(text: string): TextStyle {
  return { bom: text.startsWith(BOM), eol: dominantEol(text), finalNewline: text.endsWith('\n') };
}

/** `text` spelt in the style of `like`, a text that is on disk. An empty file has no style: ours stays as it is. */
export function restyle(text: string, like: string): string {
  if (sameText(text, like)) return like;
  const body = toLf(text);
  if (toLf(like) === '') return (like === '' ? '' : BOM) + body;
  const style = styleOf(like);
  // An empty last line needs the newline behind it: without it there would be one line less.
  const ended = style.finalNewline ? plainText(body) : body.replace(/([^\n])\n$/, '$1');
  const bom = style.bom ? BOM : '';
  if (isMixed(like)) return bom + withOwnEnds(ended, like);
  // Nearly every text ends its lines so already: a copy of each would be a copy of the project.
  return bom + (style.eol === '\n' ? ended : ended.replaceAll('\n', style.eol));
}

/** Lines that end in both ways. */
function isMixed(text: string): boolean {
  return text.includes('\r\n') && /(^|[^\r])\n/.test(text);
}

/** Each line that stays keeps its own end, as nobody asked for another one; a new line takes the commoner. */
function withOwnEnds(text: string, like: string): string {
  const before = (like.startsWith(BOM) ? like.slice(1) : like).split('\n');
  const bare = before.map((line) => line.replace(/\r$/, ''));
  const after = text.split('\n');
  const common = dominantEol(like) === '\n' ? '' : '\r';
  const ends: string[] = [];
  let at = 0;
  for (const { added, removed, count } of diffArrays(bare, after)) {
    if (removed) at += count;
    else
      for (let n = 0; n < count; n += 1)
        ends.push(added ? common : (before[at++] as string).endsWith('\r') ? '\r' : '');
  }
  return after.map((line, index) => (index < after.length - 1 ? line + ends[index] : line)).join('\n');
}

/** Whether two texts differ in nothing but their style. */
export function sameText(a: string, b: string): boolean {
  return a === b || plainText(a) === plainText(b);
}
