/** `undo`: takes the last write back, byte for byte. */
import type { Undoable } from '../../model.ts';
import { finishEarlierRun } from '../begin.ts';
import type { Context } from '../context.ts';
import { agree, stoppable } from '../flow.ts';
import { jsonText } from '../json.ts';
import { plural, type Row, rowsText, wrap } from '../text/plan.ts';

/**
 * An interrupted run counts as the last write: where its recovery has taken one back, or finished to, no other is.
 * Exit 0 taken back, or nothing to take back; 1 the person said no; 2 a file was edited since, and nothing was touched.
 */
export async function undo(context: Context): Promise<number> {
  const { terminal, args, writer } = context;
  const { style, columns, say, out } = terminal;
  const gone = finishEarlierRun(context);
  const disk = writer();
  const last = disk.undoable();
  const tell = (undone: boolean, write = last): void => {
    if (args.json) out(jsonText('undo', { undone, dryRun: args.dryRun, write }));
  };
  if (gone !== null) {
    tell(true, gone);
    const more = last === null ? '' : ` Run undo again to take back the write before it, ${last.label}, as well.`;
    say(`  ${style.green('✓')} ${wrap(`Everything is as before ${gone.label}.${more}`, columns - 4, 4)}\n`);
    return 0;
  }
  if (last === null) {
    tell(false);
    say('  Nothing to take back: no write is on record here.\n');
    return 0;
  }
  say(`  The last write, ${style.bold(last.label)}:\n${rowsText(rows(last), style, columns)}`);
  if (!(await agree(context, 'Take it back?', 'take it back'))) return 1;
  if (args.dryRun) {
    tell(false);
    say('  Dry run: nothing was written.\n');
    return 1;
  }
  const done = stoppable(() => disk.undo());
  tell(true);
  // The same number that the write told; our own records go along.
  const files = (paths: readonly string[]): number => paths.filter((path) => !path.startsWith(RECORDS)).length;
  const [created, changed, deleted] = [files(done.created), files(done.changed), files(done.deleted)];
  const back = [
    ...(changed > 0 ? [`${plural(changed)} as ${changed === 1 ? 'it was' : 'they were'}`] : []),
    ...(deleted > 0 ? [`${plural(deleted)} back`] : []),
    ...(created > 0 ? [`${plural(created)} gone again`] : []),
  ];
  say(
    `\n  ${style.green('✓')} ${back.join(', ') || `the records in ${RECORDS} as they were`}: everything is as before ${done.label}.\n`,
  );
  return 0;
}

/** By folder, and our own records in one row: what becomes of them when the write is taken back. */
function rows({ created, changed, deleted }: Undoable): readonly Row[] {
  return [
    ...grouped('-', created, 'goes again', 'go again'),
    ...grouped('~', changed, 'as it was before', 'as they were before'),
    ...grouped('+', deleted, 'comes back', 'come back'),
  ];
}

const RECORDS = '.devops/';

function grouped(sign: string, paths: readonly string[], one: string, many: string): readonly Row[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = path.startsWith(RECORDS) ? RECORDS : path.slice(0, path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), path.slice(folder.length)]);
  }
  return [...folders].flatMap(([folder, names]): readonly Row[] => {
    if (folder === '') return names.map((name): Row => [sign, name, one]);
    if (folder === RECORDS) return [[sign, folder, 'our records']];
    const [name = ''] = names;
    return [names.length === 1 ? [sign, folder + name, one] : [sign, folder, `${plural(names.length)} ${many}`]];
  });
}
