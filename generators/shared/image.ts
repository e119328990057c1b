/** What stands in a service's Dockerfile, as data for its template. */
import type { Pins } from '../../src/define.ts';
import type { Service, System, View } from '../../src/model.ts';
import { buildArguments } from './environment.ts';
import { command, probe } from './health.ts';
import {
  APP,
  type Copy,
  cacheMount,
  compiledModules,
  fullInstall,
  isMember,
  managerInstall,
  managerSettings,
  manifestCopies,
  mayInstallNothing,
  productionInstall,
  prunes,
  registrySecret,
  stripCommand,
  strippedScripts,
  workdir,
} from './image-install.ts';
import { folders, generatedClient, resolveBinary, stagesOf } from './image-stages.ts';
import { isHostVariable } from './network.ts';
import { preloads, TELEMETRY, telemetryEnvironment } from './telemetry.ts';

/** The whole view of `templates/docker/Dockerfile.ejs`. */
export function imageView(service: Service, system: System, pins: Pins): View {
  const stages = stagesOf(service, system);
  const { security, project } = system;
  const secret = registrySecret(service);
  const mounts = [cacheMount(service), ...(secret ? [secret.mount] : [])];
  const start = command(service, stages.start);
  const settings = managerSettings(service);
  const production = productionInstall(service);
  const compiled = compiledModules(service);
  const args = buildArguments(service).map(({ name, value, required }) => ({
    name,
    value,
    told: required || value !== null,
  }));
  return {
    name: service.name,
    dockerfile: service.files.dockerfile,
    image: service.runtime.image,
    app: APP,
    uid: security.uid,
    gid: security.gid,
    // BuildKit takes the names for secrets; a bundler hands their values to every browser.
    namedLikeSecrets: args.some(
      ({ name }) =>
        /(?:^|_)(?:AUTH|APIKEY|CREDENTIALS?|KEY|PASSWORD|SECRET|TOKEN)(?:_|$)/.test(name) &&
        !/(?:^|_)PUBLIC_/.test(name),
    ),
    arguments: args,
    openssl: service.traps.prismaSchema !== null,
    manifests: {
      compiled,
      manager: managerInstall(service, pins),
      managerName: service.packageManager.name,
      settings,
      copies: manifestCopies(service, system).map(copyView),
      strip: stripCommand(service),
      stripped: strippedScripts(service),
      member: isMember(service),
    },
    token: secret?.variable ? secret.id : null,
    deps: stages.deps
      ? {
          mounts,
          commands: [...production, ...folders(service)],
          prunes: prunes(service),
          mayBeEmpty: mayInstallNothing(service),
          generated: generatedClient(service),
        }
      : null,
    build: stages.build && {
      mounts,
      install: fullInstall(service),
      copies: stages.build.copies.map(copyView),
      commands: stages.build.commands,
      secret: secret !== null,
    },
    telemetry: preloads(service)
      ? {
          folder: system.layout.telemetry,
          workdir: TELEMETRY,
          install: ['npm', 'ci', '--omit=dev', '--ignore-scripts'],
        }
      : null,
    migrations: service.migrations && {
      workdir: workdir(service),
      moves: workdir(service) !== APP,
      command: resolveBinary(service, service.migrations.command),
    },
    runtime: {
      workdir: stages.workdir,
      moves: stages.workdir !== APP,
      environment: runtimeEnvironment(service),
      copies: stages.copies.map(copyView),
      preload: start.file,
      ports: listeningPorts(service),
      asked: service.port !== null || preloads(service),
      probe: probe(service),
      labels: labels(service, project),
      command: start.words,
      preloads: preloads(service),
      defaultSigterm: start.words !== stages.start && !preloads(service),
    },
  };
}

const copyViews = new WeakMap<Copy, View>();

function copyView(copy: Copy): View {
  const view = copyViews.get(copy) ?? viewOf(copy);
  copyViews.set(copy, view);
  return view;
}

/** Paths with white space need the exec form: COPY splits before it looks at quotes. */
function viewOf({ stage, from, to }: Copy): View {
  const words = [...from, to.startsWith(`${APP}/`) && from.length === 1 ? `./${to.slice(APP.length + 1)}` : to];
  return { stage, words, exec: words.some((word) => /\s/.test(word)) };
}

/** The service's own port first, then the one that its metrics have to themselves. */
function listeningPorts({ port, metrics }: Service): readonly number[] {
  return [...new Set([port, metrics?.port ?? null])].filter((one) => one !== null);
}

/** Variables that every orchestrator wants the same: production, the port that EXPOSE names, and an address that can be reached. */
function runtimeEnvironment(service: Service): View[] {
  const host = service.environment.find(({ name }) => isHostVariable(service, name))?.name;
  const hostName = service.framework === 'nextjs' ? 'HOSTNAME' : host;
  return [
    { name: 'NODE_ENV', value: 'production' },
    ...(service.port !== null && service.portVariable
      ? [{ name: service.portVariable, value: String(service.port) }]
      : []),
    ...(service.port !== null && hostName ? [{ name: hostName, value: '0.0.0.0' }] : []),
    ...telemetryEnvironment(service),
  ];
}

function labels(service: Service, project: System['project']): View[] {
  const of = (name: string, value: string | null | undefined) => (value ? [{ name, value }] : []);
  return [
    ...of('title', service.name),
    ...of('description', service.description?.replace(/\s+/g, ' ').trim()),
    ...of('source', project.repository?.url),
    ...of('licenses', project.license),
  ];
}
