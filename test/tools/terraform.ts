/** Terraform with the real AWS provider, offline: the provider comes from a file-system mirror that is found on the machine. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './judges.ts';

// biome-ignore lint/suspicious/noExplicitAny: Terraform JSON has as many shapes as resources
type Json = any;

export type Diagnostic = Readonly<{ severity: string; summary: string; detail: string }>;

/** Stack → what Terraform says of it. Stacks of which it says nothing are not in it. */
export type Verdicts = ReadonlyMap<string, readonly Diagnostic[]>;

/** The provider that the mirror has. The binding is written for 6.25: what only that one knows is in `ONLY_SIX`. */
export const PROVIDER = '5.100.0';

/** Arguments that 5.100.0 does not have yet: a type of resource, and the way to the argument. */
export const ONLY_SIX: readonly (readonly [string, string])[] = [
  ['aws_ecs_service', 'deployment_configuration'],
  ['aws_ecs_service', 'sigint_rollback'],
  ['aws_ecs_service', 'load_balancer.advanced_configuration'],
];

/**
 * Validates stacks with one start of Terraform, as modules of one configuration: reading what the provider knows takes seconds, each time. What is
 * wrong with the text of a stack, or goes round in a circle, ends a run before resources are looked at: `alone` gives each stack a run of its own.
 */
export async function validate(
  stacks: Iterable<readonly [string, Json]>,
  { provider }: { provider: 'aws' | 'none' },
): Promise<Verdicts> {
  const dir = mkdtempSync(join(tmpdir(), 'create-devops-setup-terraform-'));
  try {
    const env = {
      TF_CLI_CONFIG_FILE: join(dir, 'cli.tfrc'),
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_DATA_DIR: undefined,
    };
    writeFileSync(env.TF_CLI_CONFIG_FILE, provider === 'aws' ? installation(requireMirror()) : '');
    const cwd = join(dir, 'root');
    mkdirSync(cwd);
    const modules: Record<string, Json> = {};
    for (const [stack, json] of stacks) {
      mkdirSync(join(cwd, stack));
      writeFileSync(join(cwd, stack, 'cdk.tf.json'), JSON.stringify(json));
      // Values that nobody knows yet: a variable of the root for each variable of the stack.
      modules[stack] = {
        source: `./${stack}`,
        ...Object.fromEntries(Object.keys(json.variable ?? {}).map((name) => [name, `\${var.${name}}`])),
      };
    }
    const variables = Object.values(modules).flatMap(({ source, ...rest }) => Object.keys(rest));
    writeFileSync(
      join(cwd, 'main.tf.json'),
      JSON.stringify({
        module: modules,
        ...(variables.length > 0 ? { variable: Object.fromEntries(variables.map((name) => [name, {}])) } : {}),
      }),
    );
    const init = await run('terraform', ['init', '-backend=false', '-input=false', '-no-color'], { cwd, env });
    const { stdout, stderr } = await run('terraform', ['validate', '-json'], { cwd, env });
    if (stdout === '') throw new Error(`terraform validate: ${init.stderr}${stderr}`);
    return byStack((JSON.parse(stdout) as { diagnostics: readonly Located[] }).diagnostics);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

type Located = Diagnostic & Readonly<{ range?: Readonly<{ filename: string }> }>;

/** A diagnostic without a place is about all of them: a circle. */
function byStack(diagnostics: readonly Located[]): Verdicts {
  const found = new Map<string, Diagnostic[]>();
  for (const { severity, summary, detail, range } of diagnostics) {
    const stack = range === undefined ? '' : (range.filename.split('/')[0] ?? '');
    found.set(stack, [...(found.get(stack) ?? []), { severity, summary, detail }]);
  }
  return found;
}

/** A stack as 5.100.0 can read it. What it holds is the same but for the arguments of `ONLY_SIX`; the backend needs its bucket. */
export function forProvider5(stack: Json): Json {
  const copy = structuredClone(stack);
  copy.terraform.required_providers.aws.version = PROVIDER;
  delete copy.terraform.backend;
  for (const [type, path] of ONLY_SIX)
    for (const is of Object.values(copy.resource?.[type] ?? {})) remove(is, path.split('.'));
  return copy;
}

/** The paths of `ONLY_SIX` that a stack really uses. */
export function usedOnlySix(stack: Json): readonly string[] {
  return ONLY_SIX.filter(([type, path]) =>
    Object.values(stack.resource?.[type] ?? {}).some((is) => remove(structuredClone(is), path.split('.'))),
  ).map(([type, path]) => `${type}.${path}`);
}

/** Blocks may stand alone or in a list. True where something was removed. */
function remove(at: Json, [key = '', ...rest]: readonly string[]): boolean {
  if (Array.isArray(at)) return at.map((item) => remove(item, [key, ...rest])).some(Boolean);
  if (at === null || typeof at !== 'object' || !(key in at)) return false;
  if (rest.length > 0) return remove(at[key], rest);
  delete at[key];
  return true;
}

function installation(mirror: string): string {
  return `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
}

/** A mirror of providers: a folder `tf-plugins`, at most three levels below the root of the machine. */
function requireMirror(): string {
  const mirror = mirrors('/', 3).find((path) =>
    existsSync(join(path, 'registry.terraform.io/hashicorp/aws', PROVIDER)),
  );
  if (mirror !== undefined) return mirror;
  throw new Error(
    `No mirror with hashicorp/aws ${PROVIDER}: a folder tf-plugins is looked for, at most three levels below /.\n` +
      `Make one with: terraform providers mirror <a folder tf-plugins> (in a folder that asks for hashicorp/aws ${PROVIDER}),\n` +
      'or waive terraform for this run with JUDGES_ABSENT=terraform.',
  );
}

function mirrors(at: string, levels: number): readonly string[] {
  if (/^\/(proc|sys|dev|run)\b/.test(at)) return [];
  let names: string[];
  try {
    names = readdirSync(at, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return []; // somebody else's folder
  }
  if (names.includes('tf-plugins')) return [join(at, 'tf-plugins')];
  return levels <= 1 ? [] : names.flatMap((name) => mirrors(join(at, name), levels - 1));
}
