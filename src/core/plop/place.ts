/** Where an action writes: the `path` of the plopfile with the answers in it, as a path of the project. */
import { posix } from 'node:path';
import { SetupError } from '../../errors.ts';
import type { PlopApi, PlopData } from './types.ts';

/**
 * Relative to the root. What the jail says of it is the overlay's; here is refused what would be lost by then: a way out of the root, and an
 * answer that climbs (`../x`) where the plopfile itself does not.
 * @throws SetupError JAIL
 */
export function destination(path: string, data: PlopData, plop: PlopApi): string {
  const declared = path.replaceAll('\\', '/');
  const rendered = plop.renderString(declared, data);
  const refuse = (message: string, hint: string) =>
    new SetupError({ code: 'JAIL', place: printable(rendered), message, hint });
  if (climbs(rendered) && !climbs(declared))
    throw refuse(
      `an answer climbs out of its folder with "..": the plopfile says ${declared}.`,
      'Answer with a name, not with a path that leads up.',
    );
  const root = plop.getDestBasePath().replaceAll('\\', '/');
  const absolute = posix.isAbsolute(rendered) || /^[A-Za-z]:\//.test(rendered) ? rendered : `${root}/${rendered}`;
  const whole = posix.normalize(absolute);
  const base = posix.normalize(`${root}/`);
  if (!whole.startsWith(base) || whole === base)
    throw refuse('it leads out of the project.', 'Give a path below the root of the project.');
  return whole.slice(base.length).replace(/\/$/, '');
}

function climbs(path: string): boolean {
  return path.split('/').includes('..');
}

function printable(path: string): string {
  const shown = path.replace(/[\p{Cc}\p{Cf}]/gu, '·');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown || '(empty path)';
}
