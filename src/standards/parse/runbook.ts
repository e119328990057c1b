/** A runbook as data: front matter, sections with their lines, fenced commands, numbered steps. */

export type Fence = Readonly<{ language: string; text: string; line: number }>;

export type Section = Readonly<{
  title: string;
  depth: number;
  line: number;
  /** What stands below the heading, without the sections below it. */
  text: string;
  fences: readonly Fence[];
  /** Numbered items that are not indented. */
  steps: readonly Readonly<{ text: string; line: number }>[];
}>;

export type Runbook = Readonly<{
  path: string;
  /** Key → value, as text; of a list the items. */
  front: ReadonlyMap<string, Readonly<{ value: string; line: number }>>;
  sections: readonly Section[];
  /** Sections of the second level. */
  parts: readonly Section[];
  part: (title: RegExp) => Section | null;
  text: string;
}>;

export function readRunbook(path: string, source: string): Runbook {
  const lines = source.split('\n');
  const front = new Map<string, { value: string; line: number }>();
  let at = 0;
  if (lines[0] === '---') {
    for (at = 1; at < lines.length && lines[at] !== '---'; at++) {
      const [, key, value = ''] = /^([\w-]+):\s*(.*?)\s*$/.exec(lines[at] ?? '') ?? [];
      if (key) front.set(key, { value: value.replace(/^(["'])(.*)\1$/, '$2'), line: at + 1 });
    }
    at++;
  }
  const sections = sectionsOf(lines, at);
  const parts = sections.filter(({ depth }) => depth === 2);
  return {
    path,
    front,
    sections,
    parts,
    part: (title) => parts.find((section) => title.test(section.title)) ?? null,
    text: source,
  };
}

type Open = {
  title: string;
  depth: number;
  line: number;
  body: string[];
  fences: Fence[];
  steps: { text: string; line: number }[];
};

function sectionsOf(lines: readonly string[], start: number): readonly Section[] {
  const found: Open[] = [];
  let open: Open = { title: '', depth: 0, line: 1, body: [], fences: [], steps: [] };
  let fence: { mark: string; language: string; line: number; body: string[] } | null = null;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, mark, language = ''] = /^\s*(`{3,}|~{3,})\s*([\w-]*)/.exec(line) ?? [];
    if (fence) {
      if (mark?.startsWith(fence.mark) && language === '') {
        open.fences.push({ language: fence.language, text: fence.body.join('\n'), line: fence.line });
        fence = null;
      } else fence.body.push(line);
    } else if (mark) {
      fence = { mark, language, line: at + 1, body: [] };
    } else {
      const [, marks, title = ''] = /^(#{1,6})\s+(.*?)\s*$/.exec(line) ?? [];
      if (marks) {
        open = { title, depth: marks.length, line: at + 1, body: [], fences: [], steps: [] };
        found.push(open);
        continue;
      }
      const [, step] = /^\d+\.\s+(.*)$/.exec(line) ?? [];
      if (step !== undefined) open.steps.push({ text: step, line: at + 1 });
    }
    open.body.push(line);
  }
  return found.map(({ body, ...section }) => ({ ...section, text: body.join('\n').trim() }));
}

/** Every text below a section of the second level, with its subsections. */
export function wholeText({ sections }: Runbook, part: Section): string {
  const from = sections.indexOf(part);
  const next = sections.findIndex((section, index) => index > from && section.depth <= part.depth);
  return sections
    .slice(from, next === -1 ? undefined : next)
    .map(({ title, text }) => `${title}\n${text}`)
    .join('\n');
}
