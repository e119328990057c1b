/** `explain`: which standard a line serves, who asks for it, how it is checked, and where it is served. */
import { diffOf } from '../../core/diff.ts';
import { entryIn, placeOf } from '../../core/lock.ts';
import { SetupError } from '../../errors.ts';
import type { Change, Plan, RenderedFile } from '../../model.ts';
import { answer, inspect, makePlan, requireAnswers, verifySetup } from '../../pipeline.ts';
import { explainLine, explainStandard } from '../../standards/explain.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../json.ts';
import { lineText, standardText } from '../text/explain.ts';

/** @throws SetupError USAGE for a path that no generator writes and an id that is not in the catalogue. */
export function explain({ ports, request, terminal, args }: Context): number {
  const word = args.words[0] ?? '';
  const inspection = inspect(ports);
  const resolution = answer(inspection, request);
  requireAnswers(inspection, resolution);
  const { setup, report } = verifySetup(ports, inspection, resolution);
  const place = (path: string): string => placeOf(path, entryIn(inspection.lock, path));
  // People speak of files where they are, also when they moved them.
  const marked = setup.generated.files.map((file) => ({ ...file, path: place(file.path) }));
  const { outStyle } = terminal;

  if (/^[A-Za-z][A-Za-z0-9]*-\d{3}$/.test(word)) {
    const explained = explainStandard(word, ports.catalog, report.verdicts, marked);
    terminal.out(args.json ? jsonText('explain', explained) : standardText(explained, outStyle, terminal.columns));
    return 0;
  }
  const [, path = word, line] = /^(.+?):(\d+)$/.exec(word) ?? [];
  const clean = place(path.replaceAll('\\', '/').replace(/^\.\//, ''));
  const onDisk = line === undefined ? null : Number(line);
  const plan = makePlan(ports, inspection, setup, { policy: 'leave' });
  const explained = explainLine(
    clean,
    onDisk === null ? null : renderedLine(plan, marked, clean, onDisk),
    marked,
    ports.catalog,
  );
  if (explained === null) {
    throw new SetupError({
      code: 'USAGE',
      place: clean,
      message: 'none of the chosen generators writes this file.',
      hint: 'See `create-devops-setup plan` for the files, or give a standard such as CI-003.',
    });
  }
  terminal.out(
    args.json
      ? jsonText('explain', explained)
      : lineText({ ...explained, line: onDisk }, report.findings, outStyle, terminal.columns),
  );
  return 0;
}

/** A line of the file on disk → the line of ours that it came from: people add and remove lines above it, and so does a merge. */
function renderedLine(plan: Plan, rendered: readonly RenderedFile[], path: string, line: number): number {
  const change = plan.changes.find((one) => one.path === path);
  if (!change || change.before === null || change.before === change.after) return line;
  const file = rendered.find((one) => one.path === path && one.ownership === 'own');
  const { before } = change;
  const compared: Change = file ? { ...change, kind: 'keep', before, after: file.text, foreign: false } : change;
  const lines = diffOf(compared, Number.MAX_SAFE_INTEGER).hunks.flatMap((hunk) => hunk.lines);
  const known = lines.findLast((one) => one.kind === 'same' && one.old !== null && one.old <= line);
  return known?.new ?? line;
}
