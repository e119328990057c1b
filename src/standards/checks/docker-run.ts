/** DOCKER-005 and DOCKER-006: health and tags. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { Instruction } from '../parse/dockerfile.ts';
import { seconds } from '../parse/plain.ts';
import { stackFiles } from './operations.ts';
import {
  all,
  appsOf,
  buildsImage,
  composeOf,
  type Image,
  imagesOf,
  readyImages,
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
    ...inStacks(input),
  ],
};

/** Task definitions have a start period of their own, in seconds. */
function inStacks(input: CheckInput): readonly Defect[] {
  return ['lib', 'constructs']
    .flatMap((folder) => stackFiles(input, folder))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const [, period] = /\bstartPeriod:\s*(\d+)/.exec(line) ?? [];
        return period === undefined ? [] : tooLong(Number(period), path, index + 1, 'A task');
      }),
    );
}

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

export const dockerRun: readonly Check[] = [health, tags];
