/** `unmanage <path>`: this file is left to its owner, until it is adopted or restored. */
import type { Context } from '../context.ts';
import { decideOnePath } from './one-path.ts';

export function unmanage(context: Context): Promise<number> {
  return decideOnePath(context, {
    intent: null,
    said: (path, { plan }) => {
      const known = plan.changes.find((change) => change.path === path)?.from ?? path;
      return `${path} is yours: no run touches it. Back again: create-devops-setup adopt ${known}.`;
    },
  });
}
