/** Code of the project is run after a person, or a flag, said so once. What was agreed to is remembered with its hash. */
import { LOCAL_FOLDER } from '../core/local/failure.ts';
import { SetupError } from '../errors.ts';
import { type Agreed, type Consents, openConsents } from '../io/consent.ts';
import { contain } from '../io/contain.ts';
import { openState } from '../io/state.ts';
import { printable } from '../io/terminal.ts';
import type { Context } from './context.ts';
import { mayAsk } from './deciding.ts';

type Asking = Pick<Context, 'args' | 'terminal' | 'env' | 'prompt'>;

/**
 * Returns when `agreed.code` may be run; it is contained then. `who` says what would run, for people (`the generators a and b of this project`).
 * @throws SetupError CONSENT where nobody can be asked, CANCELLED where the person says no
 */
export async function askConsent(context: Asking, who: string, agreed: Agreed): Promise<void> {
  const consents = open(context);
  if (!consents?.given(agreed)) await agree(context, who, agreed, consents);
  contain();
}

async function agree(context: Asking, who: string, agreed: Agreed, consents: Consents | null): Promise<void> {
  if (!context.args.allowLocalCode) {
    if (!mayAsk(context as Context)) throw refused(who, agreed, consents);
    await askPerson(context, who, agreed, consents);
  }
  try {
    consents?.give(agreed);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    context.terminal.say(
      `  It cannot be remembered that you agreed (${error.problems[0]?.message}); you are asked again.\n`,
    );
  }
}

/** Where nothing can be remembered, somebody has to agree each time. */
function open({ env }: Asking): Consents | null {
  try {
    return openConsents(openState(env, process.platform));
  } catch (error) {
    if (error instanceof SetupError) return null;
    throw error;
  }
}

function refused(who: string, agreed: Agreed, consents: Consents | null): SetupError {
  const { what, code } = agreed;
  const since = (consents?.changed(agreed) ?? null) === null ? '' : ', which changed since you agreed to it';
  return new SetupError({
    code: 'CONSENT',
    place: what,
    message: `${who} would have to run, and nobody can be asked here whether it may (${count(code.files.size)}, sha256 ${code.hash.slice(0, 16)}${since}).`,
    hint: 'Read it, then add --allow-local-code, or run this once in a terminal.',
  });
}

async function askPerson(context: Asking, who: string, agreed: Agreed, consents: Consents | null): Promise<void> {
  const { terminal } = context;
  const { what, code } = agreed;
  const changed = consents?.changed(agreed) ?? null;
  const { bold, dim, yellow } = terminal.style;
  const rows = [...code.files].map(([path, content]) => {
    const mark = changed?.includes(path) ? yellow(' changed') : '';
    return `    ${printable(path)} ${dim(`${content.length} bytes`)}${mark}\n`;
  });
  const shown = rows.slice(0, MOST_SHOWN);
  const more = rows.length > shown.length ? `    … and ${rows.length - shown.length} more\n` : '';
  const intro = changed === null ? 'It has not run here before.' : 'It changed since you agreed to it.';
  terminal.say(
    `\n  ${bold(`${who} would run now`)}, with all that you may do yourself. ${intro}\n\n${shown.join('')}${more}    ${dim(`sha256 ${code.hash}`)}\n\n`,
  );
  const prompt = await context.prompt();
  for (;;) {
    const action = await prompt.choose(`Run ${what}?`, [
      { value: 'no', name: 'No' },
      { value: 'show', name: 'Show the files' },
      { value: 'yes', name: 'Yes, until one of them changes' },
    ] as const);
    if (action === 'yes') return;
    if (action === 'no') throw saidNo(what);
    for (const [path, content] of code.files)
      terminal.say(`\n${bold(printable(path))}\n${printable(content.toString('utf8'))}\n`);
  }
}

/** More files than fit on a screen are counted. */
const MOST_SHOWN = 20;

function saidNo(what: string): SetupError {
  return new SetupError({
    code: 'CANCELLED',
    place: what,
    message: 'you did not want it to run.',
    hint:
      what === LOCAL_FOLDER
        ? 'Take those generators off `generators` in .devops/config.yaml (`create-devops-setup remove <id>`), or run it again.'
        : 'Run it again when you have read it.',
  });
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
