/** The local stack: every service in its production image, with its datastores, its migrations and generated secrets. */
import { posix } from 'node:path';
import { defineGenerator, type NextStep, type Pins } from '../src/define.ts';
import type { Datastore, FileSpec, Service, System, View } from '../src/model.ts';
import { type AlertSecret, alertSecrets } from './shared/alert-channels.ts';
import { hasImage } from './shared/ci-jobs.ts';
import { compareStep, keepsItsOwn } from './shared/ci-next-steps.ts';
import { datastoreManual } from './shared/datastores.ts';
import { buildArguments, localEnvironment, type SecretLine, secretsFile, stackSecrets } from './shared/environment.ts';
import { needsInit, probe } from './shared/health.ts';
import { registrySecret } from './shared/image-install.ts';
import { fileDatabase, LOCAL_SECRETS_SCRIPT, localCommands, otherCompose, runsLocally } from './shared/local-stack.ts';
import { hostPorts, portVariableOf } from './shared/network.ts';
import { secretViews, watcherViews } from './shared/observability-containers.ts';
import {
  exportersOf,
  isObserved,
  localAddress,
  observeCommands,
  probeModules,
  serversOf,
} from './shared/observability-stack.ts';

export const compose = defineGenerator({
  id: 'compose',
  title: 'Local stack',
  summary: 'compose.yaml with the services, their datastores, migrations and generated local secrets',
  applies: (system) => {
    if (runsLocally(system).length === 0)
      return 'no service is started by a command, so there is nothing to run locally';
    const theirs = otherCompose(system);
    return theirs === null || `${theirs} is yours; Compose reads one file only`;
  },
  files: ({ system, pins }) => {
    const secrets = stackSecrets(system);
    const channels = channelSecrets(system);
    const scripted = secrets.length + channels.length > 0;
    const stack: FileSpec = {
      path: system.layout.compose,
      template: 'compose/compose.yaml.ejs',
      view: stackView(system, secrets, pins),
    };
    // Beside a file of the user's that stays, nothing calls for what comes with ours.
    if (keepsItsOwn(system, system.layout.compose)) return [stack];
    return [
      stack,
      ...(scripted ? [secretsScript(system, secrets, channels)] : []),
      ...proberConfig(system),
      {
        path: '.gitignore',
        template: 'compose/gitignore.ejs',
        view: { folder: scripted ? system.layout.localSecrets : null },
        ownership: 'merge:ignore-lines',
      },
      ...(hasRootPackage(system)
        ? [
            {
              path: 'package.json',
              template: 'compose/package.json.ejs',
              view: scripts(system, secrets.length > 0, scripted),
              ownership: 'merge:package-scripts' as const,
            },
          ]
        : []),
    ];
  },
  nextSteps: ({ system }) => nextSteps(system),
});

/** Scripts can be added only where there is a package.json for them. */
function hasRootPackage(system: System): boolean {
  return system.project.workspace !== null || system.services.some(({ path }) => path === '.');
}

/** The local stack's own commands; with what watches it, one more, and `down` takes all of it away. */
function scripts(system: System, secrets: boolean, scripted: boolean): View {
  const { up, down } = localCommands(system, secrets);
  if (!isObserved(system)) return { up, down, observe: null };
  const watched = observeCommands(system, scripted);
  return { up, down: watched.down, observe: watched.observe };
}

/** Alertmanager's own secrets, where Compose runs it. */
function channelSecrets(system: System): readonly AlertSecret[] {
  return serversOf(system).some(({ job }) => job === 'alertmanager') ? alertSecrets(system) : [];
}

/** How the blackbox exporter probes. */
function proberConfig(system: System): readonly FileSpec[] {
  if (!exportersOf(system).some(({ job }) => job === 'probe')) return [];
  const view = { modules: probeModules(system) };
  return [{ path: system.layout.blackbox, template: 'compose/blackbox.yml.ejs', view }];
}

