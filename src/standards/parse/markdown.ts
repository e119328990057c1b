/** Tables of a Markdown page: rows of cells with their lines, code marks removed. */
export type Row = Readonly<{
  line: number;
  cells: readonly string[];
  header: readonly string[];
  section: string | null;
}>;

export function tableRows(source: string): readonly Row[] {
  const rows: Row[] = [];
  let section: string | null = null;
  let header: readonly string[] | null = null;
  source.split('\n').forEach((line, index) => {
    const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    if (!line.trimStart().startsWith('|')) {
      header = null;
      return;
    }
    const cells = cellsOf(line);
    if (header === null) header = cells;
    else if (!cells.every((cell) => /^:?-+:?$/.test(cell))) rows.push({ line: index + 1, cells, header, section });
  });
  return rows;
}

/** Cells of a row; `\|` does not end one. */
function cellsOf(line: string): readonly string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => plain(cell.trim()));
}

function plain(cell: string): string {
  return cell.replace(/^(`+)\s?(.*?)\s?\1$/, '$2').replace(/\\([\\`*_{}[\]<>()#+.!|~-])/g, '$1');
}
