/** What the tests that ship with the stacks hold. Nothing is executed here: it is told what they name, and whose they are. */
import type { CheckInput, RoledArtifact } from '../check.ts';
import { inFolder } from './operations.ts';
import { perInput } from './places.ts';

/** The tests folder of the stacks, the files that are there. */
const testsOf = perInput((input): readonly RoledArtifact[] =>
  input.artifacts.filter(
    ({ path }) => inFolder(path, `${input.system.layout.stacks}/tests`) && /\.[cm]?[jt]s$/.test(path),
  ),
);

/** Standard → the tests whose titles name it: `it('SEC-015: …', () => …)`. A comment that names one tests nothing. */
const namedBy = perInput((input): ReadonlyMap<string, readonly RoledArtifact[]> => {
  const found = new Map<string, RoledArtifact[]>();
  for (const test of testsOf(input)) {
    const titles = test.text.match(/(['"`])(?:(?!\1).)*\b[A-Z][A-Z\d]+-\d{3}\b(?:(?!\1).)*\1\s*,/g) ?? [];
    const ids = titles.flatMap((title) => title.match(/\b[A-Z][A-Z\d]+-\d{3}\b/g) ?? []);
    for (const id of new Set(ids)) found.set(id, [...(found.get(id) ?? []), test]);
  }
  return found;
});

/** Where a standard that only synthesized stacks can show is decided; always a reason, for `verify` decides none of them itself. */
export function decidedByTests(input: CheckInput, standard: string): string {
  const folder = `${input.system.layout.stacks}/tests`;
  if (!input.system.generators.includes('cdktf-aws'))
    return 'held by the tests of the stacks; cdktf-aws is not part of this setup';
  const tests = testsOf(input);
  const gone = input.expected.filter((path) => inFolder(path, folder) && !input.artifact(path) && !input.exists(path));
  if (tests.length === 0) return `held by the tests of the stacks; ${folder} is not there, so nothing checks it`;
  const named = namedBy(input).get(standard) ?? [];
  if (named.length === 0) return noTest(folder, gone);
  const paths = named.map(({ path }) => path.slice(folder.length + 1)).join(', ');
  const other = named.filter(({ origin }) => origin !== 'generated');
  const whose = other.length === 0 ? '' : `; ${other.map(({ path }) => path).join(', ')}: edited since we wrote it`;
  const helpers = tests.filter(({ origin, path }) => origin !== 'generated' && !named.some((one) => one.path === path));
  const beside = helpers.length === 0 ? '' : `; edited beside it: ${helpers.map(({ path }) => path).join(', ')}`;
  return `checked there: npm test in ${input.system.layout.stacks} (tests/${paths})${whose}${beside}`;
}

function noTest(folder: string, gone: readonly string[]): string {
  return gone.length === 0
    ? `no test in ${folder} names it`
    : `no test in ${folder} names it, and ${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} not there`;
}

/** For a standard of which one part is judged here: the rest is decided by the tests of the stacks, where there are stacks. */
export function openInStacks(standard: string): (input: CheckInput) => string | null {
  return (input) =>
    input.system.generators.includes('cdktf-aws')
      ? `what can be read here holds; ${decidedByTests(input, standard)}`
      : null;
}
