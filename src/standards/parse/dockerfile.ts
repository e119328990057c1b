/** A Dockerfile as instructions with their lines. Never throws; what it does not understand is a problem. */
import type { SyntaxProblem } from './yaml.ts';

export type Instruction = Readonly<{
  /** Upper case: `RUN`. */
  name: string;
  flags: Readonly<Record<string, readonly string[]>>;
  /** Without flags, continuation lines joined by a space. */
  text: string;
  /** Exec form parsed; null in shell form. */
  exec: readonly string[] | null;
  /** Text of its here-documents, null without. */
  heredoc: string | null;
  line: number;
  endLine: number;
}>;

export type Stage = Readonly<{
  name: string | null;
  /** As written, with the defaults of global ARGs filled in. */
  from: string;
  /** Index of the stage it is built on; null when `from` is an image. */
  parent: number | null;
  line: number;
  instructions: readonly Instruction[];
}>;

export type Dockerfile = Readonly<{
  path: string;
  instructions: readonly Instruction[];
  stages: readonly Stage[];
  /** The last stage and those it is built on, first ancestor first: everything that ends up in the image. */
  final: readonly Stage[];
}>;

const KNOWN = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

export function parseDockerfile(
  path: string,
  source: string,
): Readonly<{ file: Dockerfile | null; problems: readonly SyntaxProblem[] }> {
  const problems: SyntaxProblem[] = [];
  const instructions = readInstructions(source.split(/\r?\n/), problems);
  const stages = readStages(instructions);
  if (stages.length === 0 && problems.length === 0) problems.push({ line: 1, message: 'there is no FROM' });
  if (problems.length > 0) return { file: null, problems };
  return { file: { path, instructions, stages, final: lineage(stages) }, problems };
}

/** Words of a shell-form or plain instruction, quotes removed. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

function readInstructions(lines: readonly string[], problems: SyntaxProblem[]): Instruction[] {
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const start = at;
    if (isSkipped(lines[at])) continue;
    let joined = '';
    for (;;) {
      const line = lines[at] ?? '';
      const comment = at > start && isSkipped(line);
      const continued = comment || /\\\s*$/.test(line);
      if (!comment) joined += `${joined === '' ? '' : ' '}${line.replace(/\\\s*$/, '').trim()}`;
      if (!continued || at + 1 >= lines.length) break;
      at++;
    }
    const head = /^\s*([A-Za-z]+)(?:\s+(.*))?$/.exec(joined);
    const name = head?.[1]?.toUpperCase() ?? '';
    if (!KNOWN.has(name)) {
      problems.push({ line: start + 1, message: `"${joined.slice(0, 40)}" is no Dockerfile instruction` });
      continue;
    }
    const labels = heredocLabels(name, head?.[2] ?? '');
    const body: string[] = [];
    for (const label of labels) {
      while (at + 1 < lines.length && (lines[at + 1] ?? '').trim() !== label) body.push(lines[++at] ?? '');
      if (++at >= lines.length) problems.push({ line: start + 1, message: `the here-document ${label} has no end` });
    }
    const { flags, rest } = readFlags(name, (head?.[2] ?? '').trim());
    const heredoc = labels.length > 0 ? body.join('\n') : null;
    found.push({ name, flags, text: rest, exec: execForm(rest), heredoc, line: start + 1, endLine: at + 1 });
  }
  return found;
}

function isSkipped(line: string | undefined): boolean {
  return /^\s*(#.*)?$/.test(line ?? '');
}

function heredocLabels(name: string, text: string): readonly string[] {
  if (name !== 'RUN' && name !== 'COPY' && name !== 'ADD') return [];
  return [...text.matchAll(/(?:^|\s)\d?<<-?(['"]?)([A-Za-z_]\w*)\1/g)].map((match) => match[2] as string);
}

function readFlags(name: string, text: string): { flags: Record<string, string[]>; rest: string } {
  const flags: Record<string, string[]> = {};
  let rest = text;
  const flagged = new Set(['FROM', 'RUN', 'COPY', 'ADD', 'HEALTHCHECK']);
  for (;;) {
    const match = flagged.has(name) ? /^--([a-z][a-z-]*)(?:=("[^"]*"|\S+))?(?:\s+|$)/.exec(rest) : null;
    if (!match) return { flags, rest };
    const values = flags[match[1] as string] ?? [];
    values.push((match[2] ?? 'true').replace(/^"|"$/g, ''));
    flags[match[1] as string] = values;
    rest = rest.slice(match[0].length);
  }
}

function execForm(text: string): readonly string[] | null {
  const json = text.replace(/^(CMD|NONE)\s+/, '');
  if (!json.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
  } catch {
    return null;
  }
}

function readStages(instructions: readonly Instruction[]): readonly Stage[] {
  const stages: {
    name: string | null;
    from: string;
    parent: number | null;
    line: number;
    instructions: Instruction[];
  }[] = [];
  const globals = new Map<string, string>();
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      const [image = '', as, name] = wordsOf(instruction.text);
      const from = fill(image, globals);
      const parent = stages.findLastIndex(
        (stage) => stage.name !== null && stage.name.toLowerCase() === from.toLowerCase(),
      );
      stages.push({
        name: as?.toUpperCase() === 'AS' ? (name ?? null) : null,
        from,
        parent: parent === -1 ? null : parent,
        line: instruction.line,
        instructions: [],
      });
    } else if (stages.length === 0) {
      const [, key, value] = /^(\w+)=(.*)$/.exec(instruction.text) ?? [];
      if (instruction.name === 'ARG' && key) globals.set(key, (value ?? '').replace(/^["']|["']$/g, ''));
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

function fill(image: string, values: ReadonlyMap<string, string>): string {
  return image.replace(
    /\$\{?(\w+)(?::-([^}]*))?\}?/g,
    (whole, key: string, other: string | undefined) => values.get(key) ?? other ?? whole,
  );
}

function lineage(stages: readonly Stage[]): readonly Stage[] {
  const chain: Stage[] = [];
  let stage = stages.at(-1);
  while (stage) {
    chain.unshift(stage);
    stage = stage.parent === null ? undefined : stages[stage.parent];
  }
  return chain;
}
