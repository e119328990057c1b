/** How projects, services and places are called. */
import type { Facts, ServiceFacts } from '../../model.ts';

/** `src/server.ts:12 (why)`. */
export function place(evidence: Readonly<{ file: string; line?: number; note?: string }>): string {
  const at = evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
  return evidence.note ? `${at} ${evidence.note}` : at;
}

const LONGEST = 20;

/** Lower case, digits and dashes, at most 20 characters, cut between words where there are some; null when nothing is left. */
export function slug(name: string): string | null {
  const whole = name
    .replace(/^@[^/]*\//, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  const cut = whole.slice(0, LONGEST);
  // `express-typescript-boilerplate` becomes `express-typescript`; a long single word is cut where it has to be.
  const inWord = whole.length > LONGEST && whole[LONGEST] !== '-' && cut.includes('-');
  const plain = (inWord ? cut.slice(0, cut.lastIndexOf('-')) : cut).replace(/-+$/, '');
  return plain === '' ? null : plain;
}

/**
 * The root package's name, else the repository's, else that of the only service. Never the folder's: everybody clones into another one. Facts
 * from an older detection have no `projectName`.
 */
export function projectNameOf(facts: Facts): { value: string; why: string } | undefined {
  const root = facts.projectName ?? facts.services.find(({ path }) => path === '.')?.name ?? null;
  const own = root && slug(root.value);
  if (root && own) return { value: own, why: place(root.evidence) };
  const repository = facts.repository;
  const fromRepository = repository && slug(repository.value.name);
  if (repository && fromRepository)
    return { value: fromRepository, why: `the repository's name, ${place(repository.evidence)}` };
  const single = facts.services.length === 1 ? facts.services[0]?.name : null;
  const only = single && slug(single.value);
  return single && only ? { value: only, why: place(single.evidence) } : undefined;
}

/** The facts of the service in this folder: `path` is what `QuestionContext.service` holds. */
export function serviceOf(facts: Facts, path: string | null): ServiceFacts | undefined {
  return facts.services.find((service) => service.path === path);
}

/** A fact as a suggestion, with its place as the reason; undefined where nothing was seen. */
export function seen<T>(fact: Readonly<{ value: T; evidence: Parameters<typeof place>[0] }> | null | undefined) {
  return fact ? ({ value: fact.value, source: 'detected', why: place(fact.evidence) } as const) : undefined;
}
