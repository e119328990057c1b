/** DEVX-002, DEVX-005 and DEVX-006: what runs on a workstation. */
import type { Service } from '../../model.ts';
import type { Check, CheckInput, Defect } from '../check.ts';
import { list, record, text } from '../parse/plain.ts';
import { without } from './guide.ts';
import { all, appsOf, composeOf, imageName, imageOf, perInput, ready, readyCompose, serviceNamed } from './places.ts';

/** DEVX-002: engine and major version locally as in the model, services from the image of production. */
const sameVersions: Check = {
  id: 'DEVX-002',
  applies: readyCompose,
  run: (input) => {
    const file = input.system.layout.compose;
    const stores = input.system.datastores.flatMap((store): readonly Defect[] => {
      const local = composeOf(input)?.service(store.name);
      if (!local?.image || local.image === store.image) return [];
      const [mine, wanted] = [versionOf(local.image), versionOf(store.image)];
      if (mine === wanted) return [];
      return [
        {
          file,
          line: local.lineOf('image'),
          message: `${store.name} runs ${mine} locally; everywhere else it is ${wanted}.`,
          hint: `Set image: ${store.image}.`,
        },
      ];
    });
    const targets = appsOf(input).flatMap(({ service, app }): readonly Defect[] => {
      const image = imageOf(input, service);
      const last = image?.file.stages.at(-1)?.name ?? null;
      if (!app.build)
        return [
          {
            file,
            line: app.line,
            message: `${service.name} does not run the image that is delivered.`,
            hint: `Build ${input.place(service.files.dockerfile)}.`,
          },
        ];
      if (!image || app.build.target === null || app.build.target === last) return [];
      return [
        {
          file,
          line: app.lineOf('build', 'target'),
          message: `${service.name} runs the stage ${app.build.target}; delivered is ${last ?? 'the last one'}.`,
          hint: `Set target: ${last}.`,
          with: service.files.dockerfile,
        },
      ];
    });
    return [...stores, ...targets];
  },
};

/** Engine and major version: `postgres:17`. */
function versionOf(image: string): string {
  const name = imageName(image);
  const tag = image.slice(name.length).replace(/^:/, '').split('@')[0] ?? '';
  return `${name}:${/^v?(\d+)/.exec(tag)?.[1] ?? tag}`;
}

/** DEVX-005: every datastore brings its variables, a volume and a health check. */
const choices: Check = {
  id: 'DEVX-005',
  applies: (input) =>
    all(readyCompose(input), input.system.datastores.length > 0 || 'the services talk to no datastore'),
  run: (input) => {
    const compose = composeOf(input);
    const file = input.system.layout.compose;
    return input.system.datastores.flatMap((store): readonly Defect[] => {
      const local = compose?.service(store.name);
      if (!local) return [];
      const named = new Set(Object.keys(record(compose?.data.volumes)));
      const kept = local.volumes.some((volume) => named.has(volume.split(':')[0] ?? '') || /^[./]/.test(volume));
      return [
        ...(local.healthcheck?.test === undefined
          ? [
              {
                file,
                line: local.line,
                message: `${store.name} has no health check.`,
                hint: 'Add healthcheck with a test.',
              },
            ]
          : []),
        ...(kept
          ? []
          : [
              {
                file,
                line: local.line,
                message: `The data of ${store.name} is lost with its container.`,
                hint: 'Give it a named volume.',
              },
            ]),
        ...store.usedBy.flatMap((name) => unlinked(input, name, store.name)),
      ];
    });
  },
};

function unlinked(input: CheckInput, name: string, store: string): readonly Defect[] {
  const service = serviceNamed(input, name);
  const app = composeOf(input)?.service(name);
  const link = service?.datastores.find(({ datastore }) => datastore === store);
  if (!service || !app || !link) return [];
  const { url, host } = link.variables;
  const name_ = url ?? host;
  if (name_ === null || isSet(input, service, name_)) return [];
  return [
    {
      file: input.system.layout.compose,
      line: app.line,
      message: `${name} is not told where ${store} is: ${name_} is not set.`,
      hint: `Set ${name_}.`,
    },
  ];
}

/** Whether a variable of a service has a value on a workstation: in Compose, in the image, or in a generated file of secrets. */
export function isSet(input: CheckInput, service: Service, name: string): boolean {
  const app = composeOf(input)?.service(service.name);
  if (!app) return false;
  if (app.environment.has(name)) return true;
  if (isSetByImage(input, service, name)) return true;
  const files = app.envFiles.map((path) => path.slice(path.lastIndexOf('/') + 1));
  return files.some((file) => scriptWords(input).get(file)?.has(name) ?? false);
}

/** Whether the image says a variable itself: an ENV of what it is built of. */
export function isSetByImage(input: CheckInput, service: Service, name: string): boolean {
  const said = new RegExp(`(^|\\s)${name}[= ]`);
  const stages = imageOf(input, service)?.file.final ?? [];
  return stages.some(({ instructions }) => instructions.some((one) => one.name === 'ENV' && said.test(one.text)));
}

/** Name of a file of secrets → the words of script lines that are about it. */
const scriptWords = perInput((input): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  const scripts = input.byRole('other').filter(({ path }) => path.endsWith('.sh'));
  for (const line of scripts.flatMap(({ text: script }) => script.split('\n'))) {
    const words = line.split(/[^\w.-]+/);
    for (const file of words.filter((word) => word.endsWith('.env'))) {
      const known = found.get(file) ?? new Set<string>();
      for (const word of words) known.add(word);
      found.set(file, known);
    }
  }
  return found;
});

/** DEVX-006: updating dependencies is a chore of the bot; the other chores are scripts. */
const chores: Check = {
  id: 'DEVX-006',
  applies: (input) =>
    ready(input, 'security-scan', input.system.layout.dependabot, input.yaml(input.system.layout.dependabot)),
  open: without('scripts', 'renewing the database, fetching logs and rotating certificates come with'),
  run: (input) => {
    const file = input.yaml(input.system.layout.dependabot);
    const entries = list(record(file?.data).updates).map((entry) => text(record(entry)['package-ecosystem']));
    if (entries.some((name) => name === 'npm' || name === 'bun')) return [];
    return [
      {
        file: file?.path ?? '',
        line: file?.line(['updates']) ?? 1,
        message: 'Nothing updates the packages.',
        hint: 'Add an entry for the package manager.',
      },
    ];
  },
};

export const workstation: readonly Check[] = [sameVersions, choices, chores];
