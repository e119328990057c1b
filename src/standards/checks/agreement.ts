/** X-PORT, X-HEALTH, X-USER, X-IMAGE, X-VARIABLES, X-DATASTORE, X-RUNTIME: a fact stands once, and every file says the same. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { type Instruction, wordsOf } from '../parse/dockerfile.ts';
import { record, text } from '../parse/plain.ts';
import type { Workflow } from '../parse/workflow.ts';
import { isSet } from './configuration.ts';
import { healthcheckOf } from './docker-run.ts';
import {
  appsOf,
  buildsImage,
  composeOf,
  type Image,
  imageName,
  imageOf,
  imagesOf,
  isScanner,
  tagsOf,
  workflowsOf,
} from './places.ts';

function inImage({ file }: Image): readonly Instruction[] {
  return file.final.flatMap(({ instructions }) => instructions);
}

/** ENV of the final image, the last value of each name. */
function environmentOf(image: Image): ReadonlyMap<string, Readonly<{ value: string; line: number }>> {
  const found = new Map<string, { value: string; line: number }>();
  for (const { name, text: source, line } of inImage(image)) {
    if (name !== 'ENV') continue;
    for (const [, key = '', value = ''] of source.matchAll(/(\w+)=("[^"]*"|\S*)/g))
      found.set(key, { value: value.replace(/^"|"$/g, ''), line });
  }
  return found;
}

/** X-PORT: listen = EXPOSE = probe = container side of the published port. */
const port: Check = {
  id: 'X-PORT',
  applies: (input) => input.system.services.some((service) => service.port !== null) || 'no service has a port',
  run: (input) =>
    input.system.services.flatMap((service): readonly Defect[] => {
      if (service.port === null) return [];
      const wanted = service.port;
      const hint = `${service.name} listens on ${wanted} (as seen in its code): say the same here.`;
      const defects: Defect[] = [];
      const image = imageOf(input, service);
      if (image) {
        const at = (line: number, message: string) => defects.push({ file: image.file.path, line, message, hint });
        const exposed = inImage(image).filter(({ name }) => name === 'EXPOSE');
        for (const { text: source, line } of exposed) {
          const other = wordsOf(source).find((word) => /^\d+/.test(word) && Number.parseInt(word, 10) !== wanted);
          if (other) at(line, `EXPOSE says ${other}; ${service.name} listens on ${wanted}.`);
        }
        if (exposed.length === 0)
          at(image.file.stages.at(-1)?.line ?? 1, `The image does not say which port ${service.name} listens on.`);
        const set = service.portVariable ? environmentOf(image).get(service.portVariable) : undefined;
        if (set && set.value !== String(wanted))
          at(set.line, `${service.portVariable} is ${set.value}; ${service.name} is known to listen on ${wanted}.`);
        const probe = healthcheckOf(image);
        const asked = probe ? probedPorts(probe.text) : [];
        if (probe && asked.length > 0 && !asked.includes(wanted))
          at(probe.line, `The health check asks port ${asked.join(', ')}; ${service.name} listens on ${wanted}.`);
      }
      const app = composeOf(input)?.service(service.name);
      for (const { target, line } of app?.ports ?? []) {
        if (target !== wanted)
          defects.push({
            file: input.system.layout.compose,
            line,
            message: `Compose publishes port ${target} of ${service.name}, which listens on ${wanted}.`,
            hint,
          });
      }
      return defects;
    }),
};

/** Port numbers in a probe: behind a host, behind `||`, or as the argument of connect. */
function probedPorts(source: string): readonly number[] {
  const patterns = [
    /(?:127\.0\.0\.1|localhost|0\.0\.0\.0):(\d{2,5})/g,
    /(?:\|\||\?\?)\s*(\d{2,5})\b/g,
    /connect\((\d{2,5})\b/g,
  ];
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => Number(match[1])));
}

/** X-HEALTH: every probe asks the path that the service answers. */
const health: Check = {
  id: 'X-HEALTH',
  applies: (input) =>
    input.system.services.some((service) => service.health.kind === 'http') ||
    'no service has a health endpoint that is known',
  run: (input) =>
    input.system.services.flatMap((service): readonly Defect[] => {
      if (service.health.kind !== 'http') return [];
      const paths = [service.health.path, service.health.readyPath].filter((path) => path !== null);
      const agrees = (source: string) =>
        paths.some((path) => new RegExp(`${escaped(path)}(?=['"\`\\\\\\s?)]|$)`).test(source));
      const defects: Defect[] = [];
      const message = `The health check does not ask ${service.health.path}, which ${service.name} answers.`;
      const hint = `Let it ask ${service.health.path}.`;
      const image = imageOf(input, service);
      const probe = image && healthcheckOf(image);
      if (image && probe && !agrees(probe.text))
        defects.push({ file: image.file.path, line: probe.line, message, hint });
      const app = composeOf(input)?.service(service.name);
      const test = app?.healthcheck?.test;
      if (app && test !== undefined && !agrees(JSON.stringify(test))) {
        defects.push({ file: input.system.layout.compose, line: app.lineOf('healthcheck', 'test'), message, hint });
      }
      return defects;
    }),
};

function escaped(source: string): string {
  return source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** X-USER: one numeric user and group in every container. */
const user: Check = {
  id: 'X-USER',
  applies: (input) => imagesOf(input).length > 0 || composeOf(input) !== null || 'nothing here runs in a container',
  run: (input) => {
    const { uid, gid } = input.system.security;
    const wanted = `${uid}:${gid}`;
    const hint = `Use ${wanted} everywhere (security.uid, security.gid).`;
    const defects: Defect[] = [];
    for (const { file } of imagesOf(input)) {
      for (const { name, text: source, line } of file.instructions) {
        if (name === 'USER' && source !== wanted && source !== String(uid)) {
          defects.push({
            file: file.path,
            line,
            message: `USER is ${source}; every container runs as ${wanted}.`,
            hint,
          });
        }
        if (name !== 'RUN') continue;
        const ids = [...source.matchAll(/--(uid|gid)[= ](\d+)/g)].filter(
          ([, kind, id]) => id !== String(kind === 'uid' ? uid : gid),
        );
        for (const [flag] of ids)
          defects.push({
            file: file.path,
            line,
            message: `The user is made with ${flag}; every container runs as ${wanted}.`,
            hint,
          });
      }
    }
    for (const service of composeOf(input)?.services ?? []) {
      if (service.build === null) continue;
      const says = text(service.data.user);
      const line = service.lineOf(says === null ? 'tmpfs' : 'user');
      if (says !== null && says !== wanted && says !== String(uid)) {
        defects.push({
          file: input.system.layout.compose,
          line,
          message: `${service.name} runs as ${says}; its image as ${wanted}.`,
          hint,
        });
      }
      for (const [flag, kind, id] of JSON.stringify(service.data.tmpfs ?? '').matchAll(/\b(uid|gid)=(\d+)/g)) {
        if (id !== String(kind === 'uid' ? uid : gid))
          defects.push({
            file: input.system.layout.compose,
            line: service.lineOf('tmpfs'),
            message: `${service.name} mounts a folder for ${flag}, and runs as ${wanted}.`,
            hint,
          });
      }
    }
    return defects;
  },
};

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
  const byDockerfile = new Map(services.map((service) => [service.files.dockerfile, service]));
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
          hint: `Name one of ${services.map(({ files }) => files.dockerfile).join(', ')}.`,
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
    if (app.build && app.build.dockerfile !== service.files.dockerfile) {
      defects.push({
        file,
        line: app.lineOf('build'),
        message: `${service.name} is built from ${app.build.dockerfile}; its Dockerfile is ${service.files.dockerfile}.`,
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
    const hint = 'The version stands once, in the model: create-devops-setup update writes it anew.';
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
        if (step.action !== 'actions/setup-node') return [];
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

export const agreement: readonly Check[] = [port, health, user, image, variables, datastore, runtime];
