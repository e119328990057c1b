/** What has to hold for every merge, whatever the texts: each broken rule in words. */
import { validate } from 'dockerfile-utils';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { mergeTexts, withMarkers } from '../../src/core/three-way/index.ts';
import { regionsOf, splitLines } from '../../src/core/three-way/lines.ts';
import type { MergeConflict, Merged } from '../../src/model.ts';
import { type Triple, triples } from './merge-triples.ts';

export type Tally = { triples: number; diff3: number; ours: number; invalid: number; twice: number; unsteady: number };

/** Counting what is the same when it is merged twice costs another merge: a part of the triples is enough for a rate. */
const EVERY = 4;
/** Of the language server's severities. */
const ERROR = 1;
const MARK = /^(?:<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>)/m;

/** Checks one triple, counts it, and says what is wrong with it. */
export function problemsOf(triple: Triple, tally: Tally): string[] {
  const { path, base, yours, theirs } = triple;
  const wrong: string[] = [];
  const merged = mergeTexts(triple);
  tally.triples += 1;
  if (plainConflict(triple)) tally.diff3 += 1;
  if (merged.conflicts.length > 0) tally.ours += 1;
  const expect = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  expect(mergeTexts({ path, base, yours: base, theirs }).text === theirs, 'yours = base has to give theirs');
  expect(mergeTexts({ path, base, yours, theirs: base }).text === yours, 'theirs = base has to give yours');
  const valid = isValid(triple, merged.text);
  if (!valid) tally.invalid += 1;
  expect(valid, 'the result does not parse');
  const again = mergeTexts({ path, base: theirs, yours: merged.text, theirs });
  expect(again.text === merged.text, 'merging the result again changes something');
  if (merged.conflicts.length === 0 && tally.triples % EVERY === 0) {
    tally.twice += 1;
    // Not a rule: what was renamed may not be known again from the old base. Counted.
    const twice = mergeTexts({ path, base, yours: merged.text, theirs });
    if (twice.text !== merged.text || twice.conflicts.length > 0) tally.unsteady += 1;
  }
  expect(MARK.test(merged.text) === false, 'a mark stands in the text');
  const ids = merged.conflicts.map(({ id }) => id);
  expect(new Set(ids).size === ids.length, 'two conflicts have one id');
  wrong.push(
    ...lostWords(triple, merged.text, merged.conflicts, merged.notes),
    ...choices(triple, merged),
    ...marks(triple, merged),
  );
  return wrong;
}

/** Whether diff3 by lines, as git has it, leaves a conflict. */
export function plainConflict({ base, yours, theirs }: Triple): boolean {
  return regionsOf(splitLines(base), splitLines(yours), splitLines(theirs)).some(({ kind }) => kind === 'conflict');
}

