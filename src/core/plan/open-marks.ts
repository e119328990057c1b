/** Conflict marks in a text: those that an earlier run wrote and a person is to settle, and those of git. */
import { matches } from '../lock.ts';
import { plainText } from '../text-style.ts';
import { NONE, type Present, type Records, type Situation } from './decision.ts';

const MARK = /^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?$/gm;

/** Whether marks are left in a text; lines that look like marks and stand in `clean`, the text without any, do not count. */
export function hasMarks(text: string, clean: string): boolean {
  // Almost no text holds one: looking for the plain words first is what keeps this cheap.
  if (!text.includes('<<<<<<<') && !text.includes('>>>>>>>') && !text.includes('|||||||')) return false;
  return count(plainText(text)) > count(plainText(clean));
}

function count(text: string): number {
  return text.match(MARK)?.length ?? 0;
}

/** Below this folder a file with marks would break what runs: none are written there. */
export function mayHaveMarks({ path, place }: Situation): boolean {
  return ![path, place].some((one) => /^\.github\/workflows\//i.test(one));
}

/**
 * A file into which an earlier run wrote marks. `left`: they are still in it. Otherwise the situation without them: a settled text, whose
 * base is the one that waited; or the user's text from before, as if they had never been written. That text settles them too where it says
 * in each place what it would say had the user kept theirs in every one: where nothing but the marks was written into it.
 */
export function afterMarks(now: Present, text: string, clean: string): 'left' | Present {
  if (now.entry?.open === undefined) return now;
  const { open, ...entry } = now.entry;
  if (matches(text, open.yours) && !isMine(now, text))
    return { ...without(now, { entry, base: 'leave', next: NONE }), takenBack: true };
  if (hasMarks(text, now.next ?? clean)) return 'left';
  const base = now.next;
  const settled = { ...now, base, damaged: false };
  return without(settled, { entry: { ...entry, hash: open.theirs }, base: { text: base }, next: NONE });
}

/** Whether a text is the user's side in every place that was open, and all else merged. */
function isMine({ path, base, next, threeWay }: Present, text: string): boolean {
  if (next === null) return false;
  const yours = plainText(text);
  const texts = { path, base: base === null ? null : plainText(base), yours, theirs: plainText(next) };
  return threeWay.merge(texts).text === yours;
}

function without(now: Present, undecided: Records): Present {
  return { ...now, entry: undecided.entry ?? undefined, undecided };
}
