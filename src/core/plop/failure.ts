/** Why an action cannot be done, and how that is mended. Which one it is, its runner says. */
export class ActionFailure extends Error {
  readonly hint: string;
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ActionFailure';
    this.hint = hint;
  }
}
