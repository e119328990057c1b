/** Errors that a person can mend. Everything that is not a SetupError is a bug of ours. */

export type ErrorCode =
  | 'USAGE' // a flag or an argument is wrong
  | 'CONFIG_SYNTAX' // .devops/config.yaml or an answers file does not parse
  | 'CONFIG_KEY' // a key that no question declares
  | 'CONFIG_VALUE' // a value that a question refuses
  | 'ANSWERS_MISSING' // no terminal, and questions are open
  | 'PROJECT' // the folder is not something we can work on
  | 'READ' // a file cannot be read
  | 'WRITE' // a file cannot be written
  | 'JAIL' // a path would leave the root
  | 'LOCKED' // another run holds the project
  | 'CHANGED' // a file changed between plan and write
  | 'LOCK_SYNTAX' // .devops/lock.json is damaged
  | 'OWNER' // two generators write one path
  | 'GENERATOR' // a generator of the project cannot be loaded, fails, or returns what it may not; needs that cannot be met
  | 'CONSENT' // code of the project would have to run, and nobody said that it may
  | 'PRESET' // a preset is not there, is none, or may not be used
  | 'CONFIG_LOCKED' // an answer contradicts one that a preset has locked
  | 'STANDARDS' // our own output breaks a standard
  | 'CANCELLED'; // the person said no, or Ctrl-C

/** One thing that is wrong: what, where (`place`: flag, `file:line`, key), and how to mend it. */
export type Problem = Readonly<{ code: ErrorCode; place: string; message: string; hint: string }>;

/** Carries every problem found, so that a person mends them all at once. Never empty. */
export class SetupError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const all = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(all.map((p) => `${p.code} ${p.place}: ${p.message}`).join('\n'), options);
    this.name = 'SetupError';
    this.problems = all;
  }
}
