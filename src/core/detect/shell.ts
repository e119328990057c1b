/** Reads the command lines of package.json scripts: enough shell to tell programs, arguments and settings apart. */

/** One simple command. `variables` are assignments before it; wrappers such as cross-env are taken off. */
export type SimpleCommand = Readonly<{
  words: readonly string[];
  variables: Readonly<Record<string, string>>;
  operator: string | null;
}>;

/** Splits a command line at `&&`, `||`, `;`, `|` and `&`, and each command into words. */
export function commandsOf(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (operator: string | null): void => {
    endWord();
    if (words.length > 0) commands.push(simplify(words, operator));
    words = [];
  };
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] as string;
    if (c === "'" || c === '"') {
      const end = line.indexOf(c, i + 1);
      const stop = end < 0 ? line.length : end;
      word = (word ?? '') + line.slice(i + 1, stop);
      i = stop;
    } else if (c === '\\' && i + 1 < line.length) {
      i += 1;
      word = (word ?? '') + line[i];
    } else if (/\s/.test(c)) endWord();
    else if (c === ';' || c === '|' || c === '&') {
      const operator = line[i + 1] === c ? c + c : c;
      if (c === '&' && (line[i - 1] === '>' || line[i + 1] === '>')) {
        word = (word ?? '') + c;
        continue;
      }
      i += operator.length - 1;
      endCommand(operator);
    } else word = (word ?? '') + c;
  }
  endCommand(null);
  return commands;
}

/** Programs that only run another one, with the options of theirs that take a value. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  'cross-env': [],
  'cross-env-shell': [],
  env: [],
  exec: [],
  npx: ['-p', '--package', '-c'],
  bunx: [],
  'dotenv-flow': [],
  dotenv: ['-e', '-v', '-p'],
  'env-cmd': ['-f', '-e', '-r', '--environments', '--file'],
  'dumb-init': [],
  tini: [],
  time: [],
  dotenvx: ['-f', '-e'],
};

function simplify(input: readonly string[], operator: string | null): SimpleCommand {
  const variables: Record<string, string> = {};
  let words = [...input];
  for (let round = 0; round < 10; round += 1) {
    const first = words[0];
    if (first === undefined) break;
    const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(first);
    if (assignment !== null) {
      variables[assignment[1] as string] = assignment[2] as string;
      words = words.slice(1);
      continue;
    }
    if (first === 'if-env') break;
    const name = first.replace(/^(?:\.\/)?node_modules\/\.bin\//, '');
    words[0] = name;
    const options = WRAPPERS[name];
    if (options === undefined) break;
    let i = 1;
    for (; i < words.length && words[i]?.startsWith('-'); i += 1) {
      if (words[i] === '--') {
        i += 1;
        break;
      }
      if (options.includes(words[i] as string)) i += 1;
    }
    if (name === 'dotenvx' && words[i] === 'run') {
      const stop = words.indexOf('--', i);
      i = stop < 0 ? i + 1 : stop + 1;
    }
    if (i >= words.length) break;
    words = words.slice(i);
  }
  return { words, variables, operator };
}

/** The script that a command runs through a package manager (`npm run x`, `pnpm x`, `yarn x`, `bun run x`), or null. */
export function scriptOf(words: readonly string[], scripts: Readonly<Record<string, string>>): string | null {
  const [program, ...rest] = words;
  if (program === undefined || !['npm', 'pnpm', 'yarn', 'bun'].includes(program)) return null;
  const bare = rest.filter(
    (w, i) =>
      !w.startsWith('-') && !['--filter', '-F', '--workspace', '-w', '--prefix', '-C'].includes(rest[i - 1] ?? ''),
  );
  const [verb, name] = bare;
  // `bun test` is Bun's own runner, whatever the script of that name says.
  if (program === 'bun' && /^(?:test|build|install|add|x|pm|create|init|link|exec)$/.test(verb ?? '')) return null;
  if (verb === 'run' || verb === 'run-script') return name !== undefined && name in scripts ? name : null;
  if (verb === 'start' || verb === 'test' || verb === 'stop') return verb in scripts ? verb : null;
  return program !== 'npm' && verb !== undefined && verb in scripts ? verb : null;
}
