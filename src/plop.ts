/**
 * The plugin for plop: each of our generators as a generator of any plopfile, and one for the whole setup.
 *
 *     await plop.load('create-devops-setup');
 *     // or: import devops from 'create-devops-setup/plop'; await devops(plop);
 *
 * One action type of our own runs the seven steps: plan, write, journal, undo. Nothing of ours passes through Handlebars, which would eat
 * every `${{ … }}` of a workflow.
 */
import { generators } from '../generators/index.ts';
import { promptsFor, runForPlop } from './cli/plop.ts';

/** What is used of plop's own object; plop is the user's, and is never loaded by us. */
export type Plop = Readonly<{
  setGenerator: (name: string, config: never) => unknown;
  setActionType: (name: string, run: never) => void;
  setHelper: (name: string, helper: never) => void;
  setDefaultInclude: (include: object) => void;
  getDestBasePath: () => string;
}>;

export type DevopsOptions = Readonly<{
  /** Put before the names of our generators, where the plopfile has some that are called the same (`devops-` makes `devops-docker`). */
  prefix?: string;
  /** Conflicts are left as they are unless this says otherwise; an action cannot ask. `plop --force` is `theirs`. */
  onConflict?: 'keep' | 'theirs' | 'markers' | 'fail';
  /** Generators of the project itself (`devops/generators`) that are chosen may run. */
  allowLocalCode?: boolean;
}>;

/** The name of the action type. In a plopfile: `{ type: 'devops-setup', generator: 'docker' }`; without `generator`, the whole setup. */
export const ACTION = 'devops-setup';

type Config = Readonly<{ type: string; generator?: string; force?: boolean } & DevopsOptions>;

// biome-ignore lint/style/noDefaultExport: plop calls the default export of what it loads
export default function devops(plop: Plop, options: DevopsOptions = {}): void {
  const { prefix = '' } = options;
  plop.setDefaultInclude({ generators: true, actionTypes: true, helpers: true });
  plop.setHelper('gha', expressionOf as never);
  plop.setActionType(ACTION, ((answers: Readonly<Record<string, unknown>>, config: Config) =>
    act(plop, options, answers, config)) as never);
  for (const { id, summary } of generators) declare(plop, `${prefix}${id}`, summary, id);
  declare(plop, `${prefix}${ACTION}`, 'the whole setup: detect, plan, write, verify', null);
}

/** `{{gha "github.sha"}}` prints `${{ github.sha }}`. Handlebars takes what has `toHTML` as it is: quotes stay quotes. */
function expressionOf(expression: unknown): Readonly<{ toHTML: () => string; toString: () => string }> {
  const text = () => `\${{ ${expression} }}`;
  return { toHTML: text, toString: text };
}

/** Prompts are made when plop asks for them: a plopfile is read for every generator in it, and the project need not be looked at for each. */
function declare(plop: Plop, name: string, description: string, generator: string | null): void {
  const config = {
    description,
    get prompts() {
      return promptsFor({ generator, folder: plop.getDestBasePath() });
    },
    actions: [{ type: ACTION, ...(generator === null ? {} : { generator }) }],
  };
  plop.setGenerator(name, config as never);
}

/** @throws Error with everything that is wrong, for plop to print */
async function act(
  plop: Plop,
  options: DevopsOptions,
  answers: Readonly<Record<string, unknown>>,
  config: Config,
): Promise<string> {
  const { generator = null, force = false } = config;
  const onConflict = config.onConflict ?? options.onConflict ?? (force ? 'theirs' : null);
  const allowLocalCode = config.allowLocalCode ?? options.allowLocalCode ?? false;
  const folder = plop.getDestBasePath();
  const { code, text } = await runForPlop({ generator, folder, answers, onConflict, allowLocalCode });
  if (code > 1 || (code === 1 && onConflict === 'fail')) throw new Error(text);
  return text;
}