function secretsScript(system: System, secrets: readonly SecretLine[], channels: readonly AlertSecret[]): FileSpec {
  const has = (kind: SecretLine['kind']) => secrets.some((line) => line.kind === kind);
  return {
    path: LOCAL_SECRETS_SCRIPT,
    template: 'compose/local-secrets.sh.ejs',
    mode: 0o755,
    view: {
      script: LOCAL_SECRETS_SCRIPT,
      folder: system.layout.localSecrets,
      given: has('given'),
      derived: has('derived'),
      channels: channels.map(({ path, what, local }) => ({
        file: posix.relative(system.layout.localSecrets, path),
        folder: posix.dirname(posix.relative(system.layout.localSecrets, path)),
        what,
        local,
      })),
      lines: secrets.map((line): View => {
        const common = { file: line.file, name: line.name, kind: line.kind };
        if (line.kind === 'given') return { ...common, seenAt: line.seenAt };
        if (line.kind === 'random') return common;
        return { ...common, before: line.before, after: line.after, ofFile: line.of.file, ofName: line.of.name };
      }),
    },
  };
}

function stackView(system: System, secrets: readonly SecretLine[], pins: Pins): View {
  const { layout, project } = system;
  const up = posix.relative(posix.dirname(layout.compose), '.');
  const fromHere = (path: string) => (up === '' ? path : `${up}/${path}`);
  const files = new Set(secrets.map(({ file }) => file));
  const envFile = (name: string) =>
    files.has(secretsFile(name)) ? fromHere(`${layout.localSecrets}/${secretsFile(name)}`) : null;
  const services = runsLocally(system);
  const stores = system.datastores.filter(({ usedBy }) =>
    usedBy.some((name) => services.some((service) => service.name === name)),
  );
  const registries = services.flatMap((service) => registrySecret(service) ?? []);
  return {
    project: project.slug,
    commands: scripts(system, secrets.length > 0, secrets.length + channelSecrets(system).length > 0),
    services: services.map((service) =>
      serviceView(service, system, { context: up === '' ? '.' : up, envFile: envFile(service.name) }),
    ),
    stores: stores.map((store) => storeView(store, system, envFile(store.name))),
    watchers: watcherViews(system, pins, fromHere),
    channelSecrets: secretViews(system, fromHere),
    buildSecrets: [...new Map(registries.map(({ id, variable }) => [id, { id, variable }])).values()],
  };
}

function serviceView(
  service: Service,
  system: System,
  place: Readonly<{ context: string; envFile: string | null }>,
): View {
  const { settings } = localEnvironment(service, system);
  const port = hostPorts(system).get(service.name) ?? null;
  const secret = registrySecret(service);
  const { dockerfile } = service.files;
  const ours = service.files.dockerfileOwner === 'us';
  return {
    name: service.name,
    image: `${service.image}:dev`,
    context: place.context,
    dockerfile: dockerfile === 'Dockerfile' ? null : dockerfile,
    buildSecret: secret?.id ?? null,
    arguments: buildArguments(service).map(argumentView),
    settings: settings.map(({ name, value }) => ({ name, value: literal(value) })),
    envFile: place.envFile,
    init: needsInit(service),
    port:
      port === null || service.port === null
        ? null
        : `127.0.0.1:\${${portVariableOf(service)}:-${port}}:${service.port}`,
    // Next.js keeps rendered pages and images here; everything else in the container stays read-only.
    cache: service.framework === 'nextjs' && ours ? nextCache(service) : null,
    uid: system.security.uid,
    gid: system.security.gid,
    dependsOn: service.datastores.map(({ datastore }) => datastore).filter((name, i, all) => all.indexOf(name) === i),
    migrations: migratesHere(service),
    ours,
    // Nobody knows whether a Dockerfile that is not ours has a probe.
    probe: ours ? null : ['CMD', ...probe(service)].map(literal),
  };
}

/** Our image can migrate a database that a container of its own can reach. */
function migratesHere(service: Service): boolean {
  return service.migrations !== null && service.files.dockerfileOwner === 'us' && fileDatabase(service) === null;
}

/** Compose fills in variables everywhere, so a dollar that is meant is doubled. */
function literal(value: string): string {
  return value.replaceAll('$', '$$$$');
}

