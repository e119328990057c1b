/** One Dockerfile for each service that runs, with the ignore file that its build honours. */
import { defineGenerator, type NextStep, type Pins } from '../src/define.ts';
import type { FileSpec, Service, System, View } from '../src/model.ts';
import { keepsItsOwn } from './shared/ci-next-steps.ts';
import { buildArguments } from './shared/environment.ts';
import { endsOnSigterm, needsInit } from './shared/health.ts';
import { imageView } from './shared/image.ts';
import { allowedPaths, neverAllowed } from './shared/image-ignore.ts';
import { registrySecret } from './shared/image-install.ts';
import { isHostVariable, isLoopback } from './shared/network.ts';

/** Services that become an image. */
export function imageServices(system: System): readonly Service[] {
  return system.services.filter(({ start }) => start !== null);
}

export const docker = defineGenerator({
  id: 'docker',
  title: 'Container images',
  summary: 'A multi-stage Dockerfile and an allow-list .dockerignore for each service',
  applies: (system) =>
    imageServices(system).length > 0 ||
    'no service is started by a command: libraries and command-line tools have no image',
  files: ({ system, pins }) => imageServices(system).flatMap((service) => imageFiles(service, system, pins)),
  nextSteps: ({ system }) => imageServices(system).flatMap((service) => nextSteps(service, system)),
});

function imageFiles(service: Service, system: System, pins: Pins): readonly FileSpec[] {
  const { dockerfile, dockerignore, dockerignoreCopy } = service.files;
  const allowed = allowedPaths(service, system);
  const ignored: View = { dockerfile, allowed, never: neverAllowed(allowed) };
  const ignoreFile = (path: string): FileSpec => ({ path, template: 'docker/dockerignore.ejs', view: ignored });
  return [
    { path: dockerfile, template: 'docker/Dockerfile.ejs', view: imageView(service, system, pins) },
    // An allow-list for our Dockerfile would starve somebody else's.
    ...(service.files.dockerfileOwner === 'us'
      ? [dockerignore, dockerignoreCopy].filter((path) => path !== null)
      : []
    ).map(ignoreFile),
  ];
}

function nextSteps(service: Service, system: System): readonly NextStep[] {
  const { name, host } = service;
  const steps: NextStep[] = [...outdated(service, system)];
  if (service.files.dockerfileOwner === 'user') return steps;
  const again = `run \`npx ${system.tool.name}\` again`;
  if (service.health.kind === 'tcp') {
    steps.push({
      text: `${name} has no health endpoint, so its image only checks that port ${service.port} accepts connections: add GET /health (DOCKER-005 asks for it too) and ${again}.`,
      standard: 'OBS-013',
    });
  }
  if (!endsOnSigterm(service)) {
    steps.push({
      text: `${name} does not handle SIGTERM: its container stops at once with exit code 143 and drops open requests. Close the server in a SIGTERM handler, and ${again}.`,
    });
  }
  if (needsInit(service)) {
    steps.push({
      text: `${name} is started by ${service.start?.[0]}, which ignores SIGTERM as the first process of a container: run it with an init (Compose does; docker run --init, ECS initProcessEnabled).`,
    });
  }
  if (
    host &&
    isLoopback(host) &&
    !service.environment.some(({ name: variable }) => isHostVariable(service, variable))
  ) {
    steps.push({
      text: `${name} binds to ${host}, which cannot be reached from outside its container: bind to 0.0.0.0.`,
    });
  }
  if (service.framework === 'nextjs' && !service.nextStandalone) {
    steps.push({
      text: `${name} is built without output: 'standalone' in its Next.js configuration: the image carries all production dependencies. Set it, and ${again}.`,
      standard: 'DOCKER-002',
    });
  }
  if (!service.packageManager.lockFile) {
    steps.push({
      text: `${name} has no lock file, so every build of its image may install other versions: commit one, and ${again}.`,
      standard: 'DOCKER-003',
    });
  }
  const unknown = buildArguments(service).filter(({ required, value }) => required && value === null);
  if (unknown.length > 0) {
    const names = unknown.map((one) => one.name);
    steps.push({
      text: `${names.join(', ')} of ${name} ${names.length === 1 ? 'is' : 'are'} built in, and nobody here knows the value: hand it to every build of the image.`,
      command: `docker build --file ${service.files.dockerfile} ${names.map((one) => `--build-arg ${one}`).join(' ')} .`,
    });
  }
  const secret = registrySecret(service);
  if (secret) {
    steps.push({
      text: `The build of ${name} reads a private registry: hand it the secret "${secret.id}", in CI too.`,
      command: secret.variable
        ? `docker build --file ${service.files.dockerfile} --secret id=${secret.id},env=${secret.id} .`
        : `docker build --file ${service.files.dockerfile} --secret id=npmrc,src="$HOME/.npmrc" .`,
    });
  }
  return steps;
}

/** The version that the project names gets no updates any more: everything of ours runs on the next line. */
function outdated(service: Service, system: System): readonly NextStep[] {
  const { name, runtime, files } = service;
  if (runtime.outdated === null) return [];
  const ci = system.generators.includes('ci-github') && !keepsItsOwn(system, system.layout.ci);
  const places = [...(files.dockerfileOwner === 'us' ? ['its image'] : []), ...(ci ? ['CI'] : [])];
  if (places.length === 0) return [];
  const use = `${places.join(' and ')} ${places.length > 1 ? 'use' : 'uses'}`;
  return [
    {
      text: `${name} asks for Node ${runtime.outdated}, which gets no updates: ${use} Node ${runtime.version}. Ask for that where the version stands (.nvmrc, .node-version, engines).`,
    },
  ];
}
