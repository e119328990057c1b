/** What a terminal shows in the end: the few escape sequences that prompts use, applied to a grid of cells. No scrolling: the grid grows. */

/** `colour` is the SGR number (30–37, 90–97), null the default. */
export type Look = Readonly<{ bold: boolean; dim: boolean; underline: boolean; colour: number | null }>;
export type Cell = Readonly<{ character: string; look: Look }>;

const PLAIN: Look = { bold: false, dim: false, underline: false, colour: null };
const BLANK: Cell = { character: ' ', look: PLAIN };
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TOKEN = /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007]*\u0007|\u001b[()][A-Z0-9]|\u001b[=>78]|[\s\S]/gu;

/** The final screen, without blank cells at the ends of lines and without blank lines at the end. */
export function screenOf(raw: string, columns: number): readonly (readonly Cell[])[] {
  const grid: Cell[][] = [];
  let look = PLAIN;
  let row = 0;
  let column = 0;
  const line = (at: number): Cell[] => {
    while (grid.length <= at) grid.push([]);
    return grid[at] as Cell[];
  };
  const put = (character: string): void => {
    if (column === columns) {
      row += 1;
      column = 0;
    }
    const cells = line(row);
    while (cells.length < column) cells.push(BLANK);
    cells[column] = { character, look };
    column += 1;
  };
  const control = (letter: string, parameters: string): void => {
    const [first = 0] = parameters.split(';').map(Number);
    const count = Math.max(first, 1);
    if (letter === 'm') look = restyle(look, parameters);
    else if (letter === 'A') row = Math.max(row - count, 0);
    else if (letter === 'B') row += count;
    else if (letter === 'C') column = Math.min(column + count, columns - 1);
    else if (letter === 'D') column = Math.max(column - count, 0);
    else if (letter === 'G') column = count - 1;
    else if (letter === 'K') {
      if (first === 0) line(row).splice(column);
      else if (first === 2) line(row).splice(0);
      else throw new Error(`erase in line ${first} is not known here`);
    } else if (letter === 'J' && first === 0) {
      line(row).splice(column);
      grid.splice(row + 1);
    } else if (!'hln'.includes(letter)) throw new Error(`the sequence CSI ${parameters} ${letter} is not known here`);
  };
  for (const [token, parameters, letter] of raw.matchAll(TOKEN)) {
    if (letter !== undefined) control(letter, parameters ?? '');
    else if (token === '\r') column = 0;
    else if (token === '\n') row += 1;
    else if (token === '\b') column = Math.max(column - 1, 0);
    else if (token.length <= 2 && token >= ' ') put(token);
  }
  return trimmed(grid);
}

function restyle(look: Look, parameters: string): Look {
  let next = look;
  for (const code of parameters.split(';').map(Number)) {
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 4) next = { ...next, underline: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 24) next = { ...next, underline: false };
    else if (code === 39) next = { ...next, colour: null };
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) next = { ...next, colour: code };
  }
  return next;
}

function trimmed(grid: readonly Cell[][]): readonly (readonly Cell[])[] {
  const lines = grid.map((cells) => {
    let end = cells.length;
    while (end > 0 && cells[end - 1]?.character === ' ') end -= 1;
    return cells.slice(0, end);
  });
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.length === 0) end -= 1;
  return lines.slice(0, end);
}

/** The screen as text. */
export function screenText(raw: string, columns: number): string {
  return screenOf(raw, columns)
    .map((cells) => cells.map(({ character }) => character).join(''))
    .join('\n');
}
