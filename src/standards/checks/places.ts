/** What several checks ask of an input: the files of a role that can be read, or why there is nothing to judge. */
import type { Service } from '../../model.ts';
import type { Applies, CheckInput, RoledArtifact } from '../check.ts';
import type { ComposeFile, ComposeService } from '../parse/compose.ts';
import type { Dockerfile } from '../parse/dockerfile.ts';
import { shellCommands } from '../parse/shell.ts';
import type { Job, Step, Workflow } from '../parse/workflow.ts';

export type Image = Readonly<{ service: Service; file: Dockerfile; artifact: RoledArtifact }>;

/** True when the file of a generator is there and parses; else the honest reason. */
export function ready(input: CheckInput, generator: string, path: string, parsed: unknown): Applies {
  if (parsed) return true;
  if (input.artifact(path)) return { notChecked: `${path} does not parse` };
  if (!input.system.generators.includes(generator)) return { notChecked: `${generator} is not part of this setup` };
  return { notChecked: `${path} is not there` };
}

export function ciOf(input: CheckInput): Workflow | null {
  return input.workflow(input.system.layout.ci);
}

export function scanOf(input: CheckInput): Workflow | null {
  return input.workflow(input.system.layout.securityScan);
}

export function composeOf(input: CheckInput): ComposeFile | null {
  return input.compose(input.system.layout.compose);
}

export function readyCi(input: CheckInput): Applies {
  return ready(input, 'ci-github', input.system.layout.ci, ciOf(input));
}

export function readyScan(input: CheckInput): Applies {
  return ready(input, 'security-scan', input.system.layout.securityScan, scanOf(input));
}

export function readyCompose(input: CheckInput): Applies {
  return ready(input, 'compose', input.system.layout.compose, composeOf(input));
}

/** The workflows that can be read: CI and security scan. */
export function workflowsOf(input: CheckInput): readonly Workflow[] {
  return [ciOf(input), scanOf(input)].filter((workflow) => workflow !== null);
}

/** Every Dockerfile that can be read, with its service. */
export function imagesOf(input: CheckInput): readonly Image[] {
  return [...imageMap(input).values()];
}

/** The image of one service, where its Dockerfile can be read. */
export function imageOf(input: CheckInput, service: Service): Image | undefined {
  return imageMap(input).get(service);
}

const imageMap = perInput((input): ReadonlyMap<Service, Image> => {
  return new Map(
    input.system.services.flatMap((service) => {
      const artifact = input.artifact(service.files.dockerfile);
      const file = input.dockerfile(service.files.dockerfile);
      return artifact && file ? [[service, { service, file, artifact }] as const] : [];
    }),
  );
});

/** Remembers what was worked out for an input. */
export function perInput<T>(make: (input: CheckInput) => T): (input: CheckInput) => T {
  const made = new WeakMap<CheckInput, T>();
  return (input) => {
    const found = made.get(input) ?? make(input);
    if (!made.has(input)) made.set(input, found);
    return found;
  };
}

export function readyImages(input: CheckInput): Applies {
  if (imagesOf(input).length > 0) return true;
  const wanted = input.system.services.find(({ start }) => start !== null);
  if (!wanted) return 'nothing here runs in a container';
  return ready(input, 'docker', wanted.files.dockerfile, null);
}

/** Joins conditions: the first that is not true decides. */
export function all(...conditions: readonly Applies[]): Applies {
  return conditions.find((condition) => condition !== true) ?? true;
}

/** The Compose services that run one of ours; migrations and datastores are not among them. */
export const appsOf = perInput((input): readonly Readonly<{ service: Service; app: ComposeService }>[] => {
  const compose = composeOf(input);
  return input.system.services.flatMap((service) => {
    const app = compose?.service(service.name);
    return app ? [{ service, app }] : [];
  });
});

/** The service of this name. */
export function serviceNamed(input: CheckInput, name: string): Service | undefined {
  return servicesByName(input).get(name);
}

const servicesByName = perInput(
  (input): ReadonlyMap<string, Service> => new Map(input.system.services.map((service) => [service.name, service])),
);

/** Name of an image without tag and digest. */
export function imageName(reference: string): string {
  const [plain = ''] = reference.split('@');
  const colon = plain.lastIndexOf(':');
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain;
}

/** Whether a step can run for this event. */
export function isScanner(step: Step, kind: 'image' | 'fs' | 'config'): boolean {
  if (step.action !== 'aquasecurity/trivy-action') return false;
  const type = String(step.with['scan-type'] ?? 'image');
  return type === kind;
}

export function buildsImage(step: Step): boolean {
  if (step.action === 'docker/build-push-action') return true;
  return shellCommands(step.run ?? '').some(
    ({ words: [program, first, second] }) =>
      program === 'docker' && (first === 'build' || (first === 'buildx' && second === 'build')),
  );
}

/** Words of every image build: tags, one by one. */
export function tagsOf(step: Step): readonly string[] {
  const tags = step.with.tags;
  return typeof tags === 'string'
    ? tags
        .split(/[\n,]/)
        .map((tag) => tag.trim())
        .filter(Boolean)
    : [];
}

/** Jobs about the stacks, which are a package of their own: every command of theirs starts in its folder. */
export function isOfStacks({ system }: CheckInput, job: Job | null): boolean {
  const commands = job?.steps.filter(({ run }) => run !== null) ?? [];
  return commands.length > 0 && commands.every(({ folder }) => isOwnPackage(system.layout.stacks, folder));
}

/** Whether a folder is that of a package of ours, or lies in it. */
export function isOwnPackage(own: string, folder: string): boolean {
  return folder === own || folder.startsWith(`${own}/`);
}

/** Jobs that only add up results or tell people: they do none of the work that standards order. */
export function isGate(job: Job): boolean {
  return (
    job.if !== null &&
    /\balways\(\)/.test(job.if) &&
    job.steps.some(({ run, env }) => /needs/.test(`${run} ${JSON.stringify(env)}`))
  );
}
