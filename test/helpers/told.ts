import { SetupError } from '../../src/errors.ts';

/** `place: message hint` of every problem that the action ends with; none where it does not. */
export function told(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof SetupError)
      return error.problems.map(({ place, message, hint }) => `${place}: ${message} ${hint}`);
    throw error;
  }
  return [];
}
