/** RUN-002, RUN-003, RUN-006, RUN-008, ALERT-017, DR-003 and IAC-007: the runbooks that every project has. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { record, text } from '../parse/plain.ts';
import { type Runbook, wholeText } from '../parse/runbook.ts';
import { without } from './guide.ts';
import { RESTORE, readyRunbooks, runbook, runbooksOf } from './operations.ts';
import { all } from './places.ts';
import { openInStacks } from './stack-tests.ts';

function at({ path }: Runbook, line: number, message: string, hint = RESTORE): Defect {
  return { file: path, line, message, hint };
}

const FOUR = ['deployment', 'incident-response', 'scaling', 'disaster-recovery'];

/** What somebody meant to fill in later. */
const PLACEHOLDER =
  /\b(TODO|TBD|FIXME|XXX|lorem ipsum)\b|\bexample\.(com|org|net)\b|<(your|my|insert|service|team|name|url|id|account|region|date)[\w -]*>|\bREPLACE[_-]?ME\b/i;

/** RUN-002: the four are there, and nothing in them waits to be filled in. */
const four: Check = {
  id: 'RUN-002',
  applies: (input) => readyRunbooks(input),
  run: (input) => [
    ...FOUR.filter((name) => !runbook(input, name)).map((name) => ({
      file: `${input.system.layout.runbooks}/${name}.md`,
      message: `The runbook ${name} is not there.`,
      hint: 'Restore it: create-devops-setup restore <file>.',
    })),
    ...[...runbooksOf(input).values()].flatMap((page) =>
      page.text.split('\n').flatMap((line, index) => {
        const found = PLACEHOLDER.exec(line)?.[0];
        return found === undefined
          ? []
          : [at(page, index + 1, `${found} waits to be filled in.`, 'Write what it is; people stand in the contacts.')];
      }),
    ),
  ],
};

const COMPONENTS: readonly (readonly [component: string, heading: RegExp])[] = [
  ['the application', /application|service/i],
  ['a migration', /migration|database/i],
  ['the infrastructure', /infrastructure|stack/i],
  ['configuration', /configuration|setting|secret/i],
];

/** RUN-003: how each component goes back, how long it may take, what to look at then. */
const rollback: Check = {
  id: 'RUN-003',
  applies: (input) => readyRunbooks(input, 'rollback'),
  run: (input) => {
    const page = runbook(input, 'rollback');
    if (!page) return [];
    const limit = /\b(2|two)[ -]minutes?\b/i.test(page.text);
    const verifies = /verif|healthy|check that/i.test(page.text);
    return [
      ...COMPONENTS.filter(
        ([, heading]) => !page.sections.some(({ title, depth }) => depth >= 2 && heading.test(title)),
      ).map(([component]) => at(page, 1, `The page does not tell how to roll back ${component}.`)),
      ...(limit ? [] : [at(page, 1, 'The page does not say that a rollback takes 2 minutes at most.')]),
      ...(verifies ? [] : [at(page, 1, 'The page does not say what to verify after a rollback.')]),
    ];
  },
};

const PHASES = ['assess', 'communicate', 'mitigate', 'investigate', 'resolve', 'review'];

/** RUN-006: assess, communicate, mitigate, investigate, resolve, review. */
const phases: Check = {
  id: 'RUN-006',
  applies: (input) => readyRunbooks(input, 'incident-response'),
  run: (input) => {
    const page = runbook(input, 'incident-response');
    if (!page) return [];
    const headings = page.parts.map(({ title }) => PHASES.find((phase) => title.toLowerCase().includes(phase)) ?? null);
    const order = headings.filter((phase) => phase !== null);
    const missing = PHASES.filter((phase) => !order.includes(phase));
    if (missing.length > 0) return missing.map((phase) => at(page, 1, `The phase "${phase}" is missing.`));
    const wrong = order.findIndex((phase, index) => phase !== PHASES[index]);
    if (wrong === -1) return [];
    const part = page.parts[headings.indexOf(order[wrong] as string)];
    return [
      at(
        page,
        part?.line ?? 1,
        `"${order[wrong]}" stands where "${PHASES[wrong]}" is looked for.`,
        `The order is ${PHASES.join(', ')}.`,
      ),
    ];
  },
};

const SEVERITIES = ['critical', 'warning', 'info'];

