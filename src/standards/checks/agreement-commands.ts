/** X-LOCKFILE and X-COMMANDS: lock files and scripts are the project's own. */
import type { Service } from '../../model.ts';
import type { Check, CheckInput } from '../check.ts';
import { resolvePath } from '../parse/compose.ts';
import { record } from '../parse/plain.ts';
import { shellCommands } from '../parse/shell.ts';
import { sourcesOf } from './agreement-files.ts';
import { imagesOf, isOwnPackage, workflowsOf } from './places.ts';

/** X-LOCKFILE: the lock file that caches and COPY name is the project's. */
const lockFile: Check = {
  id: 'X-LOCKFILE',
  applies: (input) =>
    input.system.services.some(({ packageManager }) => packageManager.lockFile !== null) ||
    'the project has no lock file yet (a next step says so)',
  run: (input) => {
    const known = new Set(input.system.services.flatMap(({ packageManager }) => packageManager.lockFile ?? []));
    const strange = (path: string) => !known.has(path) && !path.includes('*') && !input.exists(path);
    const hint = `The lock file is ${[...known].join(', ')}.`;
    const inCi = workflowsOf(input).flatMap((workflow) =>
      workflow.steps.flatMap((step) => {
        const named = [
          ...String(step.with['cache-dependency-path'] ?? '').split('\n'),
          ...[...String(step.with.key ?? '').matchAll(/hashFiles\('([^']+)'\)/g)].map((match) => match[1] ?? ''),
        ].map((path) => path.trim());
        return named
          .filter((path) => path !== '' && strange(path))
          .map((path) => ({
            file: workflow.path,
            line: step.lineOf(step.with.key ? 'with/key' : 'with/cache-dependency-path'),
            message: `${step.job} keys its cache on ${path}, which is not there.`,
            hint,
          }));
      }),
    );
    const names = /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/;
    const inImages = imagesOf(input).flatMap(({ file }) =>
      file.instructions
        .filter(({ name, flags }) => name === 'COPY' && !flags.from)
        .flatMap((instruction) =>
          sourcesOf(instruction)
            .filter((source) => names.test(source) && strange(resolvePath('.', source)))
            .map((source) => ({
              file: file.path,
              line: instruction.line,
              message: `The build copies ${source}, which is not there.`,
              hint,
            })),
        ),
    );
    return [...inCi, ...inImages];
  },
};

const OWN_WORDS = new Set([
  'install',
  'ci',
  'i',
  'add',
  'audit',
  'config',
  'exec',
  'dlx',
  'x',
  'workspaces',
  'npm',
  'pack',
  'prune',
  'version',
  'set',
  'store',
  'cache',
  'i',
]);

/** X-COMMANDS: scripts that our pipeline calls are scripts of the project. What a person added to it may call any script of theirs. */
const commands: Check = {
  id: 'X-COMMANDS',
  applies: (input) => workflowsOf(input).length > 0 || 'there is no pipeline',
  run: (input) => {
    const scripts = new Set(
      input.system.services.flatMap((service) =>
        Object.values(service.commands).flatMap((command) => command?.script ?? []),
      ),
    );
    const binaries = new Set(input.system.services.flatMap(binariesOf));
    return workflowsOf(input)
      .filter(({ path }) => input.artifact(path)?.origin === 'generated')
      .flatMap((workflow) =>
        workflow.steps.flatMap((step) =>
          shellCommands(step.run ?? '').flatMap(({ words, line }) => {
            const script = calledScript(words);
            if (script === null) return [];
            const own = scriptsOf(input, step.folder);
            if (own ? own.has(script) : scripts.has(script) || binaries.has(script)) return [];
            return [
              {
                file: workflow.path,
                line: step.lineOf('run', line),
                message: `The step "${step.name ?? step.index}" calls the script ${script}, which ${own ? `${step.folder}/` : ''}package.json does not have: the first run would be red.`,
                hint: 'Take the step out, or add the script.',
              },
            ];
          }),
        ),
      );
  },
};

/** Scripts of a package of ours, where a command starts in its folder; null: it is the project's own that counts. */
function scriptsOf(input: CheckInput, folder: string): ReadonlySet<string> | null {
  const { stacks, telemetry } = input.system.layout;
  if (![stacks, telemetry].some((own) => isOwnPackage(own, folder))) return null;
  return new Set(Object.keys(record(record(input.yaml(`${folder}/package.json`)?.data).scripts)));
}

/** `yarn run x` also starts what a dependency brings: the tools that commands, coverage and migrations name. */
function binariesOf(service: Service): readonly string[] {
  const lines = [
    ...Object.values(service.commands).flatMap((command) => command?.line ?? []),
    ...(service.coverage ? [service.coverage.line] : []),
  ];
  const [program = ''] = service.migrations?.command ?? [];
  return [
    ...lines.flatMap((line) => shellCommands(line).flatMap(({ words }) => words)),
    ...(service.migrations ? [service.migrations.tool, program.slice(program.lastIndexOf('/') + 1)] : []),
    ...(service.traps.prismaSchema ? ['prisma'] : []),
  ];
}

/** The script behind `npm run x`, `npm test`, `pnpm x`, `yarn x`, `bun run x`; null where none is called. */
function calledScript([program = '', ...rest]: readonly string[]): string | null {
  if (!/^(npm|pnpm|yarn|bun)$/.test(program)) return null;
  const words = rest.filter((word) => !word.startsWith('-'));
  const [action = '', script = null] = words;
  // `bun run src/migrate.ts` runs a file.
  if (action === 'run')
    return program === 'bun' && script !== null && /\/|\.[cm]?[jt]sx?$/.test(script) ? null : script;
  if (action === 'test' || action === 'start') return action;
  if (program === 'npm' || program === 'bun' || OWN_WORDS.has(action)) return null;
  return action === '' ? null : action;
}

export const agreementCommands: readonly Check[] = [lockFile, commands];
