import type { Check, Defect } from '../check.ts';
import { resolvePath } from '../parse/compose.ts';
import { type Instruction, wordsOf } from '../parse/dockerfile.ts';
import { ignoredBy, parseIgnore } from '../parse/ignore.ts';
import { composeOf, imagesOf } from './places.ts';

/** X-SYNTAX: every file parses. */
const syntax: Check = {
  id: 'X-SYNTAX',
  applies: () => true,
  run: (input) =>
    input.syntax().map(({ file, line, message }) => ({
      file,
      line,
      message: `The file does not parse: ${message}.`.replace(/\.\.$/, '.'),
      hint: 'Correct it; nothing else in this file was checked.',
    })),
};

/** X-FILES: what the chosen generators write is there. A deleted file takes its checks with it, so that is told. */
const files: Check = {
  id: 'X-FILES',
  applies: ({ expected }) => (expected.length > 0 ? true : 'the files are judged before they are written'),
  run: (input) =>
    input.expected
      .filter((path) => !input.artifact(path) && !input.exists(path))
      .map((path) => ({
        file: path,
        message: `${path} is not there, and nothing that stands on it was checked.`,
        hint: 'Restore it: create-devops-setup restore <file>. To do without it, remove its generator.',
      })),
};

export function sourcesOf({ text, exec }: Instruction): readonly string[] {
  return (exec ?? wordsOf(text)).slice(0, -1);
}

/** X-COPY: what a Dockerfile copies is let through by its ignore file; what it copies from is an earlier stage. */
const copy: Check = {
  id: 'X-COPY',
  applies: (input) => imagesOf(input).length > 0 || 'there is no Dockerfile',
  run: (input) =>
    imagesOf(input).flatMap(({ file, service }) => {
      const ignore = input.artifact(service.files.dockerignore);
      const patterns = parseIgnore(ignore?.text ?? '');
      const defects: Defect[] = [];
      file.stages.forEach((stage, index) => {
        for (const instruction of stage.instructions) {
          if ((instruction.name !== 'COPY' && instruction.name !== 'ADD') || instruction.heredoc !== null) continue;
          const [from] = instruction.flags.from ?? [];
          if (from === undefined) {
            for (const source of sourcesOf(instruction)) {
              const by = source.includes('://') ? null : keptOut(patterns, source);
              if (by) {
                defects.push({
                  file: file.path,
                  line: instruction.line,
                  message: `${source} never reaches the build: line ${by.line} of ${service.files.dockerignore} (${by.text}) keeps it out.`,
                  hint: `Add !${source} to ${service.files.dockerignore}.`,
                  with: service.files.dockerignore,
                });
              }
            }
          } else if (
            !/[/:.]/.test(from) &&
            !/^\d+$/.test(from) &&
            !file.stages.slice(0, index).some(({ name }) => name === from)
          ) {
            defects.push({
              file: file.path,
              line: instruction.line,
              message: `COPY takes from ${from}, which is no earlier stage.`,
              hint: 'Correct --from.',
            });
          }
        }
      });
      return defects;
    }),
};

/** A folder counts as let through when something below it is. */
function keptOut(patterns: ReturnType<typeof parseIgnore>, source: string) {
  const path = resolvePath('.', source.replaceAll('*', ''));
  if (path === '.') return null;
  const by = ignoredBy(patterns, path);
  if (by === null) return null;
  const below = ['x', 'x.ts', 'index.js', 'package.json'].some(
    (name) => ignoredBy(patterns, `${path}/${name}`) === null,
  );
  return below ? null : by;
}

/** X-TARGET: the stages that Compose builds are in the Dockerfile. */
const target: Check = {
  id: 'X-TARGET',
  applies: (input) => (composeOf(input) !== null && imagesOf(input).length > 0) || 'Compose builds nothing',
  run: (input) => {
    const byPath = new Map(imagesOf(input).map(({ file }) => [input.place(file.path), file]));
    return (composeOf(input)?.services ?? []).flatMap(({ build, name, lineOf }): readonly Defect[] => {
      const file = build && byPath.get(build.dockerfile);
      if (!build?.target || !file || file.stages.some((stage) => stage.name === build.target)) return [];
      return [
        {
          file: input.system.layout.compose,
          line: lineOf('build', 'target'),
          message: `${name} is built from the stage ${build.target}, which ${file.path} does not have.`,
          hint: `Name one of ${file.stages.flatMap((stage) => stage.name ?? []).join(', ') || 'its stages'}, or give ${file.path} that stage.`,
          with: file.path,
        },
      ];
    });
  },
};

export const agreementFiles: readonly Check[] = [syntax, files, copy, target];
