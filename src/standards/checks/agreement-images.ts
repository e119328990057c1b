/** X-IMAGE, X-VARIABLES, X-DATASTORE and X-RUNTIME: the same images, values and versions everywhere. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { record, text } from '../parse/plain.ts';
import type { Workflow } from '../parse/workflow.ts';
import { RESTORE } from './operations.ts';
import {
  appsOf,
  buildsImage,
  composeOf,
  imageName,
  imagesOf,
  isOfStacks,
  isScanner,
  tagsOf,
  workflowsOf,
} from './places.ts';
import { isSet } from './workstation.ts';

/** X-IMAGE: one name of an image in CI, scans and Compose, built from the one Dockerfile. */
const image: Check = {
  id: 'X-IMAGE',
  applies: (input) =>
    workflowsOf(input).some(({ steps }) => steps.some(buildsImage)) ||
    composeOf(input) !== null ||
    'nothing builds an image',
  run: (input) => [...workflowsOf(input).flatMap((workflow) => imagesInCi(input, workflow)), ...imagesLocally(input)],
};

function imagesInCi(input: CheckInput, workflow: Workflow): readonly Defect[] {
  const { services } = input.system;
  const byDockerfile = new Map(services.map((service) => [input.place(service.files.dockerfile), service]));
  return workflow.jobs.flatMap((job): readonly Defect[] => {
    const builds = job.steps.filter((step) => step.action === 'docker/build-push-action');
    const tags = new Set(builds.flatMap(tagsOf));
    const defects: Defect[] = [];
    for (const build of builds) {
      const folder = String(build.with.context ?? '.').replace(/^\.\/?/, '');
      const path = String(build.with.file ?? 'Dockerfile');
      const inside = folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
      const service = byDockerfile.get(inside);
      if (!service) {
        defects.push({
          file: workflow.path,
          line: build.lineOf('with/file'),
          message: `${job.id} builds ${path}, which is the Dockerfile of no service.`,
          hint: `Name one of ${[...byDockerfile.keys()].join(', ')}.`,
        });
        continue;
      }
      for (const tag of tagsOf(build)) {
        const name = imageName(tag.replace(/\$\{\{.*?\}\}/g, 'x'));
        if (name !== service.image && !name.endsWith(`/${service.image}`)) {
          defects.push({
            file: workflow.path,
            line: build.lineOf('with/tags'),
            message: `The image of ${service.name} is called ${name} here, and ${service.image} elsewhere.`,
            hint: `Tag it ${service.image}:….`,
          });
        }
      }
    }
    for (const step of job.steps.filter((one) => isScanner(one, 'image') && one.with['image-ref'] !== undefined)) {
      const reference = String(step.with['image-ref']);
      if (!tags.has(reference))
        defects.push({
          file: workflow.path,
          line: step.lineOf('with/image-ref'),
          message: `The scan reads ${reference}, which ${job.id} does not build.`,
          hint: `Scan ${[...tags].join(' or ')}.`,
        });
    }
    return defects;
  });
}

function imagesLocally(input: CheckInput): readonly Defect[] {
  const file = input.system.layout.compose;
  return appsOf(input).flatMap(({ service, app }): readonly Defect[] => {
    const defects: Defect[] = [];
    if (app.image !== null && imageName(app.image) !== service.image) {
      defects.push({
        file,
        line: app.lineOf('image'),
        message: `The image of ${service.name} is called ${imageName(app.image)} here, and ${service.image} elsewhere.`,
        hint: `Set image: ${service.image}:dev.`,
      });
    }
    const dockerfile = input.place(service.files.dockerfile);
    if (app.build && app.build.dockerfile !== dockerfile) {
      defects.push({
        file,
        line: app.lineOf('build'),
        message: `${service.name} is built from ${app.build.dockerfile}; its Dockerfile is ${dockerfile}.`,
        hint: 'Correct build.context and build.dockerfile.',
      });
    }
    return defects;
  });
}

