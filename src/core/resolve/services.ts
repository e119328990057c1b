/** Which services there are and what each is called: the name is frozen as a key of the configuration. */
import type { Facts, PlainRecord, ServiceFacts } from '../../model.ts';
import { slug } from '../questions/index.ts';
import { fullId } from './ids.ts';

export type NamedService = Readonly<{ name: string; facts: ServiceFacts }>;

/**
 * Names every service: the key that the configuration already has for its folder, else the package's name without scope, else its folder (a
 * member of a workspace) or the project's name (the root). Two services never share a name.
 */
export function nameServices(
  facts: Facts,
  configured: PlainRecord,
  projectName: string | null,
): readonly NamedService[] {
  const byPath = new Map<string, string>();
  for (const [name, value] of Object.entries(configured)) {
    const path = isRecord(value) ? value.path : undefined;
    if (typeof path !== 'string' || byPath.has(normalPath(path))) continue;
    // A folder that is gone holds no name back: the service that has the name now was moved.
    if (facts.services.some((service) => service.path === normalPath(path))) byPath.set(normalPath(path), name);
  }
  const taken = new Set(byPath.values());
  return facts.services.map((service) => {
    const frozen = byPath.get(service.path);
    if (frozen) return { name: frozen, facts: service };
    const wanted = (service.name && slug(service.name.value)) ?? folderName(service.path) ?? projectName ?? 'app';
    const name = unique(wanted, taken);
    taken.add(name);
    return { name, facts: service };
  });
}

/** The services in a folder; in a folder inside a service (`src`), that service. */
export function servicesIn(services: readonly NamedService[], folder: string): readonly string[] {
  const isIn = (inner: string, outer: string) => outer === '.' || inner === outer || inner.startsWith(`${outer}/`);
  const inside = services.filter(({ facts }) => isIn(facts.path, folder));
  if (inside.length > 0) return inside.map(({ name }) => name);
  const around = services.filter(({ facts }) => isIn(folder, facts.path));
  const nearest = around.sort((a, b) => b.facts.path.length - a.facts.path.length)[0];
  return nearest ? [nearest.name] : [];
}

/**
 * The flags, and with them which services are set up when a command was run in a folder that selects `chosen`. What is set up already stays,
 * wherever the command is run; what was left alone is taken up when its folder is named.
 */
export function setUpFlags(
  {
    services,
    answers,
  }: Readonly<{ services: readonly NamedService[]; answers: ReadonlyMap<string, Readonly<{ value: unknown }>> }>,
  chosen: readonly string[],
  { flags, known }: Readonly<{ flags: ReadonlyMap<string, unknown>; known: unknown }>,
): ReadonlyMap<string, unknown> {
  const all = new Map(flags);
  for (const { name } of services) {
    const id = fullId('services.*.setUp', name);
    const isChosen = chosen.includes(name);
    const isKnown = isRecord(known) && Object.hasOwn(known, name);
    const isWrong = isChosen ? answers.get(id)?.value === false : !isKnown;
    if (isWrong && !all.has(id)) all.set(id, isChosen);
  }
  return all;
}

/** `./apps/api/` is `apps/api`. */
export function normalPath(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '') || '.';
}

function folderName(path: string): string | null {
  return path === '.' ? null : slug(path.split('/').at(-1) ?? '');
}

function unique(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) {
    const suffix = `-${n}`;
    const candidate = name.slice(0, 20 - suffix.length).replace(/-+$/, '') + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

export function isRecord(value: unknown): value is PlainRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
