/** How projects, services and places are called. */
import type { Facts, ServiceFacts } from '../../model.ts';

/** `src/server.ts:12 (why)`. */
export function place(evidence: Readonly<{ file: string; line?: number; note?: string }>): string {
  const at = evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
  return evidence.note ? `${at} ${evidence.note}` : at;
}

/** Lower case, digits and dashes, at most 20 characters, no dash at either end; null when nothing is left. */
export function slug(name: string): string | null {
  const plain = name
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 20)
    .replace(/-+$/, '');
  return plain === '' ? null : plain;
}

export function projectNameOf(facts: Facts): { value: string; why: string } | undefined {
  const root = facts.services.find(({ path }) => path === '.');
  const single = facts.services.length === 1 ? facts.services[0] : undefined;
  const named = root?.name ?? null;
  const own = named && slug(named.value);
  if (named && own) return { value: own, why: place(named.evidence) };
  const repository = facts.repository;
  const fromRepository = repository && slug(repository.value.name);
  if (repository && fromRepository)
    return { value: fromRepository, why: `the repository's name, ${place(repository.evidence)}` };
  const only = single?.name && slug(single.name.value);
  return single?.name && only ? { value: only, why: place(single.name.evidence) } : undefined;
}

/** Names of services as resolve gives them are slugs; the folder finds the facts. */
export function serviceOf(facts: Facts, path: string | null): ServiceFacts | undefined {
  return facts.services.find((service) => service.path === path);
}

export function seen<T>(fact: Readonly<{ value: T; evidence: Parameters<typeof place>[0] }> | null | undefined) {
  return fact ? ({ value: fact.value, source: 'detected', why: place(fact.evidence) } as const) : undefined;
}