/** RUN-008: each severity has its row in the table of escalation. */
const opening: Check = {
  id: 'RUN-008',
  applies: (input) => readyRunbooks(input, 'incident-response'),
  open: without('documents', 'the form that asks for a severity comes with'),
  run: (input) => {
    const page = runbook(input, 'incident-response');
    if (!page) return [];
    const rows = page.text.split('\n').filter((line) => line.startsWith('|'));
    return SEVERITIES.filter((severity) => !rows.some((row) => new RegExp(`\\b${severity}\\b`, 'i').test(row))).map(
      (severity) => at(page, 1, `No row of the table tells what happens when an incident is ${severity}.`),
    );
  },
};

/** ALERT-017: levels with minutes, and contacts that stand in one place. */
const escalation: Check = {
  id: 'ALERT-017',
  applies: (input) => readyRunbooks(input, 'incident-response'),
  open: (input) => {
    const blanks = blankContacts(input);
    return blanks.length === 0
      ? null
      : `the levels are written; ${input.system.layout.contacts} still waits for ${blanks.join(', ')}`;
  },
  run: (input) => {
    const page = runbook(input, 'incident-response');
    if (!page) return [];
    const { contacts } = input.system.layout;
    const name = contacts.slice(contacts.lastIndexOf('/') + 1);
    const minutes = [...page.text.matchAll(/\b\d+\s*min/gi)].length;
    return [
      ...(minutes >= 2 ? [] : [at(page, 1, 'The page does not say after how many minutes the next level is called.')]),
      ...(page.text.includes(name) ? [] : [at(page, 1, `The page does not lead to ${name}, where people stand.`)]),
      ...(input.artifact(contacts) || input.exists(contacts)
        ? []
        : [
            {
              file: contacts,
              message: 'There is no list of contacts.',
              hint: 'Restore it: create-devops-setup restore <file>.',
            },
          ]),
    ];
  },
};

/** Roles that nobody has filled in: the ones whose name is empty. */
function blankContacts(input: CheckInput): readonly string[] {
  const data = record(input.yaml(input.system.layout.contacts)?.data);
  return Object.entries(record(data.roles))
    .filter(([, role]) => !text(record(role).name))
    .map(([name]) => name.replaceAll('_', ' '));
}

/** DR-003: the runbook repeats the objectives of a recovery. */
const objectives: Check = {
  id: 'DR-003',
  applies: (input) => readyRunbooks(input, 'disaster-recovery'),
  open: openInStacks('DR-003'),
  run: (input) => {
    const page = runbook(input, 'disaster-recovery');
    if (!page) return [];
    const { rtoMinutes, rpoMinutes } = input.system.infrastructure.recovery;
    return (
      [
        ['RTO', rtoMinutes],
        ['RPO', rpoMinutes],
      ] as const
    )
      .filter(([name, minutes]) => !says(page, name, minutes))
      .map(([name, minutes]) =>
        at(
          page,
          lineOf(page, name),
          `The page does not say that the ${name} is ${minutes} minutes.`,
          `The configuration says so (infrastructure.recovery).`,
        ),
      );
  },
};

/** `RTO` and its minutes, or hours, on one line or in one row of a table under a heading that names it. */
function says(page: Runbook, name: string, minutes: number): boolean {
  const spellings = [`${minutes} ?min`, ...(minutes % 60 === 0 ? [`${minutes / 60} ?h`] : [])].join('|');
  const amount = new RegExp(`\\b(${spellings})`, 'i');
  const lines = page.text.split('\n');
  return lines.some((line, index) => {
    if (!line.includes(name)) return false;
    if (amount.test(line)) return true;
    return (
      line.startsWith('|') &&
      lines
        .slice(index + 2)
        .some((row, at, rows) => rows.slice(0, at + 1).every((one) => one.startsWith('|')) && amount.test(row))
    );
  });
}

function lineOf(page: Runbook, word: string): number {
  return page.text.split('\n').findIndex((line) => line.includes(word)) + 1 || 1;
}

/** IAC-007: an older state can be brought back, and it is told how. */
const state: Check = {
  id: 'IAC-007',
  applies: (input) =>
    all(
      readyRunbooks(input, 'disaster-recovery'),
      input.system.generators.includes('cdktf-aws') ? true : { notChecked: 'cdktf-aws is not part of this setup' },
    ),
  open: openInStacks('IAC-007'),
  run: (input) => {
    const page = runbook(input, 'disaster-recovery');
    if (!page) return [];
    const section = page.sections.find(({ title }) => /\bstate\b/i.test(title));
    if (section && /version/i.test(wholeText(page, section)) && /aws s3api|versionId|version-id/i.test(page.text))
      return [];
    return [
      at(page, section?.line ?? 1, 'The page does not tell how an older state of the infrastructure is brought back.'),
    ];
  },
};

export const runbookSet: readonly Check[] = [four, rollback, phases, opening, escalation, objectives, state];
