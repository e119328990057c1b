/** RUN-001, RUN-004, RUN-005 and DR-004: the page of an alert, as somebody reads it at 3 AM. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { type Runbook, type Section, wholeText } from '../parse/runbook.ts';
import { alarmsOf } from './agreement-runbooks.ts';
import { without } from './guide.ts';
import { alertPagesOf, alertsOf, RESTORE, readyRunbooks, runbooksOf } from './operations.ts';

const PARTS = [
  'Summary',
  'Impact',
  'First 5 minutes',
  'Diagnosis',
  'Mitigation',
  'Verification',
  'Escalation',
  'After',
];
const STEPS = 5;

function at({ path }: Runbook, line: number, message: string, hint = RESTORE): Defect {
  return { file: path, line, message, hint };
}

/** Sections below a part. */
function below({ sections }: Runbook, part: Section): readonly Section[] {
  const from = sections.indexOf(part);
  const next = sections.findIndex((section, index) => index > from && section.depth <= part.depth);
  return sections.slice(from, next === -1 ? undefined : next);
}

/** RUN-001: eight parts in order, at most five steps with command and expectation, a way back, a way up. */
const pages: Check = {
  id: 'RUN-001',
  applies: (input) => (alertPagesOf(input).size > 0 ? true : readyRunbooks(input)),
  open: () => 'parts, steps, commands and expectations are there; whether they are clear at 3 AM is for people',
  run: (input) => [...alertPagesOf(input).values()].flatMap((page) => [...parts(page), ...first(page), ...rest(page)]),
};

function parts(page: Runbook): readonly Defect[] {
  const titles = page.parts.map(({ title }) => title);
  const missing = PARTS.filter((title) => !titles.includes(title));
  if (missing.length > 0) return missing.map((title) => at(page, 1, `The page has no part "${title}".`));
  const known = titles.filter((title) => PARTS.includes(title));
  const wrong = known.findIndex((title, index) => title !== PARTS[index]);
  return [
    ...(wrong === -1
      ? []
      : [
          at(
            page,
            page.part(new RegExp(`^${known[wrong]}$`))?.line ?? 1,
            `"${known[wrong]}" stands where "${PARTS[wrong]}" is looked for.`,
            `The order is ${PARTS.join(', ')}.`,
          ),
        ]),
    ...page.parts
      .filter((part) => PARTS.includes(part.title) && wholeText(page, part).trim() === part.title)
      .map((part) => at(page, part.line, `"${part.title}" says nothing.`)),
  ];
}

function first(page: Runbook): readonly Defect[] {
  const part = page.part(/^First 5 minutes$/);
  if (!part) return [];
  const inside = below(page, part);
  const steps = inside.flatMap((section) => [
    ...section.steps,
    ...(section !== part && /^\d+\./.test(section.title) ? [section] : []),
  ]);
  const commands = inside.flatMap(({ fences }) => fences);
  const text = wholeText(page, part);
  return [
    ...(steps.length === 0 ? [at(page, part.line, 'The first minutes have no numbered steps.')] : []),
    ...(steps.length > STEPS
      ? [
          at(
            page,
            steps[STEPS]?.line ?? part.line,
            `The first minutes have ${steps.length} steps; nobody does more than ${STEPS} in 5 minutes.`,
          ),
        ]
      : []),
    ...(commands.length === 0 ? [at(page, part.line, 'No step of the first minutes has a command to copy.')] : []),
    ...(/expect/i.test(text) ? [] : [at(page, part.line, 'The first minutes do not tell what is to be seen.')]),
  ];
}

function rest(page: Runbook): readonly Defect[] {
  const escalation = page.part(/^Escalation$/);
  const mitigation = page.part(/^Mitigation$/);
  const verification = page.part(/^Verification$/);
  const bare = page.sections.flatMap(({ fences }) => fences).filter(({ language }) => language === '');
  return [
    ...(escalation && !/\d+\s*min/i.test(wholeText(page, escalation))
      ? [at(page, escalation.line, 'Nobody is told after how many minutes to call for help.')]
      : []),
    ...(mitigation && !/undo|roll(s|ed)? ?back|back again|revert/i.test(wholeText(page, mitigation))
      ? [at(page, mitigation.line, 'No way back is told.')]
      : []),
    ...(verification && below(page, verification).every(({ fences }) => fences.length === 0)
      ? [at(page, verification.line, 'Nothing can be asked to see that it is over.')]
      : []),
    ...bare.map(({ line }) =>
      at(page, line, 'The block does not say what language it is in.', 'Name it behind the fence: ```bash.'),
    ),
  ];
}

