/** Conflict marks as git writes them, with the base between the sides. Whole lines, never one inside another. */
import { BASE, type Draft, THEIRS, YOURS } from './draft.ts';
import { regionsOf, splitLines, textOf } from './lines.ts';

const MARKS = {
  yours: '<<<<<<< yours',
  base: '||||||| base',
  middle: '=======',
  theirs: '>>>>>>> create-devops-setup',
};

/**
 * The text with marks. It is made of the three whole texts that the draft stands for (your side everywhere, the base's, the new version's):
 * they differ nowhere but in the conflicts, and a conflict inside a line becomes one about that line.
 */
export function marked(draft: Draft): string {
  const lines = {
    base: splitLines(ended(draft.write(BASE))),
    yours: splitLines(ended(draft.write(YOURS))),
    theirs: splitLines(ended(draft.write(THEIRS))),
  };
  return regionsOf(lines.base, lines.yours, lines.theirs)
    .map((region) => {
      const yours = textOf(lines.yours, region.yours);
      const theirs = textOf(lines.theirs, region.theirs);
      if (yours === theirs) return yours;
      const base = textOf(lines.base, region.base);
      return `${MARKS.yours}\n${yours}${MARKS.base}\n${base}${MARKS.middle}\n${theirs}${MARKS.theirs}\n`;
    })
    .join('');
}

/** The marks need lines of their own. */
function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
