/** X-RUNBOOKS: every alert has exactly one page, every page an alert, and links lead to them. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { list, record, text } from '../parse/plain.ts';
import {
  alertPagesOf,
  alertsOf,
  readyAlerts,
  readyRunbooks,
  runbooksOf,
  stackServicesOf,
  stackServicesPath,
} from './operations.ts';

const runbooks: Check = {
  id: 'X-RUNBOOKS',
  applies: (input) => {
    const pages = readyRunbooks(input);
    if (pages !== true) return pages;
    return alertsOf(input).length > 0 || alarmsOf(input).length > 0 ? true : readyAlerts(input);
  },
  run: (input) => [...unexplained(input), ...orphans(input), ...links(input)],
};

export type Alarm = Readonly<{ file: string; alert: string; severity: string; runbook: string; line: number }>;

/** Alarms of CloudWatch, as the stacks declare them. */
export function alarmsOf(input: CheckInput): readonly Alarm[] {
  const stacks = stackServicesOf(input);
  const file = stackServicesPath(input);
  return list(stacks?.data.alarms).map((value, index) => ({
    file,
    alert: text(record(value).alert) ?? '',
    severity: text(record(value).severity) ?? '',
    runbook: text(record(value).runbook) ?? '',
    get line() {
      return stacks?.yaml.line(['alarms', index, 'alert']) ?? 1;
    },
  }));
}

/** Where an alert is declared: its rule, else its alarm. */
function places(input: CheckInput): ReadonlyMap<string, Readonly<{ file: string; line: number }>> {
  const alarms = alarmsOf(input).toReversed();
  return new Map([...alarms, ...alertsOf(input)].map((one) => [one.alert, one]));
}

function unexplained(input: CheckInput): readonly Defect[] {
  const pages = alertPagesOf(input);
  const folder = `${input.system.layout.runbooks}/alerts`;
  return [...places(input)]
    .filter(([alert]) => !pages.has(alert))
    .map(([alert, place]) => ({
      file: place.file,
      line: place.line,
      message: `${alert} has no runbook.`,
      hint: `Restore its page: create-devops-setup restore ${folder}/${alert}.md.`,
    }));
}

function orphans(input: CheckInput): readonly Defect[] {
  const known = new Set(places(input).keys());
  return [...alertPagesOf(input)].flatMap(([name, page]): readonly Defect[] => {
    const says = page.front.get('alert');
    if (says && says.value !== name)
      return [
        {
          file: page.path,
          line: says.line,
          message: `The page is called ${name}, and says it is about ${says.value}.`,
          hint: `Set alert: ${name}.`,
        },
      ];
    if (known.has(name) || !decidable(input, page.front.get('signals')?.value ?? '')) return [];
    return [
      {
        file: page.path,
        line: 1,
        message: `No alert is called ${name}: nobody will ever be led to this page.`,
        hint: 'Delete it, or restore its alert.',
      },
    ];
  });
}

/** Where an alert that only CloudWatch raises is declared may be no part of this setup, or gone; that is told by X-FILES. */
function decidable(input: CheckInput, signals: string): boolean {
  if (/prometheus/.test(signals)) return alertsOf(input).length > 0;
  if (/cloudwatch/.test(signals)) return stackServicesOf(input) !== null;
  return true;
}

/** `https://…/blob/main/docs/runbooks/alerts/X.md#heading`: the path behind the branch, and the heading. */
function links(input: CheckInput): readonly Defect[] {
  const folder = `${input.system.layout.runbooks}/`;
  const pages = runbooksOf(input);
  const { repository } = input.system.project;
  const addresses = [
    ...alertsOf(input).map((rule) => ({
      file: rule.file,
      line: () => rule.lineOf('annotations', 'runbook_url'),
      name: rule.alert,
      url: rule.annotations.runbook_url ?? '',
    })),
    ...alarmsOf(input).map((alarm) => ({
      file: alarm.file,
      line: () => alarm.line,
      name: alarm.alert,
      url: alarm.runbook,
    })),
  ];
  return addresses
    .filter(({ url }) => url !== '')
    .flatMap(({ file, line, name, url }): readonly Defect[] => {
      const at = url.indexOf(folder);
      const [path = '', anchor] = url.slice(at + folder.length).split('#');
      const page = at === -1 ? undefined : pages.get(path.replace(/\.md$/, ''));
      const wrong = (message: string) => [{ file, line: line(), message, hint: `Link ${folder}alerts/${name}.md.` }];
      if (!page) return wrong(`The runbook of ${name} is said to be ${url}, where there is no page.`);
      if (anchor !== undefined && !page.sections.some(({ title }) => slug(title) === anchor))
        return wrong(`${page.path} has no heading #${anchor}.`);
      if (path.startsWith('alerts/') && path !== `alerts/${name}.md`)
        return wrong(`${name} links the page of another alert.`);
      if (at > 0 && repository && !url.startsWith(`${repository.url}/`))
        return wrong(`The runbook of ${name} is looked for in another repository.`);
      return [];
    });
}

/** A heading as GitHub links it. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

export const agreementRunbooks: readonly Check[] = [runbooks];
