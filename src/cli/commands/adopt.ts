/** `adopt <path>`: this file comes under our care as it stands; at a terminal each difference from ours is asked about. */
import { matches } from '../../core/lock.ts';
import type { Context } from '../context.ts';
import { decideOnePath } from './one-path.ts';

export function adopt(context: Context): Promise<number> {
  return decideOnePath(context, {
    intent: 'adopt',
    askingPolicy: 'fail',
    said: (path, { plan }) => {
      const change = plan.changes.find((one) => one.path === path);
      const entry = plan.lock.files[change?.from ?? path];
      const same = change?.before != null && entry !== undefined && matches(change.after ?? '', entry.hash);
      return `${path} is looked after from now on${same ? '' : '; what differs from ours counts as your edit'}.`;
    },
  });
}
