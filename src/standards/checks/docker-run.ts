/** DOCKER-005, DOCKER-006, DOCKER-008, DOCKER-009: health, tags, the local stack, and where the files stand. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { ComposeService } from '../parse/compose.ts';
import type { Instruction } from '../parse/dockerfile.ts';
import { record, seconds, text } from '../parse/plain.ts';
import {
  all,
  appsOf,
  buildsImage,
  composeOf,
  type Image,
  imageOf,
  imagesOf,
  readyCompose,
  readyImages,
  serviceNamed,
  tagsOf,
  workflowsOf,
} from './places.ts';

const LIMIT = 30;

/** The HEALTHCHECK that counts; null where there is none, or NONE. */
export function healthcheckOf({ file }: Image): Instruction | null {
  const found = file.final.flatMap((stage) => stage.instructions).findLast(({ name }) => name === 'HEALTHCHECK');
  return found && !/^NONE\b/i.test(found.text) ? found : null;
}

function probed(input: CheckInput): readonly Image[] {
  return imagesOf(input).filter(({ service }) => service.health.kind !== 'none' && service.port !== null);
}

/** DOCKER-005: health is declared and known within 30 seconds. */
const health: Check = {
  id: 'DOCKER-005',
  applies: (input) =>
    all(readyImages(input), probed(input).length > 0 || 'no container has a port that could be probed'),
  run: (input) => [
    ...probed(input).flatMap((image): readonly Defect[] => {
      const { file, service } = image;
      const instruction = healthcheckOf(image);
      const inCompose = composeOf(input)?.service(service.name)?.healthcheck?.test;
      if (!instruction && inCompose) return [];
      if (!instruction) {
        const line = file.stages.at(-1)?.line ?? 1;
        return [
          {
            file: file.path,
            line,
            message: `Nothing probes ${service.name}: the image declares no health check.`,
            hint: 'Add HEALTHCHECK with a probe of the health endpoint.',
          },
        ];
      }
      const period = seconds(instruction.flags['start-period']?.[0] ?? '0s') ?? 0;
      return tooLong(period, file.path, instruction.line, service.name);
    }),
    ...appsOf(input).flatMap(({ app, service }): readonly Defect[] => {
      if (!app.healthcheck || service.health.kind === 'none') return [];
      const file = input.system.layout.compose;
      if (app.healthcheck.disable === true) {
        return [
          {
            file,
            line: app.lineOf('healthcheck'),
            message: `The health check of ${service.name} is switched off.`,
            hint: 'Take disable out.',
          },
        ];
      }
      return tooLong(
        seconds(app.healthcheck.start_period) ?? 0,
        file,
        app.lineOf('healthcheck', 'start_period'),
        service.name,
      );
    }),
  ],
};

function tooLong(period: number, file: string, line: number, name: string): readonly Defect[] {
  if (period <= LIMIT) return [];
  return [
    {
      file,
      line,
      message: `${name} may take ${period} s to become healthy (its start period); the standard allows ${LIMIT} s.`,
      hint: `Set the start period to ${LIMIT}s or less.`,
    },
  ];
}

/** DOCKER-006: tags name the commit; nothing runs by a tag that moves. */
const tags: Check = {
  id: 'DOCKER-006',
  applies: (input) =>
    all(
      readyImages(input),
      workflowsOf(input).some(({ steps }) => steps.some(buildsImage)) ||
        composeOf(input) !== null ||
        'nothing builds or runs an image yet',
    ),
  run: (input) => [
    ...workflowsOf(input).flatMap((workflow) =>
      workflow.jobs.flatMap((job): readonly Defect[] => {
        const builds = job.steps.filter(buildsImage);
        if (builds.length === 0) return [];
        const latest = builds.filter((step) => /:latest\b/.test(`${tagsOf(step)} ${step.run ?? ''}`));
        const moving = latest.map((step) => ({
          file: workflow.path,
          line: step.line,
          message: 'The image is tagged latest, a tag that moves.',
          hint: 'Tag it with ${{ github.sha }}.',
        }));
        const named = builds.some((step) =>
          /github\.sha|GITHUB_SHA/.test(`${tagsOf(step)} ${step.run ?? ''} ${JSON.stringify(step.env)}`),
        );
        if (named) return moving;
        const line = builds[0]?.line ?? job.line;
        return [
          ...moving,
          {
            file: workflow.path,
            line,
            message: `No tag of the image that ${job.id} builds names the commit.`,
            hint: 'Add the tag ${{ github.sha }}.',
          },
        ];
      }),
    ),
    ...(composeOf(input)?.services ?? []).flatMap((service): readonly Defect[] => {
      if (service.image === null || !/:latest(@|$)/.test(service.image)) return [];
      return [
        {
          file: input.system.layout.compose,
          line: service.lineOf('image'),
          message: `${service.name} runs by the tag latest, which moves.`,
          hint: 'Name a version.',
        },
      ];
    }),
  ],
};

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
          hint: 'Restore it: create-devops-setup init.',
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
  if (service.oneShot) return [];
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
        hint: 'Restore it: create-devops-setup init.',
      }));
  },
};

export const dockerRun: readonly Check[] = [health, tags, stack, folder];
