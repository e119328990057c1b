/** DEVX-002, 005, 006, LOG-005, SECRETS-006, DOC-004, DOC-018: what a workstation runs, and what the guide says about it. */
import type { Service } from '../../model.ts';
import type { Applies, Check, CheckInput, Defect } from '../check.ts';
import { type Row, tableRows } from '../parse/markdown.ts';
import { list, record, text } from '../parse/plain.ts';
import { all, appsOf, composeOf, imageName, imageOf, perInput, ready, readyCompose, serviceNamed } from './places.ts';

const guide = (input: CheckInput) => input.artifact(input.system.layout.configuration);

function readyGuide(input: CheckInput): Applies {
  return ready(input, 'configuration', input.system.layout.configuration, guide(input));
}

function without(generator: string, what: string) {
  return (input: CheckInput) =>
    input.system.generators.includes(generator)
      ? null
      : `${what} ${generator}, which is not part of this setup; the rest holds`;
}

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
            hint: `Build ${service.files.dockerfile}.`,
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
  const image = imageOf(input, service);
  const inImage = image?.file.final.some(({ instructions }) =>
    instructions.some((one) => one.name === 'ENV' && new RegExp(`(^|\\s)${name}[= ]`).test(one.text)),
  );
  if (inImage) return true;
  const files = app.envFiles.map((path) => path.slice(path.lastIndexOf('/') + 1));
  return files.some((file) => scriptWords(input).get(file)?.has(name) ?? false);
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

/** LOG-005: LOG_LEVEL is info unless somebody says otherwise. */
const logLevel: Check = {
  id: 'LOG-005',
  applies: (input) => {
    const read = input.system.services.some(({ environment }) => environment.some(({ name }) => name === 'LOG_LEVEL'));
    return all(read || 'no service reads LOG_LEVEL', composeOf(input) || guide(input) ? true : readyGuide(input));
  },
  open: without('scripts', 'the command that prints recent logs comes with'),
  run: (input) =>
    input.system.services
      .filter(({ environment }) => environment.some(({ name }) => name === 'LOG_LEVEL'))
      .flatMap((service): readonly Defect[] => {
        const known = service.environment.find(({ name }) => name === 'LOG_LEVEL')?.local ?? 'info';
        const app = composeOf(input)?.service(service.name);
        const value = app?.environment.get('LOG_LEVEL');
        const defects: Defect[] = [];
        if (app && value !== undefined && value !== known) {
          defects.push({
            file: input.system.layout.compose,
            line: app.lineOf('environment', 'LOG_LEVEL'),
            message: `LOG_LEVEL of ${service.name} is ${value}; unless somebody asks for more it is ${known}.`,
            hint: `Set LOG_LEVEL: ${known}.`,
          });
        }
        const rows = rowsOf(input, service).filter(({ cells }) => cells[0] === 'LOG_LEVEL');
        if (guide(input) && rows.length === 0)
          defects.push({
            file: guide(input)?.path ?? '',
            line: 1,
            message: 'The guide does not mention LOG_LEVEL.',
            hint: 'Restore its row: create-devops-setup init.',
          });
        return defects;
      }),
};

/** Rows of the variables of one service. */
function rowsOf(input: CheckInput, service: Service): readonly Row[] {
  const sections = rowsBySection(input);
  return input.system.services.length === 1 ? [...sections.values()].flat() : (sections.get(service.name) ?? []);
}

/** Rows of variables by the first word of the heading above them. */
const rowsBySection = perInput((input): ReadonlyMap<string, readonly Row[]> => {
  const rows = tableRows(guide(input)?.text ?? '').filter(({ header }) => header[0] === 'Variable');
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.section?.split(' ')[0] ?? '';
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return found;
});

/** SECRETS-006: every variable is declared with what it is, and no secret with a value. */
const sample: Check = {
  id: 'SECRETS-006',
  applies: (input) => {
    const read = input.system.services.some(({ environment }) => environment.length > 0);
    return all(read || 'no service reads a variable', input.byRole('env-sample').length > 0 ? true : readyGuide(input));
  },
  open: (input) =>
    input.byRole('env-sample').length > 0
      ? null
      : `no generator of this setup writes a sample environment file; ${input.system.layout.configuration} declares the variables, and no secret has a value there`,
  run: (input) => {
    const secrets = new Set(
      input.system.services.flatMap(({ environment }) =>
        environment.filter(({ secret }) => secret).map(({ name }) => name),
      ),
    );
    const samples = input.byRole('env-sample').flatMap(({ path, text: source }) => [
      ...source.split('\n').flatMap((line, index) => {
        const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return name && secrets.has(name) && looksReal(value) ? [valued(path, index + 1, name)] : [];
      }),
      ...[...new Set(input.system.services.flatMap(({ environment }) => environment.map(({ name }) => name)))]
        .filter((name) => !new RegExp(`^#?\\s*${name}=`, 'm').test(source))
        .map((name) => ({
          file: path,
          line: 1,
          message: `${name} is missing in the sample settings.`,
          hint: `Add ${name}= with a comment.`,
        })),
    ]);
    const rows = input.system.services.flatMap((service) => rowsOf(input, service));
    return [
      ...samples,
      ...rows.flatMap(({ cells, header, line }) => {
        const value = cells[header.indexOf('Default')] ?? 'none';
        return secrets.has(cells[0] ?? '') && value !== 'none' && value !== ''
          ? [valued(input.system.layout.configuration, line, cells[0] ?? '')]
          : [];
      }),
    ];
  },
};

