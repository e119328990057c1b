/** `update`: this release on what is here. Hand edits stay, news come in, and where both meet a person decides. */
import type { Plan } from '../../model.ts';
import { begin, requireConfig } from '../begin.ts';
import type { Context } from '../context.ts';
import { writtenJson } from '../data.ts';
import type { Decided } from '../deciding.ts';
import { run } from '../flow.ts';
import { type Lost, lostLines, type Survey, survey } from '../survey.ts';
import { migratedText, wrap } from '../text/plan.ts';
import { doneText, headerText, updateText } from '../text/update.ts';
import { UNDO, verifiedText } from '../text/written.ts';

/** Exit 0 up to date; 1 conflicts left, or the person said no; 2 an error, nothing written. */
export async function update(context: Context): Promise<number> {
  const { terminal, ports, request } = context;
  const { style, columns } = terminal;
  const inspection = begin(context);
  const lock = requireConfig(inspection, 'update');
  const look = (plan: Plan): Survey => survey(lock, plan);
  // The bases are written over by the update itself: what would be lost is counted before.
  const lost = new Map<Plan, readonly Lost[]>();
  const lostIn = ({ plan, decisions }: Decided): readonly Lost[] => {
    const known = lost.get(plan) ?? lostLines(ports.files, plan, decisions.answers);
    lost.set(plan, known);
    return known;
  };
  return run(context, {
    inspection,
    request,
    ask: 'open',
    label: 'update',
    show: ({ plan }) => {
      const found = look(plan);
      return `  ${headerText(found, ports.tool.version)}\n${migratedText(inspection, style, columns)}${updateText(plan, found, style, columns)}`;
    },
    idle: ({ plan }) => `  ${headerText(look(plan), ports.tool.version)}\n`,
    before: (decided) => void lostIn(decided),
    done: (decided, seconds) => {
      const { plan, setup } = decided;
      const gone = lostIn(decided);
      const done = `${doneText(plan, look(plan), gone.length, decided.decisions.answers)} in ${seconds.toFixed(2)} s · ${verifiedText(ports, plan, setup)}`;
      const rows = gone.map(
        ({ path, line }) => `  ${style.yellow('!')} ${path}: this line of yours is not in it any more: ${line}\n`,
      );
      return `  ${style.green('✓')} ${wrap(done, columns - 4, 4)}\n${rows.join('')}  ${UNDO}\n`;
    },
    data: (decided, written) => {
      const { from, managed, untouched } = look(decided.plan);
      return writtenJson(context, decided, written, { from, managed, untouched, lost: lostIn(decided) });
    },
  });
}
