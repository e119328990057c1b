/** LOG-005, SECRETS-006, DOC-004 and DOC-018: what the guide says about variables and services. */
import type { Service } from '../../model.ts';
import type { Applies, Check, CheckInput, Defect } from '../check.ts';
import { type Row, tableRows } from '../parse/markdown.ts';
import { RESTORE } from './operations.ts';
import { all, composeOf, perInput, ready } from './places.ts';

const guide = (input: CheckInput) => input.artifact(input.system.layout.configuration);

function readyGuide(input: CheckInput): Applies {
  return ready(input, 'configuration', input.system.layout.configuration, guide(input));
}

export function without(generator: string, what: string) {
  return (input: CheckInput) =>
    input.system.generators.includes(generator)
      ? null
      : `${what} ${generator}, which is not part of this setup; the rest holds`;
}

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
            hint: 'Restore its row: create-devops-setup restore <file>.',
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
            hint: RESTORE,
          },
        ];
      });
      const unknown = rows.filter(({ cells }) => !service.environment.some(({ name }) => name === cells[0]));
      return [
        ...missing.map(({ name, seenAt }) => ({
          file,
          line: rows[0]?.line ?? 1,
          message: `${name} is read at ${seenAt}, and the guide does not mention it.`,
          hint: RESTORE,
        })),
        ...wrong,
        ...unknown.map(({ cells, line }) => ({
          file,
          line,
          message: `${service.name} reads no ${cells[0]}.`,
          hint: RESTORE,
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
        hint: RESTORE,
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

export const guideChecks: readonly Check[] = [logLevel, sample, guideTable, sheets];
