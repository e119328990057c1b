/** The instructions of a Dockerfile: continuations, here-documents, directives, and the comments above each. */
import { linesOf } from './parts.ts';

/** `lead`: comments and empty lines above. `text`: the whole instruction with its line ends. */
export type Instruction = Readonly<{
  lead: string;
  text: string;
  keyword: string;
  /** Up to the first argument. */
  open: string;
  /** The arguments without the line end behind them. */
  body: string;
  heredoc: boolean;
  line: number;
}>;

export type Directive = Readonly<{ text: string; name: string; value: string }>;

export type DockerLines = Readonly<{
  directives: readonly Directive[];
  instructions: readonly Instruction[];
  tail: string;
  /** The character that continues a line. */
  mark: string;
}>;

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
const DIRECTIVE = /^#[ \t]*(syntax|escape|check)[ \t]*=[ \t]*(.*?)[ \t]*\n?$/i;

/** Reads all lines, or says what is wrong. Put together again, the parts are the text. */
export function readDockerLines(text: string): DockerLines | string {
  const lines = linesOf(text);
  const directives: Directive[] = [];
  let at = 0;
  for (; at < lines.length; at += 1) {
    const found = DIRECTIVE.exec(lines[at] as string);
    if (found === null) break;
    directives.push({ text: lines[at] as string, name: (found[1] as string).toLowerCase(), value: found[2] as string });
  }
  const mark = directives.find(({ name }) => name === 'escape')?.value ?? '\\';
  const instructions: Instruction[] = [];
  let lead = '';
  while (at < lines.length) {
    const line = lines[at] as string;
    if (isNote(line)) {
      lead += line;
      at += 1;
      continue;
    }
    const first = at;
    const end = endOfInstruction(lines, at, mark);
    let whole = lines.slice(at, end).join('');
    const keyword = (/^\s*([A-Za-z]+)(?=\s|$)/.exec(whole)?.[1] ?? '').toUpperCase();
    if (!KEYWORDS.has(keyword)) return `line ${first + 1} begins with no instruction of a Dockerfile`;
    at = end;
    const marks = /^(?:RUN|COPY|ADD)$/.test(keyword) ? heredocsOf(whole) : [];
    for (const { word, indented } of marks) {
      const closing = lines.findIndex(
        (other, index) => index >= at && (indented ? other.replace(/^\t+/, '') : other).trimEnd() === word,
      );
      if (closing < 0) return `line ${first + 1}: nothing closes the here-document ${word}`;
      whole += lines.slice(at, closing + 1).join('');
      at = closing + 1;
    }
    const open = openOf(whole, mark);
    const body = whole.slice(open.length).replace(/[ \t]*\n?$/, '');
    if (body === '') return `line ${first + 1}: ${keyword} says nothing`;
    instructions.push({ lead, text: whole, keyword, open, body, heredoc: marks.length > 0, line: first + 1 });
    lead = '';
  }
  return { directives, instructions, tail: lead, mark };
}

function isNote(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

/** The line behind the last one of the instruction; comments and empty lines between continued lines belong to it. */
function endOfInstruction(lines: readonly string[], from: number, mark: string): number {
  const continued = (line: string): boolean => line.trimEnd().endsWith(mark);
  let at = from;
  while (continued(lines[at] as string) && at + 1 < lines.length) {
    let next = at + 1;
    while (next < lines.length && isNote(lines[next] as string)) next += 1;
    if (next >= lines.length) return at + 1;
    at = next;
  }
  return at + 1;
}

function heredocsOf(instruction: string): readonly Readonly<{ word: string; indented: boolean }>[] {
  const found = instruction.matchAll(/(?<![<\w])<<(-?)(["']?)([A-Za-z_][\w.-]*)\2/g);
  return [...found].map(([, dash, , word]) => ({ word: word as string, indented: dash === '-' }));
}

function openOf(instruction: string, mark: string): string {
  const keyword = /^\s*[A-Za-z]+[ \t]*/.exec(instruction)?.[0] ?? '';
  let open = keyword;
  // `RUN \` and its arguments on the next line.
  for (;;) {
    const rest = instruction.slice(open.length);
    const next = rest.startsWith(mark) ? /^.[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*/.exec(rest)?.[0] : undefined;
    if (next === undefined) return open;
    open += next;
  }
}
