/** RUN-007, RUN-010 and CD-028: what is filled in while things happen: messages, postmortems, checklists. */
import type { Check, Defect } from '../check.ts';
import { tableRows } from '../parse/markdown.ts';
import type { Runbook } from '../parse/runbook.ts';
import { without } from './guide.ts';
import { RESTORE, readyRunbooks, runbook } from './operations.ts';

function at({ path }: Runbook, line: number, message: string, hint = RESTORE): Defect {
  return { file: path, line, message, hint };
}

/** RUN-007: a message begins with who is hurt. */
const message: Check = {
  id: 'RUN-007',
  applies: (input) => readyRunbooks(input, 'incident-response'),
  open: without('documents', 'the form of an incident comes with'),
  run: (input) => {
    const page = runbook(input, 'incident-response');
    const part = page?.part(/communicate/i);
    if (!page || !part) return [];
    const template = part.fences.find(({ text }) => /^\w[\w ]*:/m.test(text));
    if (!template) return [at(page, part.line, 'There is no template of a message.')];
    const first = /^[\w ]*/.exec(template.text.trimStart())?.[0] ?? '';
    if (/impact/i.test(first)) return [];
    return [
      at(
        page,
        template.line,
        `The message begins with "${first.trim()}"; first comes who is hurt.`,
        'Begin with the impact.',
      ),
    ];
  },
};

const SEVEN = ['summary', 'timeline', 'root cause', 'impact', 'mitigation', 'prevention', 'action'];

/** RUN-010: seven parts in order, actions with owner and due date. */
const postmortem: Check = {
  id: 'RUN-010',
  applies: (input) => readyRunbooks(input, 'incident-response'),
  open: without('documents', 'the document to be filled in comes with'),
  run: (input) => {
    const page = runbook(input, 'incident-response');
    if (!page) return [];
    const rows = tableRows(page.text).filter(({ section }) => /review|postmortem/i.test(section ?? ''));
    const line = page.part(/review/i)?.line ?? 1;
    const named = rows.map(({ cells }) => SEVEN.find((part) => cells[0]?.toLowerCase().startsWith(part)) ?? null);
    const order = named.filter((part) => part !== null);
    const missing = SEVEN.filter((part) => !order.includes(part));
    if (missing.length > 0) return missing.map((part) => at(page, line, `A postmortem lacks the part "${part}".`));
    const wrong = order.findIndex((part, index) => part !== SEVEN[index]);
    const actions = rows[named.indexOf('action')];
    const bound = /owner/i.test(actions?.cells.join(' ') ?? '') && /due/i.test(actions?.cells.join(' ') ?? '');
    return [
      ...(wrong === -1
        ? []
        : [
            at(
              page,
              rows[named.indexOf(order[wrong] as string)]?.line ?? line,
              `"${order[wrong]}" stands where "${SEVEN[wrong]}" is looked for.`,
            ),
          ]),
      ...(bound ? [] : [at(page, actions?.line ?? line, 'An action has no owner or no due date.')]),
    ];
  },
};

const LISTS: readonly (readonly [part: RegExp, name: string, items: number])[] = [
  [/^before/i, 'before', 7],
  [/^during/i, 'during', 5],
  [/^after/i, 'after', 6],
];

/** CD-028: seven points before a deployment, five while it goes on, six after it. */
const checklists: Check = {
  id: 'CD-028',
  applies: (input) => readyRunbooks(input, 'deployment'),
  open: without('documents', 'the form to be ticked comes with'),
  run: (input) => {
    const page = runbook(input, 'deployment');
    if (!page) return [];
    return LISTS.flatMap(([title, name, items]): readonly Defect[] => {
      const part = page.part(title);
      if (!part) return [at(page, 1, `There is no list of what to do ${name} a deployment.`)];
      const found = part.text.split('\n').filter((line) => /^- \[[ x]\] /.test(line)).length;
      return found === items
        ? []
        : [at(page, part.line, `The list for ${name} a deployment has ${found} points; it is to have ${items}.`)];
    });
  },
};

export const runbookTemplates: readonly Check[] = [message, postmortem, checklists];