/** Without a value the build gets what the shell (or `.env`) says, else nothing. */
function argumentView({ name, value }: Readonly<{ name: string; value: string | null }>): View {
  if (value === null) return { name, value };
  return { name, value: /[${}]/.test(value) ? literal(value) : `\${${name}:-${value}}` };
}

function nextCache(service: Service): string {
  const { installRoot } = service.packageManager;
  const inside =
    service.path === installRoot
      ? ''
      : installRoot === '.'
        ? `/${service.path}`
        : service.path.slice(installRoot.length);
  return `/app${inside}/${service.buildOutput ?? '.next'}/cache`;
}

function storeView(store: Datastore, system: System, envFile: string | null): View {
  const manual = datastoreManual(store, system);
  return {
    name: store.name,
    image: store.image,
    command: manual.command?.map(literal) ?? null,
    settings: manual.settings(store),
    envFile,
    healthy: manual.healthy(store).map(literal),
    startPeriod: `${manual.startPeriod}s`,
    data: `${store.name}-data:${manual.data(store)}`,
    volume: `${store.name}-data`,
    memory: manual.memory,
    // RabbitMQ names its data after the host.
    hostname: store.kind === 'rabbitmq' ? store.name : null,
  };
}

/** How to see the stack watched, in a sentence behind the one that starts it. */
function watching(system: System): string {
  const address = localAddress('prometheus', system);
  if (address === null) return '';
  const routed = localAddress('alertmanager', system);
  const { observe, run } = observeCommands(system, stackSecrets(system).length + channelSecrets(system).length > 0);
  const command = hasRootPackage(system) ? run : observe;
  return ` \`${command}\` runs Prometheus (${address})${routed ? ` and Alertmanager (${routed})` : ''} beside it.`;
}

function nextSteps(system: System): readonly NextStep[] {
  if (keepsItsOwn(system, system.layout.compose)) return [compareStep(system.layout.compose)];
  const given = stackSecrets(system).filter(({ kind }) => kind === 'given');
  const commands = localCommands(system, stackSecrets(system).length > 0);
  const first: NextStep = {
    text: `Run the whole stack on this machine.${watching(system)}`,
    command: hasRootPackage(system) ? commands.run : commands.up,
  };
  const foreign = runsLocally(system)
    .filter(({ files, migrations }) => files.dockerfileOwner === 'user' && migrations !== null)
    .map(
      ({ name, migrations }): NextStep => ({
        text: `The Dockerfile of ${name} is yours, so nobody knows whether its image can migrate the database: run "${migrations?.command.join(' ')}" against the local stack yourself.`,
      }),
    );
  const imageless = runsLocally(system)
    .filter((service) => !hasImage(system, service))
    .map(
      ({ name, files }): NextStep => ({
        text: `The local stack builds ${name} from ${files.dockerfile}, which is not there: write it, or have it written.`,
        command: 'npx create-devops-setup add docker',
      }),
    );
  const files = runsLocally(system).flatMap((service): readonly NextStep[] => {
    const variable = fileDatabase(service);
    if (variable === null) return [];
    const text = `${service.name} keeps its data in a file (${variable}), which no container beside it can see: nothing migrates it in the local stack, and its own container cannot write below /app. Mount a volume where ${variable} points, and run "${service.migrations?.command.join(' ')}" on it.`;
    return [{ text }];
  });
  const fixed = runsLocally(system).flatMap(({ name, datastores }) =>
    datastores
      .filter(({ fixedTo }) => fixedTo)
      .map(
        ({ datastore, fixedTo }): NextStep => ({
          text: `${name} looks for ${datastore} on its own machine (${fixedTo}), where no container has one: read the host from a variable, and run the set-up again.`,
        }),
      ),
  );
  const others = [...imageless, ...foreign, ...files, ...fixed];
  if (given.length === 0) return [first, ...others];
  const list = given.map(({ file, name }) => `${name} (${system.layout.localSecrets}/${file})`).join(', ');
  return [
    {
      ...first,
      text: `${first.text} The first run makes the files of secrets, then stops: only you know ${list}.`,
    },
    ...others,
  ];
}
