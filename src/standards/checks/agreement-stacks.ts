/** X-STACKS: what the stacks run is what the image holds and the code needs. */
import { isBuildArgument } from '../../define.ts';
import type { Service } from '../../model.ts';
import type { Check, CheckInput, Defect } from '../check.ts';
import type { StackService } from '../parse/stack-services.ts';
import { RESTORE, readyStacks, runningServices, stackFiles, stackServicesOf, stackServicesPath } from './operations.ts';
import { imageOf } from './places.ts';
import { isSetByImage } from './workstation.ts';

const HINT = `services.json holds the facts of the application. ${RESTORE}`;

const stacks: Check = {
  id: 'X-STACKS',
  applies: readyStacks,
  run: (input) => {
    const known = stackServicesOf(input);
    if (!known) return [];
    const file = stackServicesPath(input);
    const wanted = new Map(runningServices(input).map((service) => [service.name, service]));
    const strangers = known.services.filter(({ name }) => !wanted.has(name));
    return [
      ...[...wanted.values()].flatMap((service): readonly Defect[] => {
        const stack = known.service(service.name);
        if (!stack)
          return [
            {
              file,
              line: known.yaml.line(['services']),
              message: `The stacks do not run ${service.name}.`,
              hint: HINT,
            },
          ];
        return [...facts(file, service, stack), ...unset(input, file, service, stack)];
      }),
      ...strangers.map((stack) => ({
        file,
        line: stack.lineOf('name'),
        message: `The stacks run ${stack.name || 'a service without a name'}, which is no service of this project.`,
        hint: HINT,
      })),
      ...users(input),
    ];
  },
};

function facts(file: string, service: Service, stack: StackService): readonly Defect[] {
  const { metrics } = service;
  const healthPath = service.health.kind === 'http' ? service.health.path : null;
  const pairs: readonly (readonly [keys: readonly string[], found: unknown, wanted: unknown, what: string])[] = [
    [['port'], stack.port, service.port, `listens on port ${service.port}`],
    [['image'], stack.image, service.image, `has the image ${service.image} in CI and locally`],
    [['kind'], stack.kind, service.kind, `is a ${service.kind}`],
    [['healthPath'], stack.healthPath, healthPath, `answers ${healthPath ?? 'no health check'}`],
    [
      ['metrics', 'port'],
      stack.metrics?.port ?? null,
      metrics?.port ?? null,
      `serves metrics at port ${metrics?.port ?? 'none'}`,
    ],
    [
      ['metrics', 'path'],
      stack.metrics?.path ?? null,
      metrics?.path ?? null,
      `serves metrics at ${metrics?.path ?? 'no path'}`,
    ],
  ];
  return pairs
    .filter(([, found, wanted]) => found !== wanted)
    .map(([keys, found, , what]) => ({
      file,
      line: stack.lineOf(...keys),
      message: `${service.name} ${what}; the stacks say ${found ?? 'nothing'}.`,
      hint: HINT,
    }));
}

/** What the code needs to start: a setting, the address of a datastore, a secret, or what its image says. */
function unset(input: CheckInput, file: string, service: Service, stack: StackService): readonly Defect[] {
  const set = (name: string) =>
    stack.environment.has(name) ||
    stack.datastores.has(name) ||
    stack.secrets.includes(name) ||
    // Where no image is made here, the one that is made elsewhere from this code is built like ours.
    (imageOf(input, service) === undefined ? isBuildArgument(service, name) : isSetByImage(input, service, name));
  const linked = service.datastores.flatMap(({ variables }) =>
    Object.values(variables).filter((name) => name !== null),
  );
  return service.environment
    .filter(({ name, required }) => required && !set(name) && name !== service.portVariable && !linked.includes(name))
    .map(({ name, seenAt }) => ({
      file,
      line: stack.lineOf('environment'),
      message: `${service.name} reads ${name} (${seenAt}) and does not start without it; the task definition does not set it.`,
      hint: `Set ${name} under environment, or list it under secrets.`,
    }))
    .concat(
      linked
        .filter((name) => !set(name))
        .map((name) => ({
          file,
          line: stack.lineOf('datastores'),
          message: `${service.name} reads ${name} to find its datastore; the task definition does not set it.`,
          hint: `Name ${name} under datastores.`,
        })),
    );
}

/** Tasks run as the user that the image names, unless they say otherwise. Root is for the tests of the stacks to judge. */
function users(input: CheckInput): readonly Defect[] {
  const { uid, gid } = input.system.security;
  return ['lib', 'constructs', 'stacks', 'config']
    .flatMap((folder) => stackFiles(input, folder))
    .filter(({ path }) => path.endsWith('.ts'))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const [, user, group] = /\buser['"]?:\s*['"`](\d+)(?::(\d+))?['"`]/.exec(line) ?? [];
        const same = user === String(uid) && (group === undefined || group === String(gid));
        if (user === undefined || same || user === '0') return [];
        return [
          {
            file: path,
            line: index + 1,
            message: `Tasks run as ${user}${group ? `:${group}` : ''}; the images are built for ${uid}:${gid}.`,
            hint: `Use ${uid}:${gid}.`,
          },
        ];
      }),
    );
}

export const agreementStacks: readonly Check[] = [stacks];
