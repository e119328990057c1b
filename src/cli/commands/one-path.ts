/** What `restore`, `adopt` and `unmanage` share: one path is decided about, and nothing else is written. */

import { SetupError } from '../../errors.ts';
import type { Style } from '../../io/terminal.ts';
import type { Intent, Plan } from '../../model.ts';
import { type Inspection, inspect, leaveTo, type Request } from '../../pipeline.ts';
import { begin, requireConfig } from '../begin.ts';
import type { Context } from '../context.ts';
import { writtenJson } from '../data.ts';
import { type Decided, decide } from '../deciding.ts';
import { run } from '../flow.ts';
import { knownPath } from '../paths.ts';
import { planText, plural, reasonOf, rowsText, wrap } from '../text/plan.ts';
import { UNDO } from '../text/written.ts';

export type OnePath = Readonly<{
  /** Null: it is taken out of our care. */
  intent: Intent | null;
  askingPolicy?: 'fail';
  /** After the write: `Dockerfile is yours from now on`. */
  said: (path: string, decided: Decided) => string;
}>;

/** Exit 0 done or nothing to do; 1 the person said no, or a conflict is left; 2 an error, nothing written. */
export function decideOnePath(context: Context, { intent, askingPolicy, said }: OnePath): Promise<number> {
  const { args, terminal } = context;
  const { style, columns } = terminal;
  const found = begin(context);
  requireConfig(found, args.command);
  // A subfolder only helps to find the path: it selects no services here.
  const request = { ...context.request, only: null };
  const { plan: whole } = decide(context, { inspection: found, request, ask: 'open' });
  // What is left to its owner already is known by the name that was left.
  const left = intent === null ? [...found.unmanaged].map((name) => ({ path: name })) : [];
  const path = knownPath(args.words[0] ?? '', [...whole.changes, ...left], context.request.only);
  const from = whole.changes.find((change) => change.path === path)?.from;
  // A moved file is left to its owner by both names: its generator writes none again at the first.
  const choices = [path, ...(from === undefined ? [] : [from])].reduce(
    (so, name) => leaveTo(so, name, intent === null),
    found,
  );
  const inspection = intent === null ? choices : asOurs(choices, path);
  return run(context, {
    inspection,
    request,
    ask: 'open',
    ...(askingPolicy === undefined ? {} : { askingPolicy }),
    decisions: () => ({
      only: new Set([path]),
      ...(intent === null ? {} : { intents: new Map([[path, intent]]) }),
    }),
    label: `${args.command} ${path}`,
    show: ({ plan }) => `${sameRow(plan, path, style, columns)}${planText(plan, style, columns)}`,
    done: (decided) =>
      `  ${style.green('✓')} ${wrap(`${said(path, decided)}${followers(context, request)}`, columns - 4, 4)}\n  ${UNDO}\n`,
    data: (decided, written) => writtenJson(context, decided, written, { path }),
  });
}

/** What we write for a file of ours may differ from what we propose beside one of theirs; from now on it is ours. */
function asOurs(inspection: Inspection, path: string): Inspection {
  const { facts } = inspection;
  return { ...inspection, facts: { ...facts, existing: facts.existing.filter((file) => file.path !== path) } };
}

/** The file itself, where its text stays as it is and only what we remember of it changes. */
function sameRow({ changes }: Plan, path: string, style: Style, columns: number): string {
  const same = changes.filter((change) => change.path === path && change.kind === 'unchanged');
  return rowsText(
    same.map((change) => ['=', path, reasonOf(change)]),
    style,
    columns,
  );
}

/** Other files may say something else once this one is theirs, or ours: an image of their own is built in another way. */
function followers(context: Context, request: Request): string {
  try {
    const { plan } = decide(context, { inspection: inspect(context.ports), request, ask: 'open' });
    const count = plan.changes.filter(({ kind }) => ['create', 'update', 'delete', 'conflict'].includes(kind)).length;
    if (count === 0) return '';
    return ` The next update changes ${plural(count)}: create-devops-setup plan`;
  } catch (error) {
    // It is written: that the next run will find something in its way takes nothing of that back.
    if (!(error instanceof SetupError)) throw error;
    return ' Something is in the way of the next update: create-devops-setup plan';
  }
}
