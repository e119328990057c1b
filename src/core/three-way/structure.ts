/** The structural merge as a draft, and the proof that it may be believed: parsed back, it says what the plan says. */
import type { MergeTexts } from '../../model.ts';
import { Work } from './conflict.ts';
import { type Choose, type Draft, YOURS } from './draft.ts';
import { type Container, type Entry, type Format, meaning, printNode } from './format.ts';
import { newComments } from './remarks.ts';
import { mergeContainers } from './tree.ts';

type Trees = Readonly<{ base: Container; yours: Container; theirs: Container }>;
/**
 * `isProved` is asked only where the draft is to be believed: it reads the text again. `bringsBack`: it has text that went, and lines are the
 * better guide.
 */
export type Structured = Readonly<{ draft: Draft; meaning: string; isProved(): boolean; bringsBack(): boolean }>;

/** Null where the structure cannot say: nothing but the whole text would be in conflict. */
export function byStructure(format: Format, texts: MergeTexts & { base: string }, trees: Trees): Structured | null {
  const run = (choose: Choose): Readonly<{ work: Work; root: Container }> | null => {
    const work = new Work(format, choose, trees.yours);
    const root = mergeContainers(work, trees, '');
    return root === null ? null : { work, root };
  };
  const first = run(YOURS);
  if (first === null) return null;
  const { conflicts } = first.work;
  const text = printNode(first.root);
  const notes = [...first.work.notes, ...lostComments(trees, text, first.work)];
  const write = (choose: Choose): string => {
    const result = run(choose);
    return result === null ? text : printNode(result.root);
  };
  return {
    draft: { method: 'structure', conflicts, notes: [...new Set(notes)], write },
    meaning: meaning(first.root),
    isProved: () => says(format, text, meaning(first.root)) && !losesWords(texts, text, first.work),
    bringsBack: () => format.id === 'markdown' && bringsBack(texts, text),
  };
}

/** Whether a text is valid and means what is expected. */
export function says(format: Format, text: string, expected: string): boolean {
  const parsed = format.parse(text);
  return 'root' in parsed && meaning(parsed.root) === expected;
}

/** Comments of the new version that found no place: they say nothing to a machine, but a person may want to know. */
function lostComments({ base, theirs }: Trees, text: string, { conflicts, notes }: Work): string[] {
  const told = [text, ...conflicts.map(({ theirs: news }) => news ?? ''), ...notes].join('\n');
  const whole = (root: Container): Entry => ({
    key: '',
    name: '',
    lead: '',
    open: '',
    node: root,
    comma: '',
    remark: '',
    plain: false,
  });
  return newComments(whole(theirs), whole(base))
    .filter((comment) => !told.includes(comment))
    .map((comment) => `a new comment has no place: ${comment}`);
}

/** Every word that the user wrote stands in the result, in a conflict, or in a pin that a newer one took the place of. */
function losesWords(
  { base, yours }: MergeTexts & { base: string },
  text: string,
  { conflicts, dropped }: Work,
): boolean {
  const kept = new Set([text, ...conflicts.map(({ yours: mine }) => mine ?? ''), ...dropped].flatMap(wordsOf));
  const old = new Set(wordsOf(base));
  return wordsOf(yours).some((word) => !old.has(word) && !kept.has(word));
}

/**
 * Whether more of a line is there than either side asks for. In Markdown a part has no other name than its words: what one side moved to
 * another section stands there, and once more where the other side changed or deleted it; what both wrote stands in the sections of both.
 */
function bringsBack({ base, yours, theirs }: MergeTexts & { base: string }, text: string): boolean {
  const [old, mine, news, now] = [base, yours, theirs, text].map(countLines) as [Counts, Counts, Counts, Counts];
  const of = (counts: Counts, line: string): number => counts.get(line) ?? 0;
  return [...now].some(([line, count]) => {
    const [before, a, b] = [of(old, line), of(mine, line), of(news, line)];
    return before > 0 ? count > a + Math.max(0, b - before) : a > 0 && b > 0 && count > Math.max(a, b);
  });
}

type Counts = ReadonlyMap<string, number>;

/** Lines with a word in them; a rule or the end of some code may be anywhere. */
function countLines(text: string): Counts {
  const counts = new Map<string, number>();
  for (const line of text.split('\n').map((raw) => raw.trim()))
    if (/\p{L}{3}/u.test(line)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+/gu) ?? [];
}
