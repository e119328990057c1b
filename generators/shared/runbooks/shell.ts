/** Commands as they are copied out of a page: long ones over several lines, names of the project as words of the shell. */
import type { Service, System } from '../../../src/model.ts';
import { runsLocally } from '../local-stack.ts';

/** `first` with each part of `more` on a line of its own. */
export function lines(first: string, ...more: readonly string[]): string {
  return [first, ...more].join(' \\\n  ');
}

/** A command on one line, for the cell of a table. */
export function oneLine(command: string): string {
  return command
    .replaceAll(/ \\\n */g, ' ')
    .replaceAll(/\b(then|else)\n */g, '$1 ')
    .replaceAll(/\n */g, '; ');
}

/** The service that an alert speaks of, in the shell: its name where there is one, else a variable that the person sets. */
export type Subject = Readonly<{
  service: Service;
  /** `orders`, or `${SERVICE}`: stands within words and within double quotes. */
  name: string;
  /** The line that gives the variable a value; null where no variable is needed. */
  assignment: string | null;
  several: readonly string[];
}>;

/** Services that run for long; null where none does. */
export function subjectOf(system: System): Subject | null {
  const services = runsLocally(system);
  const service = services.find(({ kind }) => kind === 'web') ?? services[0];
  if (service === undefined) return null;
  const several = services.length > 1 ? services.map(({ name }) => name) : [];
  if (several.length === 0) return { service, name: service.name, assignment: null, several };
  // The first is only a start: the alert's label says which one it is.
  return { service, name: '${SERVICE}', assignment: `SERVICE="\${SERVICE:-${service.name}}"`, several };
}

/** The command, after the assignment that it needs. */
export function about({ assignment }: Subject, command: string): string {
  return assignment === null || !command.includes('${SERVICE}') ? command : `${assignment}\n${command}`;
}

/** `text` as one word; in double quotes where the shell fills in the service. */
export function filled(text: string): string {
  return text.includes('${SERVICE}') ? `"${text}"` : text;
}
