/** `restore <path>`: this file as we generate it, over whatever is there, or again where it was deleted. */
import type { Context } from '../context.ts';
import { decideOnePath } from './one-path.ts';

export function restore(context: Context): Promise<number> {
  return decideOnePath(context, {
    intent: 'restore',
    said: (path) => `${path} is as generated.`,
  });
}
