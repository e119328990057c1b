/** `init`, the main job: detect, ask, plan, confirm, write, verify, next steps. */
import { ignoredByGit } from '../../core/ignored.ts';
import type { Plan } from '../../model.ts';
import { answer, EMPTY_REQUEST, type Inspection } from '../../pipeline.ts';
import { begin } from '../begin.ts';
import type { Context } from '../context.ts';
import { writtenJson } from '../data.ts';
import type { Decided } from '../deciding.ts';
import { run } from '../flow.ts';
import { factsText } from '../text/facts.ts';
import { migratedText, planSummary, planText, wrap } from '../text/plan.ts';
import { nextStepsText } from '../text/steps.ts';
import { UNDO, verifiedText, writtenText } from '../text/written.ts';
import { TOOL } from '../tool.ts';
import { writtenBefore } from './facts.ts';

/** Exit 0 written or nothing to do; 1 conflicts left, or the person said no; 2 an error, nothing written. */
export async function init(context: Context): Promise<number> {
  const started = performance.now();
  const inspection = begin(context);
  greet(context, inspection, (performance.now() - started) / 1000);
  return setUp(context, inspection);
}

/** The same with the greeting done; `add` comes in here with one more generator. */
export function setUp(context: Context, inspection: Inspection): Promise<number> {
  return run(context, {
    inspection,
    request: context.request,
    ask: inspection.config === null ? 'first' : 'open',
    label: context.args.command,
    show: (decided) => planBlock(context, decided),
    done: (decided, seconds) => doneText(context, decided, seconds),
    data: (decided, written) => writtenJson(context, decided, written),
  });
}

function greet({ terminal, ports }: Context, inspection: Inspection, seconds: number): void {
  const { style } = terminal;
  const names = new Map(answer(inspection, EMPTY_REQUEST).services.map(({ name, facts }) => [facts.path, name]));
  const [first] = names.values();
  const project = inspection.facts.repository?.value.name ?? first ?? 'this folder';
  const standards = ports.catalog.length;
  terminal.say(`\n  ${style.bold(`${TOOL.name} ${TOOL.version}`)} · 5 personas · ${standards} standards\n\n`);
  terminal.say(`  What I found in ${style.bold(project)} (${seconds.toFixed(2)} s, nothing executed)\n`);
  const view = { names, ours: writtenBefore(inspection), style, columns: terminal.columns };
  terminal.say(`${factsText(inspection.facts, view)}\n`);
}

/** The plan as a tree, and what is left out, with the reason. */
export function planBlock({ terminal }: Context, { inspection, plan, setup }: Decided): string {
  const { style, columns } = terminal;
  const left = setup.generated.left.map(
    ({ generator, reason }) => `    ${style.dim(wrap(`· ${generator} is left out: ${reason}`, columns - 6, 6))}\n`,
  );
  return `  Plan: ${planSummary(plan)}\n${migratedText(inspection, style, columns)}${planText(plan, style, columns)}${left.join('')}`;
}

function doneText(context: Context, decided: Decided, seconds: number): string {
  const { style, columns } = context.terminal;
  const { ports, plan, setup, resolution, inspection } = decided;
  const done = `${writtenText(plan)} in ${seconds.toFixed(2)} s · ${verifiedText(ports, plan, setup)}`;
  const next = nextStepsText({ setup, resolution, inspection, ignored: leftOut(context, plan), style, columns });
  return `  ${style.green('✓')} ${wrap(done, columns - 4, 4)}\n${next}  ${inspection.lock === null ? 'Undo everything: create-devops-setup undo' : UNDO}\n`;
}

/** Written files that the user's .gitignore, as it is after the write, keeps out of commits. */
function leftOut({ ports }: Context, plan: Plan): readonly string[] {
  const gitignore = plan.changes.find(({ path }) => path === '.gitignore')?.after ?? ports.files.read('.gitignore');
  const written = plan.changes.filter(({ kind }) => kind === 'create' || kind === 'update').map(({ path }) => path);
  return ignoredByGit(gitignore, [...written, '.devops/config.yaml', '.devops/lock.json']);
}
