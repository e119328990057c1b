/** DOCKER-008 and DOCKER-009: the local stack, and where container files stand. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { ComposeService } from '../parse/compose.ts';
import { record, text } from '../parse/plain.ts';
import { healthcheckOf } from './docker-run.ts';
import { prometheusOf } from './operations.ts';
import { composeOf, imageOf, readyCompose, readyImages, serviceNamed } from './places.ts';

/** DOCKER-008: one Compose file runs everything, each with health and limits. */
const stack: Check = {
  id: 'DOCKER-008',
  applies: readyCompose,
  run: (input) => {
    const compose = composeOf(input);
    if (!compose) return [];
    const file = compose.path;
    const expected = [
      ...input.system.services
        .filter(({ start, kind }) => start !== null && (kind === 'web' || kind === 'worker'))
        .map(({ name }) => name),
      ...input.system.datastores
        .filter(({ usedBy }) => usedBy.some((name) => compose.service(name)))
        .map(({ name }) => name),
    ];
    return [
      ...expected
        .filter((name) => !compose.service(name))
        .map((name) => ({
          file,
          line: compose.yaml.line(['services']),
          message: `The local stack lacks ${name}.`,
          hint: 'Restore it: create-devops-setup restore <file>.',
        })),
      ...compose.services.flatMap((service) => [
        ...unhealthy(input, service),
        ...unlimited(file, service),
        ...waits(input, service),
      ]),
    ];
  },
};

function unhealthy(input: CheckInput, service: ComposeService): readonly Defect[] {
  if (service.oneShot || isScraped(input, service.name)) return [];
  const ours = serviceNamed(input, service.name);
  if (ours && ours.health.kind === 'none') return [];
  const file = input.system.layout.compose;
  const image = ours ? imageOf(input, ours) : undefined;
  if (service.healthcheck?.test !== undefined || (image && healthcheckOf(image))) return [];
  // A Dockerfile that cannot be read here may declare one.
  if (ours && !image) return [];
  return [
    {
      file,
      line: service.line,
      message: `${service.name} has no health check, so nothing can wait until it is ready.`,
      hint: 'Add healthcheck with a test.',
      ...(ours ? { with: ours.files.dockerfile } : {}),
    },
  ];
}

/** Prometheus looks at it every few seconds, and an alert tells when it is gone: nothing waits for it. */
function isScraped(input: CheckInput, name: string): boolean {
  const jobs = prometheusOf(input)?.jobs.filter((job) => job.name !== 'application' && job.name !== 'probe') ?? [];
  const asked = new RegExp(`"${name}:\\d+"`);
  return (
    !serviceNamed(input, name) &&
    (jobs.some(({ targets }) => targets.some(({ address }) => address.startsWith(`${name}:`))) ||
      asked.test(JSON.stringify(prometheusOf(input)?.job('probe')?.data.relabel_configs ?? null)))
  );
}

function unlimited(file: string, service: ComposeService): readonly Defect[] {
  const limits = record(record(record(service.data.deploy).resources).limits);
  const missing = [
    ...((text(limits.memory) ?? text(service.data.mem_limit)) ? [] : ['memory']),
    ...((text(limits.cpus) ?? text(service.data.cpus)) ? [] : ['cpus']),
  ];
  if (missing.length === 0) return [];
  return [
    {
      file,
      line: service.data.deploy === undefined ? service.line : service.lineOf('deploy'),
      message: `${service.name} has no limit of ${missing.join(' and ')}: it can take the whole workstation.`,
      hint: 'Set deploy.resources.limits.',
    },
  ];
}

function waits(input: CheckInput, service: ComposeService): readonly Defect[] {
  const file = input.system.layout.compose;
  const ours = serviceNamed(input, service.name);
  const stores = new Set((ours?.datastores ?? []).map(({ datastore }) => datastore));
  const unready = [...service.dependsOn]
    .filter(([, condition]) => condition === 'service_started')
    .map(([name]) => ({
      file,
      line: service.lineOf('depends_on', name),
      message: `${service.name} waits until ${name} has started, not until it is healthy.`,
      hint: 'Set condition: service_healthy.',
    }));
  const ignored = [...stores]
    .filter((name) => !service.dependsOn.has(name))
    .map((name) => ({
      file,
      line: service.data.depends_on === undefined ? service.line : service.lineOf('depends_on'),
      message: `${service.name} does not wait for ${name}, which it talks to.`,
      hint: `Let it depend on ${name} with condition: service_healthy.`,
    }));
  return [...unready, ...ignored];
}

const FOLDER = 'infrastructure/docker';

/** DOCKER-009: the automator's container files share a folder. */
const folder: Check = {
  id: 'DOCKER-009',
  applies: (input) => {
    if (input.system.persona.id !== 'automator') return 'only the persona automator names a folder for container files';
    if (input.system.project.workspace !== null) return 'in a workspace each Dockerfile stands where its service lives';
    return readyImages(input);
  },
  run: (input) => {
    const single = input.system.services.filter(({ path, files }) => path === '.' && files.dockerfileOwner === 'us');
    const paths = [
      ...single.flatMap(({ files }) => [files.dockerfile, files.dockerignoreCopy ?? files.dockerignore]),
      ...(composeOf(input) ? [input.system.layout.compose] : []),
    ];
    return paths
      .filter((path) => !path.startsWith(`${FOLDER}/`) || !input.artifact(path))
      .map((path) => ({
        file: path,
        message: path.startsWith(`${FOLDER}/`) ? `${path} is not there.` : `${path} does not stand in ${FOLDER}.`,
        hint: 'Restore it: create-devops-setup restore <file>.',
      }));
  },
};

export const dockerStack: readonly Check[] = [stack, folder];