/** An own look at validity, not through what merged it. */
function isValid(triple: Triple, text: string): boolean {
  const { path } = triple;
  try {
    if (/\.ya?ml$/.test(path)) parseYaml(text, { strict: true, uniqueKeys: true });
    else if (/\.json$/.test(path)) JSON.parse(text.replace(/^\s*\/\/.*$|(?<=[\s,[{])\/\/ .*$/gm, ''));
    else if (/Dockerfile$/.test(path)) {
      // An edit may have broken an instruction; the merge may not break another one.
      const known = new Set([triple.yours, triple.theirs].flatMap(errorsOf));
      return errorsOf(text).every((code) => known.has(code));
    }
    return true;
  } catch {
    return false;
  }
}

function errorsOf(dockerfile: string): (string | number | undefined)[] {
  return validate(dockerfile)
    .filter(({ severity }) => severity === ERROR)
    .map(({ code }) => code);
}

/** Words that say who wrote them, and words of the base that one side took away. */
function lostWords(
  { base, yours, theirs }: Triple,
  text: string,
  conflicts: readonly MergeConflict[],
  notes: readonly string[],
): string[] {
  const result = wordsOf(text);
  const told = wordsOf(
    [...conflicts.flatMap((conflict) => [conflict.yours, conflict.base, conflict.theirs]), ...notes].join('\n'),
  );
  const marked = (side: string, who: RegExp): string[] => [...wordsOf(side)].filter((word) => who.test(word));
  const mine = marked(yours, /yours\d/i).filter((word) => !result.has(word));
  const news = marked(theirs, /theirs\d/i).filter((word) => !result.has(word) && !told.has(word));
  const [y, t] = [wordsOf(yours), wordsOf(theirs)];
  const once = [...wordsOf(base)].filter(
    (word) =>
      /[a-z]{4}|[0-9a-f]{20}/i.test(word) &&
      (base.match(new RegExp(`(?<!\\w)${word}(?!\\w)`, 'gu')) ?? []).length === 1,
  );
  // What a side writes anew is not what the other one took away.
  const lines = new Set(splitLines(base).map((line) => line.trim()));
  const anew = splitLines(yours + theirs).filter((line) => !lines.has(line.trim()));
  const rewritten = wordsOf(anew.join(''));
  const back = once
    .filter((word) => !rewritten.has(word))
    .filter((word) => (!y.has(word) || !t.has(word)) && result.has(word) && !told.has(word));
  const gone = once.filter((word) => y.has(word) && t.has(word) && !result.has(word) && !told.has(word));
  return [
    ...mine.map((word) => `your word ${word} is lost`),
    ...news.map((word) => `their word ${word} is neither in the text nor in a conflict`),
    ...back.map((word) => `${word} came back though a side took it away`),
    ...gone.map((word) => `${word} is gone though nobody took it away`),
  ];
}

function wordsOf(text: string): Set<string> {
  return new Set(text.match(/[\p{L}\p{N}_]+/gu) ?? []);
}

/** Answers are honoured one by one, and change nothing else. */
function choices(texts: Triple, { conflicts, text }: Merged): string[] {
  if (conflicts.length === 0) return [];
  const all = mergeTexts(texts, new Map(conflicts.map(({ id }) => [id, 'theirs'])));
  const wrong: string[] = [];
  if (all.open.length > 0 && !all.notes.includes('these choices do not go together'))
    wrong.push('an answered conflict is open');
  if (JSON.stringify(all.conflicts) !== JSON.stringify(conflicts)) wrong.push('choices change what is in conflict');
  if (!isValid(texts, all.text)) wrong.push('with all of theirs chosen, the text does not parse');
  const words = wordsOf(all.text);
  if (all.open.length === 0)
    for (const { theirs } of conflicts)
      for (const word of wordsOf(theirs ?? ''))
        if (/theirs\d/i.test(word) && !words.has(word)) wrong.push(`${word} was chosen and is not there`);
  const [first] = conflicts;
  const one = mergeTexts(texts, new Map([[(first as MergeConflict).id, 'yours']]));
  if (one.text !== text) wrong.push('choosing yours changes the text');
  return wrong;
}

/** Marks stand in lines of their own, in order, never one in another, and without them your side is the text. */
function marks(texts: Triple, { conflicts, text }: Merged): string[] {
  if (conflicts.length === 0) return [];
  let state = 'out';
  const kept: string[] = [];
  for (const line of splitLines(withMarkers(texts))) {
    const next = {
      '<<<<<<< yours\n': ['out', 'yours'],
      '||||||| base\n': ['yours', 'base'],
      '=======\n': ['base', 'theirs'],
      '>>>>>>> create-devops-setup\n': ['theirs', 'out'],
    }[line];
    if (next !== undefined && next[0] !== state) return ['marks are nested or out of order'];
    if (next !== undefined) state = next[1] as string;
    else if (state === 'out' || state === 'yours') kept.push(line);
  }
  if (state !== 'out') return ['a mark is not closed'];
  return kept.join('') === text ? [] : ['your side of the marks is not your side of the merge'];
}

/** Checks so many triples; the first that breaks a rule is shrunk and thrown. The rates are in the words of the issue. */
export function runTriples(count: number, seed: number): Readonly<{ tally: Tally; rates: string }> {
  const tally: Tally = { triples: 0, diff3: 0, ours: 0, invalid: 0, twice: 0, unsteady: 0 };
  fc.assert(
    fc.property(triples, (triple) => {
      const problems = problemsOf(triple, tally);
      if (problems.length > 0) throw new Error(`${triple.kind}: ${problems.join('; ')}`);
    }),
    { numRuns: count, seed },
  );
  const percent = (part: number): string => `${((100 * part) / tally.triples).toFixed(1)} %`;
  const rates = `${tally.triples} triples: diff3 leaves ${percent(tally.diff3)} in conflict, the merge ${percent(tally.ours)}; invalid ${tally.invalid}; merged twice ${tally.twice}, not the same ${tally.unsteady}`;
  return { tally, rates };
}
