/** Conflicts, one at a time, at a terminal: keep mine, take theirs, the editor, all three in full, later. Decides; writes nothing. */
import { toLf } from '../core/text-style.ts';
import { problemOf, withMarkers } from '../core/three-way/index.ts';
import { type Editor, findEditor } from '../io/editor.ts';
import type { Prompt } from '../io/prompt.ts';
import { printable } from '../io/terminal.ts';
import type { ConflictChoice, FileAnswer, Plan } from '../model.ts';
import { type Conflicting, conflictsOf } from './changes.ts';
import type { Context } from './context.ts';
import { type Decided, planAgain } from './deciding.ts';
import { conflictText } from './text/conflicts.ts';
import { type Row, reasonOf, rowsText, wrap } from './text/plan.ts';

/**
 * Asks about every conflict of the plan and makes it anew with the answers, until what is left is left on purpose. An answer that does not
 * make a whole file (marks that were left in, text that does not parse) is told and asked again.
 */
export async function settleConflicts(context: Context, decided: Decided, prompt: Prompt): Promise<Decided> {
  const answers = new Map<string, FileAnswer>(decided.decisions.answers);
  const later = new Set<string>();
  const drafts = new Map<string, string>();
  const editor = findEditor(context.env);
  let current = decided;
  for (;;) {
    const open = conflictsOf(current.plan).filter(({ path }) => !later.has(path));
    if (open.length === 0) {
      context.terminal.say(answeredText(context, current.plan, answers));
      return current;
    }
    const all = open.reduce((sum, { conflicts }) => sum + conflicts.length, 0);
    const count = { done: 0, all };
    for (const change of open) {
      const previous = answers.get(change.path);
      if (previous !== undefined) context.terminal.say(`\n${againText(context, change)}`);
      answers.delete(change.path);
      const given = await askFile({ context, prompt, editor, drafts, count }, change);
      if (given === null) later.add(change.path);
      else answers.set(change.path, given);
    }
    current = planAgain(current, { answers: new Map(answers), policy: 'leave' });
  }
}

type Talk = Readonly<{
  context: Context;
  prompt: Prompt;
  editor: Editor | null;
  /** What was saved in the editor and could not be taken: it is opened again. */
  drafts: Map<string, string>;
  count: { done: number; readonly all: number };
}>;

/** The answer for one file; null: it stays as it is for now. */
async function askFile(talk: Talk, change: Conflicting): Promise<FileAnswer | null> {
  const { context, count } = talk;
  if (change.conflicts.length === 0) return askWhole(talk, change);
  const choices = new Map<string, ConflictChoice>();
  const last = count.done + change.conflicts.length;
  for (const conflict of change.conflicts) {
    count.done += 1;
    const entry = { ...conflict, path: change.path };
    const { style, columns, say } = context.terminal;
    say(`\n  ${style.dim(`conflict ${count.done} of ${count.all}`)}\n${conflictText(entry, style, columns)}`);
    const answer = await askPlace(talk, change, entry);
    if (answer === 'yours' || answer === 'theirs') choices.set(conflict.id, answer);
    else {
      count.done = last;
      return answer;
    }
  }
  return { choices };
}

async function askPlace(
  talk: Talk,
  change: Conflicting,
  entry: Parameters<typeof conflictText>[0],
): Promise<ConflictChoice | FileAnswer | null> {
  const { context, prompt, editor } = talk;
  const { style, columns, say } = context.terminal;
  for (;;) {
    const action = await prompt.choose('Which one?', [
      { value: 'yours', name: 'Keep mine' },
      { value: 'theirs', name: 'Take theirs' },
      ...(editor === null ? [] : [{ value: 'edit' as const, name: `Open the file in ${editor.name}` }]),
      { value: 'show', name: 'Show all three' },
      { value: 'later', name: 'Leave this file for later' },
    ]);
    if (action === 'yours' || action === 'theirs') return action;
    if (action === 'later') return null;
    if (action === 'show') say(`\n${conflictText(entry, style, columns, true)}`);
    else if (editor !== null) {
      const text = edited(talk, change, editor);
      if (text !== null) return { text };
    }
  }
}

/** A file with marks in it already: there are no places to choose in, only the whole. */
async function askWhole(talk: Talk, change: Conflicting): Promise<FileAnswer | null> {
  const { context, prompt, editor } = talk;
  const { style, say } = context.terminal;
  say(`\n  ${style.red('!')} ${style.bold(printable(change.path))}\n      ${style.dim(printable(change.reason))}\n`);
  for (;;) {
    const action = await prompt.choose('What shall become of it?', [
      ...(editor === null ? [] : [{ value: 'edit' as const, name: `Open the file in ${editor.name}` }]),
      { value: 'theirs', name: 'Write it as generated' },
      { value: 'later', name: 'Leave this file for later' },
    ]);
    if (action === 'later') return null;
    if (action === 'theirs') return { text: toLf(change.theirs) };
    const text = editor === null ? null : edited(talk, change, editor);
    if (text !== null) return { text };
  }
}

/** The file with marks, in the editor; null (and why, on the terminal) when that gave no text. */
function edited({ context, drafts }: Talk, change: Conflicting, editor: Editor): string | null {
  const { path, before, theirs, base } = change;
  const open = change.conflicts.length > 0;
  const marked = open ? withMarkers({ path, base, yours: toLf(before), theirs: toLf(theirs) }) : before;
  const saved = editor.edit(drafts.get(path) ?? marked, path);
  const refuse = (why: string): null => {
    const { say, style, columns } = context.terminal;
    say(`  ${style.yellow('!')} ${wrap(printable(why), columns - 4, 4)}\n`);
    return null;
  };
  if (saved === null) return refuse(`${editor.name} gave nothing back; the file is as it was.`);
  drafts.set(path, saved);
  const [line, ...more] = markLines(saved);
  // The line below a heading of Markdown may look like one.
  if (line !== undefined && more.length >= markLines(open ? before : theirs).length)
    return refuse(`Line ${line} still is a conflict mark. Open it again, or choose a side.`);
  const fault = problemOf(path, before) === null ? problemOf(path, saved) : null;
  if (fault !== null) return refuse(`As you saved it, it cannot be read: ${fault}. Open it again, or choose a side.`);
  return saved;
}

/** The lines (from 1) that look like marks of ours or of git's. */
function markLines(text: string): readonly number[] {
  const isMark = (line: string): boolean => /^(<{7}|\|{7}|>{7})( |$)|^={7}$/.test(line);
  return toLf(text)
    .split('\n')
    .flatMap((line, index) => (isMark(line) ? [index + 1] : []));
}

/** What became of the files that were asked about. */
function answeredText({ terminal }: Context, { changes }: Plan, answers: ReadonlyMap<string, FileAnswer>): string {
  const rows = changes
    .filter(({ path, kind }) => answers.has(path) && kind !== 'conflict')
    .map((change): Row => ['⇄', change.path, reasonOf(change)]);
  return rows.length === 0 ? '' : `\n${rowsText(rows, terminal.style, terminal.columns)}`;
}

function againText({ terminal }: Context, { path, reason }: Conflicting): string {
  const text = `With these answers ${path} cannot be written: ${reason}. Once more:`;
  return `  ${terminal.style.yellow('!')} ${wrap(printable(text), terminal.columns - 4, 4)}\n`;
}