/** X-VARIABLES: what a service cannot start without has a value in the local stack. */
const variables: Check = {
  id: 'X-VARIABLES',
  applies: (input) => appsOf(input).length > 0 || 'no service runs in a local stack',
  run: (input) =>
    appsOf(input).flatMap(({ service, app }) =>
      service.environment
        .filter(({ name, required }) => required && !isSet(input, service, name))
        .map(({ name, seenAt }) => ({
          file: input.system.layout.compose,
          line: app.line,
          message: `${service.name} reads ${name} (${seenAt}) and does not start without it; nothing sets it here.`,
          hint: `Set ${name}: a setting under environment, a secret in ${app.envFiles[0] ?? input.system.layout.localSecrets}.`,
        })),
    ),
};

/** X-DATASTORE: the same image in CI and locally. */
const datastore: Check = {
  id: 'X-DATASTORE',
  applies: (input) => input.system.datastores.length > 0 || 'the services talk to no datastore',
  run: (input) => {
    const byName = new Map(input.system.datastores.map((store) => [store.name, store]));
    const hint = `The version stands once, in the model. ${RESTORE}`;
    const inCi = workflowsOf(input).flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        Object.entries(job.services).flatMap(([name, value]): readonly Defect[] => {
          const store = byName.get(name);
          const found = text(record(value).image);
          if (!store || found === null || found === store.image) return [];
          return [
            {
              file: workflow.path,
              line: workflow.yaml.line(['jobs', job.id, 'services', name, 'image']),
              message: `The tests meet ${found}; elsewhere ${name} is ${store.image}.`,
              hint,
            },
          ];
        }),
      ),
    );
    const locally = (composeOf(input)?.services ?? []).flatMap((service): readonly Defect[] => {
      const store = byName.get(service.name);
      if (!store || service.image === null || service.image === store.image) return [];
      return [
        {
          file: input.system.layout.compose,
          line: service.lineOf('image'),
          message: `The local stack runs ${service.image}; elsewhere ${service.name} is ${store.image}.`,
          hint,
        },
      ];
    });
    return [...inCi, ...locally];
  },
};

/** X-RUNTIME: CI tests on the runtime that the image ships. */
const runtime: Check = {
  id: 'X-RUNTIME',
  applies: (input) => imagesOf(input).length > 0 || workflowsOf(input).length > 0 || 'no file names a runtime',
  run: (input) => {
    const { services } = input.system;
    const versions = new Set(services.map(({ runtime: { version } }) => version));
    const files = new Set(services.map(({ runtime: { versionFile } }) => versionFile));
    const inImages = imagesOf(input).flatMap(({ file, service }): readonly Defect[] => {
      const [base] = file.final;
      const { name, version } = service.runtime;
      const found = base ? /(?:^|\/)(node|bun):v?(\d+(?:\.\d+)*)/.exec(base.from) : null;
      if (!base || !found || (found[1] === name && sameVersion(found[2] ?? '', version))) return [];
      return [
        {
          file: file.path,
          line: base.line,
          message: `${service.name} ships ${found[1]} ${found[2]}; it is tested on ${name} ${version}.`,
          hint: `Take the image of ${name} ${version}.`,
        },
      ];
    });
    const inCi = workflowsOf(input).flatMap((workflow) =>
      workflow.steps.flatMap((step): readonly Defect[] => {
        if (step.action !== 'actions/setup-node' || isOfStacks(input, workflow.job(step.job))) return [];
        const version = text(step.with['node-version']);
        const path = text(step.with['node-version-file']);
        if (path !== null && !files.has(path))
          return [
            {
              file: workflow.path,
              line: step.lineOf('with/node-version-file'),
              message: `${step.job} reads the version of Node.js from ${path}, where no service says it.`,
              hint: `Read ${[...files].filter(Boolean).join(' or ') || 'node-version'}.`,
            },
          ];
        if (version === null || [...versions].some((wanted) => sameVersion(version, wanted))) return [];
        return [
          {
            file: workflow.path,
            line: step.lineOf('with/node-version'),
            message: `${step.job} runs on Node.js ${version}; the image ships ${[...versions].join(', ')}.`,
            hint: `Set node-version: ${[...versions][0]}.`,
          },
        ];
      }),
    );
    return [...inImages, ...inCi];
  },
};

/** The shorter of both decides: `22` and `22.13.0` agree. */
function sameVersion(a: string, b: string): boolean {
  const [left, right] = [a.split('.'), b.split('.')];
  return left.slice(0, right.length).every((part, index) => right[index] === undefined || part === right[index]);
}

export const agreementImages: readonly Check[] = [image, variables, datastore, runtime];
