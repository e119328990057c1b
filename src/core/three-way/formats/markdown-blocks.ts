/** The blocks of a Markdown text in order: headings, paragraphs, items of lists, code between fences, tables. */
import { linesOf } from './parts.ts';

export type BlockType = 'heading' | 'underlined' | 'paragraph' | 'item' | 'fence' | 'table' | 'rule' | 'html';
/** `lead`: the empty lines above. `text`: with all its line ends. `level` of a heading, else 0. */
export type Block = Readonly<{ type: BlockType; lead: string; text: string; level: number }>;

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+|$)/;
const ALIGN = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const HTML = /^ {0,3}<(?:!--|\/?[A-Za-z])/;

/** Put together again, the blocks and `tail` are the text. */
export function readBlocks(text: string): Readonly<{ blocks: readonly Block[]; tail: string }> {
  const lines = linesOf(text);
  const blocks: Block[] = [];
  let lead = '';
  for (let at = 0; at < lines.length; ) {
    if (blank(lines[at])) {
      lead += lines[at];
      at += 1;
      continue;
    }
    const { type, end, level } = blockAt(lines, at);
    blocks.push({ type, lead, text: lines.slice(at, end).join(''), level });
    lead = '';
    at = end;
  }
  return { blocks, tail: lead };
}

type Found = Readonly<{ type: BlockType; end: number; level: number }>;

function blockAt(lines: readonly string[], at: number): Found {
  const line = bare(lines[at]);
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) return { type: 'heading', end: at + 1, level: heading.length };
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) return { type: 'fence', end: endOfFence(lines, at, fence), level: 0 };
  if (RULE.test(line)) return { type: 'rule', end: at + 1, level: 0 };
  const item = ITEM.exec(line);
  if (item !== null) return { type: 'item', end: endOfItem(lines, at, item[0].length), level: 0 };
  if (isTable(lines, at)) {
    let end = at + 2;
    while (end < lines.length && bare(lines[end]).includes('|') && !starts(lines, end)) end += 1;
    return { type: 'table', end, level: 0 };
  }
  if (line.trimStart().startsWith('<!--')) {
    const end = lines.findIndex((other, index) => index >= at && other.includes('-->'));
    if (end >= 0) return { type: 'html', end: end + 1, level: 0 };
  }
  if (HTML.test(line)) {
    let end = at + 1;
    while (end < lines.length && !blank(lines[end])) end += 1;
    return { type: 'html', end, level: 0 };
  }
  let end = at + 1;
  while (end < lines.length && !blank(lines[end])) {
    const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(bare(lines[end]))?.[1];
    if (underline !== undefined) return { type: 'underlined', end: end + 1, level: underline.startsWith('=') ? 1 : 2 };
    if (starts(lines, end)) break;
    end += 1;
  }
  return { type: 'paragraph', end, level: 0 };
}

/** Whether a line begins another block although no empty line stands before it. */
function starts(lines: readonly string[], at: number): boolean {
  const line = bare(lines[at]);
  if (HEADING.test(line) || FENCE.test(line) || RULE.test(line)) return true;
  const item = ITEM.exec(line);
  if (item !== null) return item[3] !== '' && !/^(?!1[.)])\d/.test(item[2] as string);
  return isTable(lines, at) || line.trimStart().startsWith('<!--');
}

function isTable(lines: readonly string[], at: number): boolean {
  const [header, align] = [bare(lines[at]), bare(lines[at + 1])];
  return header.includes('|') && align.includes('-') && ALIGN.test(align) && cellCount(header) === cellCount(align);
}

function cellCount(line: string): number {
  return line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/).length;
}

function endOfFence(lines: readonly string[], at: number, fence: string): number {
  const close = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}[ \\t]*$`);
  const end = lines.findIndex((line, index) => index > at && close.test(bare(line)));
  return end < 0 ? lines.length : end + 1;
}

/** An item reaches over what is indented below it, also behind empty lines, and over lines that go on without indentation. */
function endOfItem(lines: readonly string[], at: number, offset: number): number {
  let end = at + 1;
  let open = fenceIn(bare(lines[at]).slice(offset));
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = bare(lines[next]);
    if (blank(line)) continue;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const inside = indent >= Math.min(offset, 4) || line.startsWith('\t');
    const goesOn = end === next && open === null && !starts(lines, next) && ITEM.exec(line) === null;
    if (!inside && !goesOn) break;
    if (open === null) open = fenceIn(line.trimStart());
    else if (line.trim().startsWith(open) && /^[`~]+$/.test(line.trim())) open = null;
    end = next + 1;
  }
  return end;
}

function fenceIn(line: string): string | null {
  return /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? null;
}

function bare(line: string | undefined): string {
  return line?.replace(/\n$/, '') ?? '';
}

function blank(line: string | undefined): boolean {
  return line?.trim() === '';
}