function looksReal(value: string): boolean {
  return (
    value !== '' &&
    !/^(change-?me|replace-?me|your[-_].*|<.*>|x+|\.\.\.|example.*|placeholder|dummy|secret|password|[a-z]+:\/\/.*localhost.*)$/i.test(
      value.replace(/^["']|["']$/g, ''),
    )
  );
}

function valued(file: string, line: number, name: string): Defect {
  return {
    file,
    line,
    message: `The secret ${name} has a value here.`,
    hint: 'Leave it empty, or write a harmless placeholder.',
  };
}

/** DOC-004: the table of variables equals what the code reads. */
const guideTable: Check = {
  id: 'DOC-004',
  applies: readyGuide,
  open: without('documents', 'the sections about installing and usual problems come with'),
  run: (input) =>
    input.system.services.flatMap((service) => {
      const file = input.system.layout.configuration;
      const rows = rowsOf(input, service);
      const missing = service.environment.filter(({ name }) => !rows.some(({ cells }) => cells[0] === name));
      const wrong = service.environment.flatMap((variable) => {
        const row = rows.find(({ cells }) => cells[0] === variable.name);
        const says = row?.cells[row.header.indexOf('Required')];
        if (!row || says === undefined || says === (variable.required ? 'yes' : 'no')) return [];
        return [
          {
            file,
            line: row.line,
            message: `${variable.name} is ${variable.required ? 'required' : 'optional'} (${variable.seenAt}); the guide says ${says}.`,
            hint: 'create-devops-setup update writes it anew.',
          },
        ];
      });
      const unknown = rows.filter(({ cells }) => !service.environment.some(({ name }) => name === cells[0]));
      return [
        ...missing.map(({ name, seenAt }) => ({
          file,
          line: rows[0]?.line ?? 1,
          message: `${name} is read at ${seenAt}, and the guide does not mention it.`,
          hint: 'create-devops-setup update writes it anew.',
        })),
        ...wrong,
        ...unknown.map(({ cells, line }) => ({
          file,
          line,
          message: `${service.name} reads no ${cells[0]}.`,
          hint: 'create-devops-setup update writes it anew.',
        })),
      ];
    }),
};

/** DOC-018: each service's part names its port and its health endpoint, as the model has them. */
const sheets: Check = {
  id: 'DOC-018',
  applies: readyGuide,
  open: without('documents', 'when a service migrates is told by the sheets of'),
  run: (input) => {
    const page = guide(input);
    if (!page) return [];
    return input.system.services.flatMap((service) => {
      const part = partOf(input, page.text, service);
      const defect = (line: number, what: string) => ({
        file: page.path,
        line,
        message: `The guide does not tell ${what} of ${service.name}.`,
        hint: 'create-devops-setup update writes it anew.',
      });
      if (part === null) return [defect(1, 'anything')];
      const path = service.health.kind === 'http' ? service.health.path : null;
      const wrongPort = service.port !== null && !new RegExp(`\\bport ${service.port}\\b`).test(part.text);
      return [
        ...(wrongPort ? [defect(part.line, `the port ${service.port}`)] : []),
        ...(path !== null && !part.text.includes(`\`GET ${path}\``)
          ? [defect(part.line, `the health endpoint ${path}`)]
          : []),
      ];
    });
  },
};

type Part = Readonly<{ text: string; line: number }>;

function partOf(input: CheckInput, source: string, service: Service): Part | null {
  if (input.system.services.length === 1) return { text: source, line: 1 };
  return parts(input).get(service.name) ?? null;
}

/** The guide cut at its headings, by their first word. */
const parts = perInput((input): ReadonlyMap<string, Part> => {
  const found = new Map<string, Part>();
  const lines = (guide(input)?.text ?? '').split('\n');
  let start = -1;
  for (let at = 0; at <= lines.length; at++) {
    const line = lines[at];
    if (line !== undefined && !line.startsWith('## ')) continue;
    const name = /^## (\S+)/.exec(lines[start] ?? '')?.[1];
    if (name !== undefined && !found.has(name))
      found.set(name, { text: lines.slice(start, at).join('\n'), line: start + 1 });
    start = at;
  }
  return found;
});

export const configuration: readonly Check[] = [sameVersions, choices, chores, logLevel, sample, guideTable, sheets];
