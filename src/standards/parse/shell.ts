/** Shell text cut into simple commands: enough to see which tool is called with which words. Not a shell. */

export type ShellCommand = Readonly<{
  /** Words without quotes; leading assignments and keywords are left out. */
  words: readonly string[];
  /** Line inside the text, from 0. */
  line: number;
  /** The operator behind it: `&&`, `||`, `|`, `;`, `&`, or a line end. */
  after: string;
}>;

const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'while',
  'until',
  '!',
  '{',
  '}',
  'time',
  'exec',
  'sudo',
  'env',
]);
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

/** The same few lines are asked for again and again; the memory is given back when it grows. */
const known = new Map<string, readonly ShellCommand[]>();
const LIMIT = 5000;

export function shellCommands(source: string): readonly ShellCommand[] {
  const found = known.get(source);
  if (found) return found;
  if (known.size >= LIMIT) known.clear();
  const commands = readCommands(source);
  known.set(source, commands);
  return commands;
}

function readCommands(source: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | null = null;
  let line = 0;
  let start = 0;
  const heredocs: string[] = [];
  const endWord = () => {
    if (word === null) return;
    if (words.length === 0) start = line;
    words.push(word);
    word = null;
  };
  const endCommand = (after: string) => {
    endWord();
    const plain = stripHead(words);
    if (plain.length > 0) commands.push({ words: plain, line: start, after });
    words = [];
  };
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    const rest = source.slice(at, at + 2);
    if (char === '\\') {
      if (source[at + 1] === '\n') line++;
      else word = (word ?? '') + (source[at + 1] ?? '');
      at++;
    } else if (char === "'" || char === '"') {
      const end = closingQuote(source, at);
      const inside = source.slice(at + 1, end);
      word = (word ?? '') + inside;
      line += count(inside);
      at = end;
    } else if (rest === '$(' || (char === '$' && source[at + 1] === '{')) {
      const end = closing(source, at + 1);
      const inside = source.slice(at, end + 1);
      word = (word ?? '') + inside;
      line += count(inside);
      at = end;
    } else if (char === '#' && word === null) {
      while (at + 1 < source.length && source[at + 1] !== '\n') at++;
    } else if (rest === '<<' && source[at + 2] !== '<') {
      const found = /^<<-?\s*(['"]?)([A-Za-z_]\w*)\1/.exec(source.slice(at));
      if (found) {
        heredocs.push(found[2] as string);
        at += found[0].length - 1;
      }
    } else if (char === '\n') {
      endCommand('\n');
      line++;
      while (heredocs.length > 0) {
        const label = heredocs.shift();
        while (at + 1 < source.length) {
          const stop = source.indexOf('\n', at + 1);
          const body = source.slice(at + 1, stop === -1 ? source.length : stop);
          at = stop === -1 ? source.length : stop;
          line++;
          if (body.trim() === label) break;
        }
      }
    } else if (rest === '&&' || rest === '||' || rest === ';;') {
      endCommand(rest);
      at++;
    } else if (
      char === ';' ||
      char === '|' ||
      (char === '&' && source[at - 1] !== '>' && source[at + 1] !== '>') ||
      char === '(' ||
      char === ')'
    ) {
      endCommand(char);
    } else if (char === ' ' || char === '\t' || char === '\r') endWord();
    else word = (word ?? '') + char;
  }
  endCommand('\n');
  return commands;
}

/** True when every command of `wanted` is called in `source`, with at least its words. */
export function calls(source: string, wanted: string): boolean {
  return callOf(source, wanted) !== null;
}

/** The first command of `source` that starts with the words of the first command of `wanted`; all the others must occur too. */
export function callOf(source: string, wanted: string): ShellCommand | null {
  const there = shellCommands(source);
  const needed = shellCommands(wanted);
  let first: ShellCommand | null = null;
  for (const need of needed) {
    const found = there.find((command) => need.words.every((word, index) => command.words[index] === word));
    if (!found) return null;
    first ??= found;
  }
  return first;
}

/** Commands whose failure is thrown away by `|| true`, `|| :` or `|| echo …`. */
export function swallowed(source: string): readonly ShellCommand[] {
  const all = shellCommands(source);
  return all.filter((command, index) => {
    const next = all[index + 1]?.words[0];
    return command.after === '||' && (next === 'true' || next === ':' || next === 'echo');
  });
}

function stripHead(words: readonly string[]): readonly string[] {
  let from = 0;
  while (from < words.length && (KEYWORDS.has(words[from] as string) || ASSIGNMENT.test(words[from] as string))) from++;
  return words.slice(from);
}

function closingQuote(source: string, from: number): number {
  const quote = source[from];
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\' && quote === '"') at++;
    else if (source[at] === quote) return at;
  }
  return source.length;
}

/** The bracket that closes the one at `from`; quotes inside are skipped. */
function closing(source: string, from: number): number {
  const open = source[from];
  const close = open === '{' ? '}' : ')';
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === "'" || source[at] === '"') at = closingQuote(source, at);
    else if (source[at] === open) depth++;
    else if (source[at] === close && --depth === 0) return at;
  }
  return source.length;
}

function count(text: string): number {
  return text.split('\n').length - 1;
}
