/** A Dockerfile: directives, arguments before the first stage, stages by name, and in each its instructions. */
import type { Container, Entry, Format, Parsed } from '../format.ts';
import { meaning } from '../format.ts';
import { argumentsOf, CHAIN, IMAGE, LAST, LINES } from './docker-arguments.ts';
import { type Instruction, readDockerLines } from './docker-lines.ts';
import { containerOf, entryOf, leafOf, unique } from './parts.ts';
import { joinWords, WORDS } from './words.ts';

export const dockerfileFormat: Format = {
  id: 'dockerfile',
  matches: (path) => /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.(?!dockerignore$)[\w.-]+)?$|\.[Dd]ockerfile$/.test(path),
  parse,
  fit: (entry) => entry,
  join,
};

function parse(text: string): Parsed {
  const read = readDockerLines(text);
  if (typeof read === 'string') return { error: read };
  const { directives, instructions, tail, mark } = read;
  const first = instructions.find(({ keyword }) => keyword !== 'ARG');
  if (first !== undefined && first.keyword !== 'FROM')
    return { error: `line ${first.line}: ${first.keyword} stands before the first FROM` };
  const entries: Entry[] = directives.map(({ text: line, name, value }) =>
    entryOf(`#${name}`, leafOf(value, 'directive'), { name: `#${name}`, ...around(line, value) }),
  );
  if (new Set(entries.map(({ key }) => key)).size < entries.length) return { error: 'a directive stands twice' };
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') stages.push([instruction]);
    else if (stages.length > 0) stages.at(-1)?.push(instruction);
    else entries.push(instructionEntry(instruction, mark));
  }
  const keys = new Set<string>();
  let nameless = 0;
  for (const stage of stages) {
    const from = stage[0] as Instruction;
    const name = /\s[Aa][Ss]\s+(\S+)$/.exec(from.body)?.[1]?.toLowerCase();
    if (name === undefined) nameless += 1;
    const key = name === undefined ? `stage#${nameless}` : `stage:${name}`;
    if (keys.has(key)) return { error: `line ${from.line}: the stage ${name} stands twice` };
    keys.add(key);
    const parts = stage.map((instruction, index) =>
      instructionEntry(index === 0 ? { ...instruction, lead: '' } : instruction, mark),
    );
    const node = containerOf('list', 'stage', unique(parts));
    entries.push(entryOf(key, node, { name: name ?? null, lead: from.lead }));
  }
  return { root: containerOf('list', 'file', unique(entries), { tail }) };
}

function instructionEntry(instruction: Instruction, mark: string): Entry {
  const { keyword, lead, open, body, text } = instruction;
  const { key, node } = argumentsOf(instruction, mark);
  const remark = text.slice(open.length + body.length);
  return entryOf(key ?? `${keyword}:${meaning(node)}`, node, { name: keyword, lead, open, remark });
}

function around(line: string, value: string): Pick<Entry, 'open' | 'remark'> {
  const at = line.lastIndexOf(value);
  return { open: line.slice(0, at), remark: line.slice(at + value.length) };
}

function join(entries: readonly Entry[], like: Container): Container | null {
  if (like.style === CHAIN) return entries.length === 0 ? null : joinWords(entries, like, ' && ', '&&');
  if (like.style === LINES) return entries.length === 0 ? null : joinWords(entries, like);
  if (like.style === WORDS) {
    if (entries.length === 0) return null;
    return joinWords(like.kind === 'list' ? entries : [...entries].sort((a, b) => rank(a.key) - rank(b.key)), like);
  }
  if (like.style === 'stage' && entries[0]?.key !== 'FROM') return null;
  return { ...like, entries };
}

/** Flags come first; the destination, the command and the name of a stage come last. */
function rank(key: string): number {
  if (key.startsWith('--')) return 0;
  return key === IMAGE ? 1 : LAST.has(key) ? 3 : 2;
}
