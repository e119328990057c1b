/** SECRETS-002: no value of a secret in any file. */
import type { Check, CheckInput, Defect, RoledArtifact } from '../check.ts';
import { interpolated } from '../parse/compose.ts';
import { wordsOf } from '../parse/dockerfile.ts';
import { ignoredBy, parseIgnore } from '../parse/ignore.ts';
import { type Plain, record, text } from '../parse/plain.ts';
import type { Workflow } from '../parse/workflow.ts';
import { composeOf, imagesOf, readyScan, scanOf, workflowsOf } from './places.ts';

/** Values that are credentials wherever they stand, and what a text has to hold to be worth a closer look. */
const CREDENTIALS: readonly (readonly [what: string, pattern: RegExp, holds: RegExp])[] = [
  ['an AWS key', /\bAKIA[0-9A-Z]{16}\b/, /AKIA/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}\b/, /gh[pousr]_/],
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/, /-----BEGIN/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/, /xox[abprs]-/],
  ['a Slack webhook', /hooks\.slack\.com\/services\/T[A-Z0-9]+\/B/, /hooks\.slack/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16,}/, /k_live_/],
  [
    'a password in an address',
    /\b[a-z][a-z0-9+]*:\/\/[^\s:/@$"'<{}]+:(?!["']?\$|["']?<|\*)[^\s@/$"'<{}]+@/,
    /:\/\/[^\s:/@$"'<{}]+:[^\s@/]*@/,
  ],
];

/** A name whose value must not be written down. */
const SECRET_NAME = /(^|_)(PASSWORD|PASSWD|PASS|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$/;

/** SECRETS-002: no value of a secret in any file, and a search that finds one in time. */
const noValues: Check = {
  id: 'SECRETS-002',
  applies: (input) => (input.artifacts.length > 0 ? true : { notChecked: 'there are no files yet' }),
  run: (input) => [
    ...input.artifacts.flatMap(credentials),
    ...composeSecrets(input),
    ...workflowsOf(input).flatMap((workflow) => workflowSecrets(workflow, secretNames(input))),
    ...imagesOf(input).flatMap(({ file }) =>
      file.instructions
        .filter(({ name }) => name === 'ENV' || name === 'ARG')
        .flatMap(({ text: source, line }) =>
          wordsOf(source)
            .map((word) => /^(\w+)=(.+)$/.exec(word))
            .filter((found) => found && SECRET_NAME.test(found[1] as string))
            .map((found) => ({
              file: file.path,
              line,
              message: `The image carries the value of ${found?.[1]}.`,
              hint: 'Hand it over at run time, or to the build as a secret mount.',
            })),
        ),
    ),
    ...ignored(input),
    ...searched(input),
  ],
};

function secretNames(input: CheckInput): ReadonlySet<string> {
  return new Set(
    input.system.services.flatMap(({ environment }) =>
      environment.filter(({ secret }) => secret).map(({ name }) => name),
    ),
  );
}

function credentials({ path, text: source }: RoledArtifact): readonly Defect[] {
  // Nearly every file has none: the whole text is asked first, line by line only where it says yes.
  const held = CREDENTIALS.filter(([, , holds]) => holds.test(source));
  if (held.length === 0) return [];
  return source.split('\n').flatMap((line, index) =>
    held
      .filter(([, pattern]) => pattern.test(line))
      .map(([what]) => ({
        file: path,
        line: index + 1,
        message: `This line holds ${what}.`,
        hint: 'Take it out, and revoke it: whoever has the repository has it.',
      })),
  );
}

function composeSecrets(input: CheckInput): readonly Defect[] {
  const names = secretNames(input);
  return (composeOf(input)?.services ?? []).flatMap((service) =>
    [...service.environment]
      .filter(
        ([name, value]) =>
          (SECRET_NAME.test(name) || names.has(name)) &&
          value !== null &&
          interpolated(value) !== '' &&
          !isHarmless(value),
      )
      .map(([name]) => ({
        file: input.system.layout.compose,
        line: service.lineOf('environment', name),
        message: `The value of ${name} is written down in the local stack.`,
        hint: `Put it into a file below ${input.system.layout.localSecrets}/, which git ignores.`,
      })),
  );
}

/** The address of a datastore that asks for no password is no secret; neither is a switch (`CORS_CREDENTIALS: "true"`), a port or a count. */
function isHarmless(value: string): boolean {
  return /^(true|false|yes|no|on|off|\d{1,5})$/i.test(value) || isPlainAddress(value);
}

function isPlainAddress(value: string): boolean {
  return /^[a-z][a-z0-9+]*:\/\/[^@]*$/.test(value) || /^[\w.-]+:\d+$/.test(value);
}

function workflowSecrets(workflow: Workflow, names: ReadonlySet<string>): readonly Defect[] {
  const written = (env: Plain, line: (name: string) => number): readonly Defect[] =>
    Object.entries(env)
      .filter(
        ([name, value]) =>
          (SECRET_NAME.test(name) || names.has(name)) &&
          text(value) &&
          !/\$\{\{/.test(String(value)) &&
          !isHarmless(String(value)),
      )
      .map(([name]) => ({
        file: workflow.path,
        line: line(name),
        message: `The value of ${name} is written down in the workflow.`,
        hint: 'Refer to a secret: ${{ secrets.… }}.',
      }));
  return [
    ...written(record(workflow.data.env), (name) => workflow.yaml.line(['env', name])),
    ...workflow.jobs.flatMap((job) => [
      ...written(job.env, (name) => workflow.yaml.line(['jobs', job.id, 'env', name])),
      ...job.steps.flatMap((step) => written(step.env, (name) => step.lineOf(`env/${name}`))),
    ]),
  ];
}

/** What git must not take: env files, and the folder of local secrets where there is one. */
function ignored(input: CheckInput): readonly Defect[] {
  const [file] = input.byRole('gitignore').filter(({ path }) => path === '.gitignore');
  if (!file) return [];
  const patterns = parseIgnore(
    file.text.replace(/^(!?)(?!\/)(?=[^\s#])/gm, '$1**/').replace(/^(!?)\*\*\/\*\*\//gm, '$1**/'),
  );
  const wanted = ['.env', ...(composeOf(input)?.services.flatMap(({ envFiles }) => envFiles) ?? [])];
  return [...new Set(wanted)]
    .filter((path) => ignoredBy(patterns, path) === null)
    .map((path) => ({
      file: file.path,
      line: 1,
      message: `git would take ${path}, which holds secrets.`,
      hint: `Add a line for ${path}.`,
    }));
}

function searched(input: CheckInput): readonly Defect[] {
  if (readyScan(input) !== true) return [];
  const scan = scanOf(input) as Workflow;
  const step = scan.steps.find(({ run, uses, env }) =>
    /gitleaks|trufflehog/i.test(`${run} ${uses} ${JSON.stringify(env)}`),
  );
  if (!step)
    return [
      {
        file: scan.path,
        line: scan.yaml.line(['jobs']),
        message: 'No job searches the commits for secrets.',
        hint: 'Restore it: create-devops-setup restore <file>.',
      },
    ];
  const checkout = scan.job(step.job)?.steps.find(({ action }) => action === 'actions/checkout');
  if (text(checkout?.with['fetch-depth']) === '0') return [];
  return [
    {
      file: scan.path,
      line: checkout?.line ?? step.line,
      message: 'The search for secrets sees one commit only.',
      hint: 'Set fetch-depth: 0 on the checkout.',
    },
  ];
}

export const secretChecks: readonly Check[] = [noValues];
