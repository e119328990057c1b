/** Reads a Makefile line by line: which targets and variables there are and which lines they take. Nothing is evaluated. */

/** Lines `from` (with the remarks and the .PHONY right above) to `to` (exclusive). */
export type Statement = Readonly<{
  kind: 'rule' | 'variable' | 'phony' | 'remark' | 'other';
  names: readonly string[];
  from: number;
  to: number;
}>;

/** `fault` is why nothing may be put behind the last line, or why recipes that begin with a tab are none. */
export type Makefile = Readonly<{ statements: readonly Statement[]; fault: string | null }>;

const ASSIGNMENT = /^\s*(?:(?:export|override|private)\s+)*([^\s:#=!?+]+)\s*(?:\?=|\+=|!=|:{0,3}=)/;
const CONDITION = /^ *(ifeq|ifneq|ifdef|ifndef)\b/;
const DEFINE = /^ *(?:(?:export|override)\s+)*define\b/;
const PREFIX = /^ *(?:(?:export|override|private|define)\s+)*\.RECIPEPREFIX\b/;

export function readMakefile(lines: readonly string[]): Makefile {
  const statements: Statement[] = [];
  const open: { word: string; line: number }[] = [];
  let fault: string | null = null;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string;
    const end = endOfStatement(lines, at);
    if (PREFIX.test(line)) fault ??= `line ${at + 1} sets .RECIPEPREFIX, and our recipes begin with a tab`;
    if (end > lines.length) fault ??= `line ${lines.length} ends in a backslash, and nothing follows it`;
    const define = DEFINE.test(line);
    const closing = define ? endOfDefine(lines, at) : end;
    if (closing === null) fault ??= `line ${at + 1} opens a "define" that is not closed`;
    const [, word] = CONDITION.exec(line) ?? [];
    if (word !== undefined) open.push({ word, line: at + 1 });
    if (/^ *endif\b/.test(line)) open.pop();
    const to = Math.min(closing ?? lines.length, lines.length);
    const kind = define || word !== undefined ? OTHER : kindOf(lines.slice(at, to));
    const closed = kind.kind === 'rule' ? endOfRecipe(lines, to) : to;
    if (kind.kind === 'rule' && closed > lines.length)
      fault ??= `line ${lines.length} ends in a backslash, and nothing follows it`;
    const stop = Math.min(closed, lines.length);
    if (line.trim() !== '') statements.push({ ...kind, from: leadOf(statements, at, kind.kind), to: stop });
    at = stop;
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) fault ??= `line ${unclosed.line} opens an "${unclosed.word}" that is not closed`;
  return { statements, fault };
}

const OTHER = { kind: 'other', names: [] } as const;

/** Remarks and .PHONY lines right above a target or variable belong to it. They are taken off the list again. */
function leadOf(statements: Statement[], at: number, kind: Statement['kind']): number {
  let from = at;
  if (kind !== 'rule' && kind !== 'variable') return from;
  for (let last = statements.at(-1); last !== undefined && last.to === from; last = statements.at(-1)) {
    if (last.kind !== 'remark' && (last.kind !== 'phony' || kind !== 'rule')) break;
    from = last.from;
    statements.pop();
  }
  return from;
}

function kindOf(lines: readonly string[]): Pick<Statement, 'kind' | 'names'> {
  const whole = lines.map((line) => line.replace(/\\$/, ' ')).join('');
  if (whole.startsWith('\t')) return OTHER;
  if (whole.trimStart().startsWith('#')) return { kind: 'remark', names: [] };
  const [, variable] = ASSIGNMENT.exec(whole) ?? [];
  if (variable !== undefined) return { kind: 'variable', names: [variable] };
  const colon = colonOf(whole);
  if (colon < 0) return OTHER;
  const names = words(whole.slice(0, colon));
  if (names.join() === '.PHONY') return { kind: 'phony', names: words(whole.slice(colon + 1).replace(/#.*/, '')) };
  return names.every((name) => /^\.[A-Z_]+$/.test(name)) ? OTHER : { kind: 'rule', names };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '' && word !== '&');
}

/** The colon behind the targets; one in `$(…)` or of `:=` is none. */
function colonOf(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at] as string;
    if (c === '\\') at += 1;
    else if (c === '$' && /[({]/.test(text[at + 1] ?? '')) depth += 1;
    else if (/[)}]/.test(c) && depth > 0) depth -= 1;
    else if (depth === 0 && /[#=]/.test(c)) return -1;
    else if (depth === 0 && c === ':') return text[at + 1] === '=' ? -1 : at;
  }
  return -1;
}

/** Behind the line and those that continue it; beyond the last line where the last one is to be continued. */
function endOfStatement(lines: readonly string[], at: number): number {
  let end = at;
  while (end < lines.length && isContinued(lines[end] as string)) end += 1;
  return end + 1;
}

function isContinued(line: string): boolean {
  return (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

/** Behind the `endef` of a definition, others within it counted. */
function endOfDefine(lines: readonly string[], from: number): number | null {
  let depth = 0;
  for (let at = from; at < lines.length; at += 1) {
    if (DEFINE.test(lines[at] as string)) depth += 1;
    else if (/^ *endef\b/.test(lines[at] as string)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** The commands from a line on; remarks, empty lines and conditions count as long as a command follows or stands in them. */
function endOfRecipe(lines: readonly string[], from: number): number {
  let end = from;
  for (let at = from; at < lines.length; ) {
    const line = lines[at] as string;
    if (line.startsWith('\t')) {
      at = endOfStatement(lines, at);
      if (line.trim() !== '') end = at;
    } else if (CONDITION.test(line)) {
      const last = endOfCondition(lines, at);
      if (last === null) return end;
      at = last;
      end = last;
    } else if (line.trim() === '' || line.trimStart().startsWith('#')) at = endOfStatement(lines, at);
    else return end;
  }
  return end;
}

/** Behind the `endif` of a condition that holds commands and nothing else. */
function endOfCondition(lines: readonly string[], from: number): number | null {
  let depth = 0;
  let commands = 0;
  for (let at = from; at < lines.length; at = endOfStatement(lines, at)) {
    const line = lines[at] as string;
    if (CONDITION.test(line)) depth += 1;
    else if (/^ *endif\b/.test(line)) depth -= 1;
    else if (line.startsWith('\t')) commands += 1;
    else if (line.trim() !== '' && !/^ *(?:#|else\b)/.test(line)) return null;
    if (depth === 0) return commands > 0 ? at + 1 : null;
  }
  return null;
}
