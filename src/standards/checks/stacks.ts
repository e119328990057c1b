/** Standards about the AWS stacks, as far as their sources tell. What synthesis shows is for their tests. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { record } from '../parse/plain.ts';
import { without } from './guide.ts';
import { RESTORE, readyStacks, runbooksOf, stackFiles } from './operations.ts';
import { workflowsOf } from './places.ts';
import { openInStacks } from './stack-tests.ts';

const path = (input: CheckInput, file: string) => `${input.system.layout.stacks}/${file}`;

function gone(input: CheckInput, file: string, message: string): readonly Defect[] {
  return input.artifact(path(input, file)) || input.exists(path(input, file))
    ? []
    : [{ file: path(input, file), message, hint: 'Restore it: create-devops-setup restore <file>.' }];
}

/** Lines of files that match, as defects. */
function lines(
  input: CheckInput,
  folders: readonly string[],
  find: RegExp,
  message: (found: string) => string,
  hint: string,
): readonly Defect[] {
  return folders
    .flatMap((folder) => stackFiles(input, folder))
    .filter((file) => file.path.endsWith('.ts'))
    .flatMap((file) =>
      file.text.split('\n').flatMap((line, index) => {
        const [found] = find.exec(line.replace(/^\s*(\/\/|\/?\*).*$/, '')) ?? [];
        return found === undefined ? [] : [{ file: file.path, line: index + 1, message: message(found), hint }];
      }),
    );
}

/** IAC-001: nothing is made beside the code: no runbook's way of every day creates a resource. */
const onlyCode: Check = {
  id: 'IAC-001',
  applies: readyStacks,
  open: openInStacks('IAC-001'),
  run: (input) =>
    ['deployment', 'scaling'].flatMap((name) => {
      const page = runbooksOf(input).get(name);
      return (page?.sections ?? []).flatMap(({ fences }) =>
        fences.flatMap(({ text, line }) =>
          text.split('\n').flatMap((command, index) => {
            const [found] = /\baws [\w-]+ create-(?![\w-]*(?:snapshot|backup))[\w-]+/.exec(command) ?? [];
            return found === undefined
              ? []
              : [
                  {
                    file: page?.path ?? '',
                    line: line + index + 1,
                    message: `${found} makes something that no code knows.`,
                    hint: 'Change the stacks instead.',
                  },
                ];
          }),
        ),
      );
    }),
};

/** IAC-003: an environment has settings of its own. */
const environments: Check = {
  id: 'IAC-003',
  applies: readyStacks,
  open: openInStacks('IAC-003'),
  run: (input) =>
    input.system.environments.flatMap(({ name }) =>
      gone(input, `config/${name}.ts`, `The settings of ${name} are not there.`),
    ),
};

