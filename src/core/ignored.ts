/** Which of our files git would not see: a file that is written and never committed is worse than one that is missing. */
import ignore from 'ignore';
import { toLf } from './text-style.ts';

/** The paths that the root's .gitignore leaves out, as git reads it; sorted like `paths`. */
export function ignoredByGit(gitignore: string | null, paths: readonly string[]): readonly string[] {
  if (gitignore === null) return [];
  const rules = ignore().add(toLf(gitignore));
  return paths.filter((path) => rules.ignores(path));
}
