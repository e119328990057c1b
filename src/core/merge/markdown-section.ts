/**
 * `README.md`: one section between two HTML comments, at the end. Its headings take the file's style. A section that somebody edited is
 * never touched again; one that somebody took away stays away; one that was moved is followed.
 */
import { dominantEol, toLf } from '../text-style.ts';
import { type MergeResult, type Merger, orAbsent } from './merger.ts';

export const START = '<!-- create-devops-setup:start -->';
export const END = '<!-- create-devops-setup:end -->';

type HeadingStyle = 'atx' | 'closed' | 'setext';
const STYLES: readonly HeadingStyle[] = ['atx', 'closed', 'setext'];
/** Offsets of the whole section with its marks, and of what stands between. */
type Section = Readonly<{ start: number; end: number; body: string }>;

export const markdownSection: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  const before = existing ?? '';
  const section = sectionOf(before);
  if (section === 'damaged') return { kind: 'conflict', reason: 'the marks of our section are not one pair' };
  const nothing: MergeResult = { kind: 'unchanged', owned: fragment, kept: [] };
  if (section === null && previous !== null) return nothing; // taken away by the user
  const { style, openFence } = survey(section === null ? before : before.slice(0, section.start));
  const eol = dominantEol(before);
  const text = `${START}\n\n${spell(fragment, style)}\n\n${END}`.replaceAll('\n', eol);
  if (section === null) {
    if (openFence) return { kind: 'conflict', reason: 'a code block is not closed, a section would end up in it' };
    return { kind: 'applied', text: append(before, text, eol), owned: fragment, kept: [] };
  }
  if (isOurs(section.body, fragment)) return nothing;
  if (previous === null || !isOurs(section.body, previous))
    return { kind: 'conflict', reason: 'our section was edited; it is kept as it is' };
  return {
    kind: 'applied',
    text: before.slice(0, section.start) + text + before.slice(section.end),
    owned: fragment,
    kept: [],
  };
}

function remove(existing: string, owned: string): string | null {
  const section = sectionOf(existing);
  if (section === null || section === 'damaged' || !isOurs(section.body, owned)) return existing;
  const eol = dominantEol(existing);
  const chop = (text: string): string => (text.endsWith(eol) ? text.slice(0, -eol.length) : text);
  const head = existing.slice(0, section.start);
  const tail = existing.slice(section.end);
  if (tail !== '' && tail !== eol) return head + tail.replace(/^(\r?\n){1,2}/, ''); // moved up by the user
  const bare = chop(head);
  const above = bare === '' || bare.endsWith('\n') ? bare : head;
  return orAbsent(tail === '' ? chop(above) : above);
}

function append(before: string, section: string, eol: string): string {
  if (before === '' || before === '\ufeff') return before + section + eol;
  return before.endsWith('\n') ? before + eol + section + eol : before + eol + eol + section;
}

function sectionOf(text: string): Section | 'damaged' | null {
  const starts = text.split(START).length - 1;
  const ends = text.split(END).length - 1;
  if (starts === 0 && ends === 0) return null;
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (starts !== 1 || ends !== 1 || end < start) return 'damaged';
  return { start, end: end + END.length, body: text.slice(start + START.length, end) };
}

/** Whether a body is the fragment, in any heading style: a formatter may have changed that. */
function isOurs(body: string, fragment: string): boolean {
  const ours = plain(body);
  return STYLES.some((style) => plain(spell(fragment, style)) === ours);
}

function plain(text: string): string {
  return toLf(text)
    .replace(/[ \t]+$/gm, '')
    .trim();
}

/** The style of the first heading, and whether a code block is open at the end. */
function survey(text: string): Readonly<{ style: HeadingStyle; openFence: boolean }> {
  let style: HeadingStyle | null = null;
  let above = '';
  const openFence = eachLine(toLf(text), (line) => {
    if (style === null && /^ {0,3}#{1,6}\s+\S/.test(line)) style = /\s#+\s*$/.test(line) ? 'closed' : 'atx';
    else if (style === null && /^ {0,3}(=+|-{2,})\s*$/.test(line) && /^ {0,3}[^\s>#*+|-]/.test(above)) style = 'setext';
    above = line;
  });
  return { style: style ?? 'atx', openFence };
}

/** The fragment (ATX headings) with headings in the wanted style; setext knows two levels only. */
function spell(fragment: string, style: HeadingStyle): string {
  const lines: string[] = [];
  const source = toLf(fragment).trim().split('\n');
  let fence: string | null = null;
  for (const line of source) {
    fence = nextFence(line, fence);
    const heading = fence === null ? /^(#{1,6})\s+(.*?)\s*$/.exec(line) : null;
    const [, marks = '', title = ''] = heading ?? [];
    if (heading === null || style === 'atx') lines.push(line);
    else if (style === 'closed') lines.push(`${line} ${marks}`);
    else if (marks.length > 2) lines.push(line);
    else lines.push(title, (marks === '#' ? '=' : '-').repeat(Math.max(3, title.length)));
  }
  return lines.join('\n');
}

/** Calls `visit` for each line outside code blocks; true when a code block is open at the end. */
function eachLine(text: string, visit: (line: string) => void): boolean {
  let fence: string | null = null;
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    const before: string | null = fence;
    fence = nextFence(line, fence);
    if (before === null && fence === null) visit(line);
  }
  return fence !== null;
}

/** The fence that is open after this line, or null. */
function nextFence(line: string, open: string | null): string | null {
  const match = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
  if (match === null) return open;
  const [, marks = '', rest = ''] = match;
  if (open === null) return marks.startsWith('`') && rest.includes('`') ? null : marks;
  return marks[0] === open[0] && marks.length >= open.length && rest.trim() === '' ? null : open;
}