/** IAC-006: nobody turns the lock of the state off. */
const locked: Check = {
  id: 'IAC-006',
  applies: readyStacks,
  open: without('deploy-github', 'jobs that apply, one at a time, come with'),
  run: (input) =>
    input.artifacts
      .filter(
        (file) =>
          file.path.startsWith(`${input.system.layout.stacks}/`) ||
          file.path.endsWith('.md') ||
          workflowsOf(input).some((one) => one.path === file.path),
      )
      .flatMap((file) =>
        file.text.split('\n').flatMap((line, index) =>
          // A plan changes nothing: who may only read cannot take the lock.
          /\b(?:apply|destroy|import)\b.*-lock=false\b|use_?lockfile["']?:\s*false/i.test(line)
            ? [
                {
                  file: file.path,
                  line: index + 1,
                  message: 'The lock of the state is turned off.',
                  hint: 'Take it out; terraform force-unlock ends a lock that was left behind.',
                },
              ]
            : [],
        ),
      ),
};

/** IAC-010: stacks are made of shared constructs with typed properties. */
const constructs: Check = {
  id: 'IAC-010',
  applies: readyStacks,
  open: () => 'constructs and their types are there; how much code stands twice is not measured here',
  run: (input) => {
    const shared = stackFiles(input, 'constructs').filter((file) => file.path.endsWith('.ts'));
    if (shared.length === 0)
      return [
        {
          file: path(input, 'constructs'),
          message: 'There are no shared constructs.',
          hint: 'Restore its files: create-devops-setup restore <file>/….',
        },
      ];
    return shared
      .filter(
        ({ text }) =>
          /\bextends Construct\b/.test(text) && !/\b(interface|type) \w*(Props|Options|Settings)\b/.test(text),
      )
      .map((file) => ({
        file: file.path,
        line: 1 + file.text.split('\n').findIndex((line) => /\bextends Construct\b/.test(line)),
        message: 'This construct has no type of its properties.',
        hint: 'Declare an interface …Props.',
      }));
  },
};

/** IAC-011: what differs between environments is passed in. */
const inputs: Check = {
  id: 'IAC-011',
  applies: readyStacks,
  run: (input) =>
    lines(
      input,
      ['constructs', 'stacks', 'lib'],
      /(?<![\w-])(?:\d{12}|(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?(?:north|south|east|west|central)\w*-\d|ami-[0-9a-f]{8,})(?!\w)/,
      (found) => `${found} belongs to one environment, and stands where all share.`,
      `Pass it in from ${input.system.layout.stacks}/config.`,
    ),
};

/** IAC-015: the way from an empty account is a list of commands that exist. */
const bootstrap: Check = {
  id: 'IAC-015',
  applies: readyStacks,
  open: () => 'every command that is listed exists; whether they lead to an environment takes an account to see',
  run: (input) => {
    const page = input.artifact(path(input, 'README.md'));
    if (!page) return gone(input, 'README.md', 'Nobody is told how an empty account becomes an environment.');
    const manifest = input.yaml(path(input, 'package.json'));
    const scripts = record(record(manifest?.data).scripts);
    const told = page.text.split('\n');
    const run = told.flatMap((line, index) =>
      [...line.matchAll(/\bnpm (?:run )?(synth|test|run [\w:-]+)\b/g)]
        .map((found) => (found[1] as string).replace(/^run /, ''))
        .filter((script) => manifest && scripts[script] === undefined)
        .map((script) => ({
          file: page.path,
          line: index + 1,
          message: `npm run ${script} is no script of the stacks.`,
          hint: `Scripts are ${Object.keys(scripts).join(', ')}.`,
        })),
    );
    const steps = [/bootstrap/i, /terraform (-chdir\S* )?init|terraform\b.*\binit\b/, /terraform\b.*\b(apply|plan)\b/];
    return [
      ...run,
      ...(steps.every((step) => step.test(page.text))
        ? []
        : [
            {
              file: page.path,
              line: 1,
              message: 'The page does not lead from an empty account through bootstrap, init and plan.',
              hint: RESTORE,
            },
          ]),
    ];
  },
};

/** IAC-016: which tool, and why. */
const tool: Check = {
  id: 'IAC-016',
  applies: readyStacks,
  open: without('documents', 'the document that tells the reason comes with'),
  run: (input) => {
    const page = input.artifact(path(input, 'README.md'));
    const { cdk } = input.system.infrastructure;
    if (!page) return gone(input, 'README.md', 'The choice of the tool is recorded nowhere.');
    return new RegExp(`\\b${cdk}\\b`, 'i').test(page.text)
      ? []
      : [
          {
            file: page.path,
            line: 1,
            message: `The page does not say that the stacks are made with ${cdk}, nor why.`,
            hint: RESTORE,
          },
        ];
  },
};

/** IAC-028: the stacks come with tests that run by one command. */
const tests: Check = {
  id: 'IAC-028',
  applies: readyStacks,
  open: without('deploy-github', 'validating what was made comes with'),
  run: (input) => {
    const manifest = input.yaml(path(input, 'package.json'));
    const script = record(record(manifest?.data).scripts).test;
    const files = stackFiles(input, 'tests').filter((file) => /\.check\.[cm]?ts$/.test(file.path));
    return [
      ...(files.length > 0
        ? []
        : [
            {
              file: path(input, 'tests'),
              message: 'The stacks have no tests.',
              hint: 'Restore its files: create-devops-setup restore <file>/….',
            },
          ]),
      ...(manifest && !script
        ? [
            {
              file: manifest.path,
              line: manifest.line(['scripts']),
              message: 'npm test runs nothing here.',
              hint: 'Set scripts.test: vitest run.',
            },
          ]
        : []),
    ];
  },
};

export const stackChecks: readonly Check[] = [
  onlyCode,
  environments,
  locked,
  constructs,
  inputs,
  bootstrap,
  tool,
  tests,
];
