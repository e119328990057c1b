/** What the runbook of one alert says; the template puts it into its eight sections. RUN-001 */

/** Where a command is run. `prometheus` and `repository`: wherever the person sits. */
export type Place = 'prometheus' | 'aws' | 'local' | 'repository';

/** One command as it is copied. `expected`: what its output holds when all is as it should be, letter by letter; null: it is read by a person. */
export type Run = Readonly<{ place: Place; command: string; expected: string | null }>;

/** One look within the first minutes. `good`: what the expected output means; `bad`: what any other means, and where to go then. */
export type Step = Readonly<{ title: string; runs: readonly Run[]; good: string; bad: string }>;

/** A line of the diagnosis: what is seen, the command that shows it, what it means and what to do about it. */
export type Row = Readonly<{ symptom: string; command: string; meaning: string }>;

/** Something that ends the trouble. `runs` may be empty where it is done by a change of files. */
export type Action = Readonly<{ title: string; runs: readonly Run[]; risk: string; undo: string }>;

/** Who is asked besides the on-call person. */
export type Specialist = 'database' | 'security' | 'service-owner';

export type Page = Readonly<{
  /** What the alert says, in one or two sentences. */
  meaning: string;
  /** Who is hurt and how one sees it. */
  impact: string;
  /** At most four: the first, whether it still fires, is the same everywhere. */
  steps: readonly Step[];
  diagnosis: readonly Row[];
  /** The fastest safe one first. */
  mitigation: readonly Action[];
  specialist: Specialist;
  /** What to change so that it does not come again, or does not fire in vain. */
  after: string;
}>;

/** Steps and actions of which nothing can be run in this project fall away. */
export function runnable<T extends Readonly<{ runs: readonly Run[] }>>(items: readonly T[]): readonly T[] {
  return items.filter(({ runs }) => runs.length > 0);
}
