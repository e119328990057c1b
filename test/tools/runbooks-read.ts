/** A runbook as a program reads it: its sections, the steps of its first minutes with what they promise, and every command. */

/** A fenced block, without the indentation of the list that it stands in. */
export type Fence = { language: string; text: string };

export type Step = {
  title: string;
  runs: { place: string | null; command: string; expected: string | null }[];
  text: string;
};

export type Page = { matter: Record<string, string>; title: string; sections: Map<string, string> };

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** Front matter, the one title, and the text below each heading of the second level. */
export function pageOf(text: string): Page {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const matter = Object.fromEntries(
    head.split('\n').map((line) => [line.replace(/:.*/, ''), line.replace(/^[^:]*:\s*/, '')]),
  );
  const [top = '', ...parts] = withoutHeadingsInFences(body).split(/^## /m);
  const sections = new Map(
    parts.map((part): [string, string] => [part.split('\n')[0] ?? '', part.slice(part.indexOf('\n') + 1).trim()]),
  );
  return { matter, title: /^# (.*)$/m.exec(top)?.[1] ?? '', sections };
}

/** Nothing within a fence begins a section: the pages have no such line, and this says so. */
function withoutHeadingsInFences(body: string): string {
  for (const { text } of fencesOf(body)) if (/^#+ /m.test(text)) throw new Error(`a fence holds a heading: ${text}`);
  return body;
}

export function fencesOf(text: string): Fence[] {
  return [...text.matchAll(FENCE)].map(([, indent = '', language = '', inside = '']) => ({
    language,
    text: inside.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The numbered items of a section. */
export function stepsOf(section: string): Step[] {
  return section
    .split(/^(?=\d+\. )/m)
    .filter((part) => /^\d+\. /.test(part))
    .map((part) => ({ title: /^\d+\. \*\*(.*)\*\*/.exec(part)?.[1] ?? '', runs: runsOf(part), text: part }));
}

/** Each command with the place before it and the expectation behind it. */
function runsOf(part: string): Step['runs'] {
  return [
    ...part.matchAll(
      /(?:^ +(On AWS|On the local stack|In Prometheus|In the repository):\n\n)?^( *)```bash\n([\s\S]*?)^\2```$(?:\n\n *Expected: (`+)(.*?)\4)?/gm,
    ),
  ].map(([, place, indent = '', command = '', , expected]) => ({
    place: place ?? null,
    command: command.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    expected: expected ?? null,
  }));
}

/** Commands in the cells of a table; a cell without code says which step it means. */
export function tableCommands(section: string): string[] {
  return [...section.matchAll(/^\| [^|]* \| (?:(`+)(.*?)\1|<code>(.*?)<\/code>) \|/gm)].map(
    ([, , code = '', html = '']) => (code || html).replaceAll('\\|', '|').replaceAll('&#124;', '|'),
  );
}

/** Words that are read: neither commands nor code, nor what stands above the title. */
export function wordsOf(text: string): number {
  const prose = text
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replaceAll(FENCE, '')
    .replaceAll(/<code>.*?<\/code>|`[^`\n]*`|\]\([^)]*\)/g, '');
  return (prose.match(/\S*[A-Za-z]\S*/g) ?? []).length;
}
