/** A Makefile: variables and targets by name, prerequisites as words, recipes by command. */
import type { Container, Entry, Format, Node, Parsed } from '../format.ts';
import { containerOf, entryOf, leafOf, linesOf, unique } from './parts.ts';
import { joinWords, plainWords, splitWords, WORDS } from './words.ts';

const RECIPE = 'recipe';
const RULE = 'rule';
const PREREQUISITES = 'prerequisites';
const ASSIGNMENT = /^(\s*(?:(?:export|override|private)\s+)*([^\s:#=!?+]+)\s*(\?=|\+=|!=|:{0,3}=)[ \t]*)/;
const CONDITION = /^\s*(?:ifeq|ifneq|ifdef|ifndef)\b/;
const DIRECTIVE = /^\s*(?:-?include|sinclude|export|unexport|override|vpath|undefine)\b|^\s*\$[({]/;

export const makefileFormat: Format = {
  id: 'makefile',
  matches: (path) => /(?:^|\/)(?:GNUm|[Mm])akefile$|\.mk$/.test(path),
  parse,
  fit: (entry) => entry,
  join,
};

/** Lines that are one entry; `end` is the line behind them. */
type Found = Readonly<{ entry: Entry; end: number }> | Readonly<{ error: string }>;

function parse(text: string): Parsed {
  const lines = linesOf(text);
  const entries: Entry[] = [];
  let lead = '';
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string;
    if (isNote(line)) {
      lead += line;
      at += 1;
      continue;
    }
    const found = read(lines, at);
    if ('error' in found) return found;
    entries.push({ ...found.entry, lead });
    lead = '';
    at = found.end;
  }
  // With two colons, each recipe counts.
  const named = entries.filter(({ key, node }) => hasRecipe(node) && !key.endsWith('::'));
  const targets = named.flatMap(({ key }) => key.split(' '));
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) return { error: `the target ${twice} has two recipes` };
  return { root: containerOf('map', 'file', unique(entries), { tail: lead }) };
}

function read(lines: readonly string[], at: number): Found {
  const line = lines[at] as string;
  if (line.startsWith('\t')) return { error: `line ${at + 1} is a recipe without a target` };
  if (/^\s*define\b/.test(line)) return block(lines, at, /^\s*define\b/, /^\s*endef\b/);
  if (CONDITION.test(line)) return block(lines, at, CONDITION, /^\s*endif\b/);
  const end = endOfLine(lines, at);
  const whole = lines.slice(at, end).join('');
  const assigned = ASSIGNMENT.exec(whole);
  if (assigned !== null) return { entry: variable(whole, assigned), end };
  if (DIRECTIVE.test(line) && (!/^\s*\$/.test(line) || colonOf(whole) < 0)) {
    const body = whole.trimEnd();
    return { entry: entryOf(body, leafOf(body, 'directive'), { name: body, remark: whole.slice(body.length) }), end };
  }
  return rule(lines, at, end, whole);
}

function variable(whole: string, [, open = '', name = '', operator = '']: RegExpExecArray): Entry {
  const rest = whole.slice(open.length);
  const value = beforeComment(rest);
  const key = operator === '+=' ? `${name}+=${value}` : name;
  const node: Node = value.includes('\n')
    ? containerOf('list', WORDS, plainWords(splitWords(value, '\\'), 'word'))
    : leafOf(value, 'value');
  return entryOf(key, node, { name, open, remark: rest.slice(value.length) });
}

function rule(lines: readonly string[], at: number, end: number, whole: string): Found {
  const colon = colonOf(whole);
  if (colon < 0) return { error: `line ${at + 1} is neither a variable nor a target` };
  const open = whole.slice(0, whole[colon + 1] === ':' ? colon + 2 : colon + 1);
  const rest = whole.slice(open.length);
  const targets = splitWords(whole.slice(0, colon).trim(), '\\').map(({ text }) => text);
  const key = targets.join(' ');
  const variable = /^\s*(?:(?:export|override|private)\s+)*([^\s:#=!?+]+)\s*(?:\?=|\+=|!=|:{0,3}=)/.exec(rest);
  if (variable !== null) {
    // A variable for this target alone.
    const body = beforeComment(rest);
    const name = `${key}:${variable[1]}`;
    return { entry: entryOf(name, leafOf(body, 'rule'), { name, open, remark: rest.slice(body.length) }), end };
  }
  const { head, header } = headerOf(rest);
  const remark = rest.slice(head.length);
  const { recipe, end: last } = recipeOf(lines, end);
  const entries = [entryOf(PREREQUISITES, header, { name: PREREQUISITES, remark })];
  if (recipe.length > 0)
    entries.push(entryOf(RECIPE, containerOf('list', RECIPE, unique(recipe), { indent: '\t' }), { name: RECIPE }));
  const node = containerOf('map', RULE, entries);
  return { entry: entryOf(open.endsWith('::') ? `${key}::` : key, node, { name: key, open }), end: last };
}

/** Prerequisites as words; a command on the same line, or a pattern, is taken whole. */
function headerOf(rest: string): Readonly<{ head: string; header: Node }> {
  if (rest.includes(';')) {
    const body = rest.trimEnd();
    return { head: body, header: leafOf(body, 'rule') };
  }
  const head = beforeComment(rest);
  if (colonOf(head) >= 0) return { head, header: leafOf(head, 'rule') };
  const white = /^[ \t]*/.exec(head)?.[0] ?? '';
  const words = plainWords(splitWords(head.slice(white.length), '\\'), 'word');
  return { head, header: containerOf('list', PREREQUISITES, words, { head: white }) };
}

/** The colon behind the targets; -1 where there is none. One in `$(…)` is none. */
function colonOf(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at] as string;
    if (c === '\\') at += 1;
    else if (c === '$' && /[({]/.test(text[at + 1] ?? '')) depth += 1;
    else if (/[)}]/.test(c) && depth > 0) depth -= 1;
    else if (depth === 0 && (c === '#' || c === '=')) return -1;
    else if (depth === 0 && c === ':') return text[at + 1] === '=' ? -1 : at;
  }
  return -1;
}

/** The commands from a line on; comments and empty lines belong to a recipe as long as a command follows. */
function recipeOf(lines: readonly string[], from: number): Readonly<{ recipe: readonly Entry[]; end: number }> {
  const recipe: Entry[] = [];
  let end = from;
  let lead = '';
  for (let at = from; at < lines.length; ) {
    const line = lines[at] as string;
    if (line.startsWith('\t') && line.trim() !== '') {
      const last = endOfLine(lines, at);
      const whole = lines.slice(at, last).join('');
      const body = whole.slice(1).replace(/[ \t]*\n?$/, '');
      const node = leafOf(body, 'command', body, body.includes('\n'));
      recipe.push(entryOf(body, node, { lead, open: '\t', remark: whole.slice(1 + body.length) }));
      lead = '';
      at = last;
      end = at;
    } else if (CONDITION.test(line)) {
      const last = lines.findIndex((other, index) => index > at && /^\s*endif\b/.test(other));
      const inner = lines
        .slice(at + 1, last)
        .filter((other) => !isNote(other) && !/^\s*(?:else|endif|if\w+)\b/.test(other));
      // A condition around commands is part of the recipe; one around anything else is not.
      if (last < 0 || inner.length === 0 || inner.some((other) => !other.startsWith('\t'))) break;
      const whole = lines.slice(at, last + 1).join('');
      recipe.push(entryOf(whole, leafOf(whole, 'condition', whole, true), { lead }));
      lead = '';
      at = last + 1;
      end = at;
    } else if (isNote(line)) {
      lead += line;
      at += 1;
    } else break;
  }
  return { recipe, end };
}

/** What is written before a comment or the line end, without white space at its end. A # in `$(…)` begins no comment. */
function beforeComment(text: string): string {
  let depth = 0;
  let at = 0;
  for (; at < text.length; at += 1) {
    const c = text[at];
    if (c === '\\') at += 1;
    else if (c === '$' && /[({]/.test(text[at + 1] ?? '')) depth += 1;
    else if (/[)}]/.test(c as string) && depth > 0) depth -= 1;
    else if (c === '#' && depth === 0) break;
  }
  const written = text.slice(0, at);
  return written.slice(0, written.length - (/\s*$/.exec(written.slice(-200))?.[0].length ?? 0));
}

function block(lines: readonly string[], at: number, opens: RegExp, closes: RegExp): Found {
  let depth = 0;
  for (let end = at; end < lines.length; end += 1) {
    const line = lines[end] as string;
    if (opens.test(line)) depth += 1;
    else if (closes.test(line)) depth -= 1;
    if (depth > 0) continue;
    const text = lines.slice(at, end + 1).join('');
    const name = (lines[at] as string).trim();
    return { entry: entryOf(name, leafOf(text, 'block', text, true), { name }), end: end + 1 };
  }
  return { error: `nothing closes line ${at + 1}` };
}

function endOfLine(lines: readonly string[], from: number): number {
  let end = from;
  while (end + 1 < lines.length && /(?<!\\)(?:\\\\)*\\\n$/.test(lines[end] as string)) end += 1;
  return end + 1;
}

function isNote(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

function hasRecipe(node: Node): boolean {
  return node.kind === 'map' && node.style === RULE && node.entries.some(({ key }) => key === RECIPE);
}

function join(entries: readonly Entry[], like: Container): Container {
  if (like.style === PREREQUISITES) {
    const head = entries.length === 0 ? '' : like.head || ' ';
    return { ...joinWords(entries, like), head };
  }
  if (like.style === WORDS) return joinWords(entries, like);
  // The recipe comes behind the line of its target.
  const last = ({ key }: Entry): number => (key === RECIPE ? 1 : 0);
  return { ...like, entries: like.style === RULE ? [...entries].sort((a, b) => last(a) - last(b)) : entries };
}
