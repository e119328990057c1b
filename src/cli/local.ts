/** Generators of the project, for a command: named in any case, loaded where they are chosen and the command runs generators. */

import { chosenNames } from '../api/chosen.ts';
import { loadLocal } from '../api/local.ts';
import { LOCAL_FOLDER } from '../core/local/failure.ts';
import type { LocalNames } from '../core/local/names.ts';
import { SetupError } from '../errors.ts';
import type { Request } from '../pipeline.ts';
import type { CommandName } from './args.ts';
import { askConsent } from './consent.ts';
import type { Context } from './context.ts';

/** Commands that ask generators for their files. The others only know their names. */
const RUN: ReadonlySet<CommandName> = new Set<CommandName>([
  'init',
  'plan',
  'diff',
  'update',
  'verify',
  'explain',
  'add',
  'remove',
  'unmanage',
  'adopt',
  'restore',
  'config',
  'mcp',
]);

/** For a command as it starts: what `add` names is loaded too, what `remove` names is not. */
export async function openLocal(context: Context): Promise<Context> {
  const { args, local } = context;
  if (!RUN.has(args.command) || (args.command === 'remove' && args.all)) return context;
  if (local.clashes.length > 0) throw new SetupError(local.clashes);
  const [word] = args.words;
  const chosen = chosenNames(context.ports, context.request, local.found).map(({ id }) => id);
  return load(context, [
    ...chosen.filter((id) => args.command !== 'remove' || id !== word),
    ...(args.command === 'add' && word !== undefined ? [word] : []),
  ]);
}

/** After answers that may have chosen more of them. Does nothing where all that is chosen is loaded. */
export async function openChosen(context: Context, request: Request): Promise<Context> {
  const { ports, local } = context;
  return load(
    context,
    chosenNames(ports, request, local.found).map(({ id }) => id),
  );
}

async function load(context: Context, ids: readonly string[]): Promise<Context> {
  const { root, ports, local, loaded } = context;
  const names = local.found.filter(({ id }) => ids.includes(id) && !loaded.has(id));
  if (names.length === 0) return context;
  const agree: Parameters<typeof loadLocal>[3] = (code, wanted) =>
    askConsent(context, whose(wanted), { root, what: LOCAL_FOLDER, code });
  return {
    ...context,
    ports: await loadLocal(root, ports, names, agree),
    loaded: new Set([...loaded, ...names.map(({ id }) => id)]),
  };
}

function whose(ids: readonly string[]): string {
  const [last] = ids.slice(-1);
  const names = ids.length === 1 ? last : `${ids.slice(0, -1).join(', ')} and ${last}`;
  return ids.length === 1 ? `The generator ${names} of this project` : `The generators ${names} of this project`;
}

/** Why a generator that somebody named is not there although a file seems to be: its name is taken, or is none. */
export function whyNot({ clashes, others }: LocalNames, id: string): string | null {
  const found = [...clashes, ...others].find(({ place }) => place.startsWith(`${LOCAL_FOLDER}/${id}.`));
  return found ? `${found.place}: ${found.message} ${found.hint}` : null;
}
