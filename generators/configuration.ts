/** docs/configuration.md, the README's section, and what keeps the project's own formatters away from our files. */
import { defineGenerator, isBuildArgument } from '../src/define.ts';
import type { EnvironmentVariable, Service, System, View } from '../src/model.ts';
import { keepsItsOwn } from './shared/ci-next-steps.ts';
import { cloudServices, production, runsOnAws, serviceNames } from './shared/cloud.ts';
import { cloudEnvironment } from './shared/cloud-environment.ts';
import { datastoreManual } from './shared/datastores.ts';
import { localEnvironment, setByImage, settingOf, stackSecrets } from './shared/environment.ts';
import { hasStack, LOCAL_SECRETS_SCRIPT, localCommands, runsLocally } from './shared/local-stack.ts';
import { movedPorts } from './shared/moved-ports.ts';
import { hostPorts, portVariableOf } from './shared/network.ts';
import { otherTools, toolSteps } from './shared/other-tools.ts';

export const configuration = defineGenerator({
  id: 'configuration',
  title: 'Configuration guide',
  summary: 'docs/configuration.md: every variable, who reads it and where it is set; a section of the README',
  files: ({ system }) => [
    { path: system.layout.configuration, template: 'configuration/configuration.md.ejs', view: guideView(system) },
    {
      path: 'README.md',
      template: 'configuration/readme.md.ejs',
      view: readmeView(system),
      ownership: 'merge:markdown-section',
    },
    ...otherTools(system),
  ],
  nextSteps: ({ system }) => [...movedPorts(system), ...toolSteps(system)],
});

function has(system: System, generator: string): boolean {
  return system.generators.includes(generator);
}

/** Our pipeline; of one that was there before, nothing can be said. */
function ciOf(system: System): string | null {
  const { ci } = system.layout;
  return has(system, 'ci-github') && !keepsItsOwn(system, ci) ? ci : null;
}

function guideView(system: System): View {
  const composed = hasStack(system);
  const secrets = composed && stackSecrets(system).length > 0;
  const ports = hostPorts(system);
  return {
    tool: system.tool.name,
    project: system.project.name,
    compose: composed ? system.layout.compose : null,
    folder: system.layout.localSecrets,
    script: secrets ? LOCAL_SECRETS_SCRIPT : null,
    generated: composed && system.datastores.some((store) => datastoreManual(store, system).passwords.length > 0),
    ci: ciOf(system),
    aws: runsOnAws(system) ? system.layout.stacks : null,
    services: system.services.map((service) => ({
      name: service.name,
      path: service.path,
      several: system.services.length > 1,
      port: service.port,
      hostPort: composed ? (ports.get(service.name) ?? null) : null,
      hostVariable: portVariableOf(service),
      health: service.health.kind === 'http' ? service.health.path : null,
      ready: service.health.kind === 'http' ? service.health.readyPath : null,
      tcp: service.health.kind === 'tcp',
      metrics: metricsView(service, system),
      production: mode(service, system),
      variables: service.environment.map((variable) => variableView(variable, service, system, composed)),
    })),
    stores: composed
      ? system.datastores.map(({ name, image, port, usedBy }) => ({
          name,
          image: image.split('@')[0] ?? image,
          port,
          usedBy: usedBy.join(', '),
        }))
      : [],
  };
}

/** Only where somebody reads them. */
function metricsView({ metrics }: Service, system: System): View | null {
  if (metrics === null || !has(system, 'prometheus')) return null;
  const module = metrics.source === 'preload' ? `${system.layout.telemetry}/register.mjs` : null;
  return { path: metrics.path, port: metrics.port, module };
}

/** NODE_ENV is everybody's variable: where the code was not seen to read it, its libraries do. */
function mode(service: Service, system: System): string | null {
  const ours = has(system, 'docker') && service.start !== null && service.files.dockerfileOwner === 'us';
  return ours && !service.environment.some(({ name }) => name === 'NODE_ENV') ? service.files.dockerfile : null;
}

function variableView(variable: EnvironmentVariable, service: Service, system: System, composed: boolean): View {
  const { name, required, secret, seenAt } = variable;
  const built = isBuildArgument(service, name);
  return {
    name,
    required,
    kind: built ? 'build argument' : secret ? 'secret' : 'setting',
    default: secret ? null : settingOf(variable),
    seenAt,
    place: composed ? localPlace(name, service, system) : null,
    cloud: runsOnAws(system) ? cloudPlace(name, service, system) : null,
  };
}

/** Where the value comes from in the task definition; secrets by the name that they have in production. */
function cloudPlace(name: string, service: Service, system: System): string {
  if (!cloudServices(system).includes(service)) return 'does not run there';
  const variable = cloudEnvironment(service, system).find((one) => one.name === name);
  if (isBuildArgument(service, name)) return 'built into the image';
  const secret = serviceNames(service, system, production(system).name).secret(name);
  switch (variable?.from) {
    case 'image':
      return service.files.dockerfile;
    case 'setting':
      return 'task definition';
    case 'address':
      return `task definition, from the data stack (${variable.datastore})`;
    case 'password':
      return `secret ${secret} (made with ${variable.datastore})`;
    case 'generated':
      return `secret ${secret} (generated)`;
    case 'given':
      return `secret ${secret} (fill it in)`;
    default:
      return 'not set';
  }
}

/** Where the value comes from on a workstation, in a few words. */
function localPlace(name: string, service: Service, system: System): string {
  if (setByImage(service, name)) return service.files.dockerfile;
  if (isBuildArgument(service, name)) return `${system.layout.compose} (args of the build)`;
  const { settings, secrets } = localEnvironment(service, system);
  if (settings.some((setting) => setting.name === name)) return system.layout.compose;
  const line = secrets.find((secret) => secret.name === name);
  if (!line) return 'not set';
  const file = `${system.layout.localSecrets}/${line.file}`;
  return line.kind === 'given' ? `${file} (fill it in)` : `${file} (generated)`;
}

function readmeView(system: System): View {
  const composed = hasStack(system);
  const commands = localCommands(system, stackSecrets(system).length > 0);
  const scripted = system.project.workspace !== null || system.services.some(({ path }) => path === '.');
  const ports = hostPorts(system);
  return {
    composed,
    up: scripted ? commands.run : commands.up,
    down: scripted ? commands.run.replace('devops:up', 'devops:down') : commands.down,
    addresses: runsLocally(system).flatMap((service) => {
      const port = ports.get(service.name);
      if (port === undefined) return [];
      const path = service.health.kind === 'http' ? service.health.path : '/';
      return [{ name: service.name, url: `http://127.0.0.1:${port}${path}` }];
    }),
    ci: ciOf(system),
    configuration: system.layout.configuration,
    tool: system.tool.name,
  };
}
