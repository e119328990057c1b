/** docs/configuration.md, the README's section, and what keeps the project's own formatters away from our files. */
import { defineGenerator } from '../src/define.ts';
import type { EnvironmentVariable, FileSpec, Service, System, View } from '../src/model.ts';
import { localEnvironment, setByImage, stackSecrets } from './shared/environment.ts';
import { LOCAL_SECRETS_SCRIPT, localCommands, runsLocally } from './shared/local-stack.ts';
import { hostPorts, portVariableOf } from './shared/network.ts';

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
    ...formatterFiles(system),
  ],
});

function has(system: System, generator: string): boolean {
  return system.generators.includes(generator);
}

function guideView(system: System): View {
  const composed = has(system, 'compose') && runsLocally(system).length > 0;
  const ports = hostPorts(system);
  return {
    project: system.project.name,
    compose: composed ? system.layout.compose : null,
    folder: system.layout.localSecrets,
    script: LOCAL_SECRETS_SCRIPT,
    ci: has(system, 'ci-github') ? system.layout.ci : null,
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

function variableView(variable: EnvironmentVariable, service: Service, system: System, composed: boolean): View {
  const { name, required, secret, local, seenAt } = variable;
  return {
    name,
    required,
    secret,
    default: secret ? null : local,
    seenAt,
    place: composed ? localPlace(name, service, system) : null,
  };
}

/** Where the value comes from on a workstation, in a few words. */
function localPlace(name: string, service: Service, system: System): string {
  if (setByImage(service, name)) return service.files.dockerfile;
  const { settings, secrets } = localEnvironment(service, system);
  if (settings.some((setting) => setting.name === name)) return system.layout.compose;
  const line = secrets.find((secret) => secret.name === name);
  if (!line) return 'not set';
  const file = `${system.layout.localSecrets}/${line.file}`;
  return line.kind === 'given' ? `${file} (fill it in)` : `${file} (generated)`;
}

function readmeView(system: System): View {
  const composed = has(system, 'compose') && runsLocally(system).length > 0;
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
    ci: has(system, 'ci-github') ? system.layout.ci : null,
    configuration: system.layout.configuration,
    tool: system.tool.name,
  };
}

/** The project's formatters keep to the project's own files. */
function formatterFiles(system: System): readonly FileSpec[] {
  const { prettier, biome } = system.project.tools;
  const files: FileSpec[] = [];
  if (prettier) {
    files.push({
      path: '.prettierignore',
      template: 'configuration/prettierignore.ejs',
      view: { paths: formattedPaths(system) },
      ownership: 'merge:ignore-lines',
    });
  }
  if (biome) {
    files.push({
      // Detection tells the version where it saw no file of settings.
      path: /\.jsonc?$/.test(biome) ? biome : 'biome.json',
      template: 'configuration/biome.json.ejs',
      view: { paths: ['.devops'] },
      ownership: 'merge:biome-excludes',
    });
  }
  return files;
}

/** What we write in languages that Prettier formats, by its own lights and the project's settings. */
function formattedPaths(system: System): readonly string[] {
  const { layout } = system;
  const of = (generator: string, ...paths: readonly string[]) => (has(system, generator) ? paths : []);
  return [
    '/.devops/',
    ...of('ci-github', `/${layout.ci}`, `/${layout.dependabot}`),
    ...of('security-scan', `/${layout.securityScan}`),
    ...of('compose', `/${layout.compose}`),
    `/${layout.configuration}`,
  ].sort();
}
