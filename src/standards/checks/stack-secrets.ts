/** IAC-008, SECRETS-001 and SECRETS-004: what git must not take, and which variables are secrets in the stacks. */
import type { Check, CheckInput } from '../check.ts';
import { ignoredBy, parseIgnore } from '../parse/ignore.ts';
import { readyStacks, runningServices, stackServicesOf, stackServicesPath } from './operations.ts';
import { openInStacks } from './stack-tests.ts';

/** IAC-008: git skips what Terraform writes. */
const ignored: Check = {
  id: 'IAC-008',
  applies: readyStacks,
  run: (input) => {
    const { stacks } = input.system.layout;
    const samples = [
      'terraform.tfstate',
      'terraform.tfstate.backup',
      'release.tfplan',
      '.terraform/providers/aws',
      'cdktf.out/stacks/service/cdk.tf.json',
      'cdktf.out/manifest.json',
    ];
    const taken = samples.filter((sample) => !gitIgnores(input, `${stacks}/${sample}`));
    const [file] = input
      .byRole('gitignore')
      .filter((one) => one.path === `${stacks}/.gitignore`)
      .concat(input.byRole('gitignore'));
    return taken.map((sample) => ({
      file: file?.path ?? `${stacks}/.gitignore`,
      ...(file ? { line: 1 } : {}),
      message: `git would take ${stacks}/${sample}, which Terraform writes and which may hold secrets.`,
      hint: `Restore its line: create-devops-setup restore ${stacks}/.gitignore.`,
    }));
  },
};

/** Every .gitignore above a path is asked; a pattern without a slash inside reaches every folder below. */
function gitIgnores(input: CheckInput, wanted: string): boolean {
  return input
    .byRole('gitignore')
    .map((file) => ({ folder: file.path.slice(0, -'.gitignore'.length), text: file.text }))
    .filter(({ folder }) => wanted.startsWith(folder))
    .some(({ folder, text }) => {
      const anywhere = text.replace(/^(!?)(?=[^/#\s!][^/\n]*\/?$)/gm, '$1**/');
      return ignoredBy(parseIgnore(anywhere), wanted.slice(folder.length)) !== null;
    });
}

/** SECRETS-001: what is secret comes from the manager, by reference. */
const manager: Check = {
  id: 'SECRETS-001',
  applies: readyStacks,
  open: openInStacks('SECRETS-001'),
  run: (input) =>
    runningServices(input).flatMap((service) => {
      const stack = stackServicesOf(input)?.service(service.name);
      if (!stack) return [];
      return service.environment
        .filter(({ name, secret }) => secret && stack.environment.has(name))
        .map(({ name }) => ({
          file: stackServicesPath(input),
          line: stack.lineOf('environment', name),
          message: `${name} is secret, and stands in the task definition as a plain setting.`,
          hint: 'List it under secrets: the manager keeps it, the task refers to it.',
        }));
    }),
};

const SECRET = ['SENTRY_DSN', 'DATABASE_URL', 'DATADOG_API_KEY'];
const PLAIN = ['API_URL', 'AWS_REGION', 'CLOUDFRONT_DISTRIBUTION', 'LOG_LEVEL', 'NODE_ENV', 'S3_BUCKET'];

/** SECRETS-004: which of the nine variables are secret; of those that the code reads. */
const nine: Check = {
  id: 'SECRETS-004',
  applies: (input) => {
    const ready = readyStacks(input);
    if (ready !== true) return ready;
    const read = input.system.services.flatMap(({ environment }) => environment.map(({ name }) => name));
    return (
      read.some((name) => SECRET.includes(name) || PLAIN.includes(name)) || 'no service reads any of the nine variables'
    );
  },
  open: openInStacks('SECRETS-004'),
  run: (input) =>
    (stackServicesOf(input)?.services ?? []).flatMap((stack) => [
      ...SECRET.filter((name) => stack.environment.has(name)).map((name) => ({
        file: stackServicesPath(input),
        line: stack.lineOf('environment', name),
        message: `${name} is a secret, and stands under environment.`,
        hint: 'List it under secrets.',
      })),
      ...PLAIN.filter((name) => stack.secrets.includes(name)).map((name) => ({
        file: stackServicesPath(input),
        line: stack.lineOf('secrets'),
        message: `${name} is an ordinary setting, and is kept as a secret.`,
        hint: 'Set it under environment.',
      })),
    ]),
};

export const stackSecrets: readonly Check[] = [ignored, manager, nine];