/** RUN-004: no critical alert without its page. */
const critical: Check = {
  id: 'RUN-004',
  applies: (input) => {
    const ready = readyRunbooks(input);
    if (ready !== true) return ready;
    return criticals(input).length > 0 ? true : { notChecked: 'no critical alert can be read here' };
  },
  run: (input) => {
    const known = alertPagesOf(input);
    return criticals(input).flatMap((critical): readonly Defect[] => {
      const { alert, file } = critical;
      const page = known.get(alert);
      const message = `${alert} pages, and there is no runbook for it.`;
      if (!page)
        return [
          {
            file,
            line: critical.line,
            message,
            hint: `Restore its page: create-devops-setup restore ${input.system.layout.runbooks}/alerts/${alert}.md.`,
          },
        ];
      const says = page.front.get('severity');
      if (!says || says.value === 'critical') return [];
      return [
        at(page, says.line, `The page says that ${alert} is ${says.value}; it pages.`, 'Set severity: critical.'),
      ];
    });
  },
};

function criticals(input: CheckInput): readonly Readonly<{ alert: string; file: string; line: number }>[] {
  const rules = alertsOf(input).filter(({ labels }) => labels.severity === 'critical');
  const alarms = alarmsOf(input).filter(({ severity }) => severity === 'critical');
  return [...rules, ...alarms.filter(({ alert }) => !rules.some((rule) => rule.alert === alert))];
}

/** RUN-005: who tried it, and when; `never` is an answer. */
const practised: Check = {
  id: 'RUN-005',
  applies: (input) => readyRunbooks(input),
  open: without('deploy-github', 'reminding of pages that nobody tried lately comes with'),
  run: (input) =>
    [...runbooksOf(input)]
      .filter(([name]) => !/(^|\/)(README|index)$/i.test(name))
      .flatMap(([, page]) =>
        ['owner', 'last_tested']
          .filter((key) => !page.front.get(key)?.value)
          .map((key) =>
            at(
              page,
              1,
              `The page does not say ${key === 'owner' ? 'whose it is' : 'when it was tried last'}.`,
              `Add ${key} to the front matter${key === 'owner' ? '' : ' (a date, or never)'}.`,
            ),
          )
          .concat(dates(page)),
      ),
};

function dates(page: Runbook): readonly Defect[] {
  const tested = page.front.get('last_tested');
  if (!tested?.value || tested.value === 'never' || /^\d{4}-\d{2}-\d{2}$/.test(tested.value)) return [];
  return [at(page, tested.line, `${tested.value} is no date.`, 'Write it as 2026-03-31, or never.')];
}

/** DR-004: critical outages end within 30 minutes, so help is called long before. */
const limited: Check = {
  id: 'DR-004',
  applies: (input) => {
    const ready = readyRunbooks(input);
    return ready === true && criticals(input).length === 0
      ? { notChecked: 'no critical alert can be read here' }
      : ready;
  },
  open: without('documents', 'the figure that is followed comes with'),
  run: (input) =>
    criticals(input).flatMap(({ alert }): readonly Defect[] => {
      const page = alertPagesOf(input).get(alert);
      const part = page?.part(/^Escalation$/);
      if (!page || !part) return [];
      const late = [...wholeText(page, part).matchAll(/(\d+)\s*min/gi)]
        .map((found) => Number(found[1]))
        .filter((minutes) => minutes > 30);
      return late.length === 0
        ? []
        : [at(page, part.line, `Help is called after ${Math.max(...late)} minutes; after 30 it is to be over.`)];
    }),
};

export const runbookPages: readonly Check[] = [pages, critical, practised, limited];
