/** Which services there are and what each is called: the name is frozen as a key of the configuration. */
import { nearest } from '../../define.ts';
import type { Problem } from '../../errors.ts';
import type { Facts, PlainRecord, ServiceFacts } from '../../model.ts';
import { slug } from '../questions/index.ts';

export type NamedService = Readonly<{ name: string; facts: ServiceFacts }>;

/**
 * Names every service: the key that the configuration already has for its folder, else the package's name without scope, else the
 * project's name (a single package) or its folder (a member of a workspace). Two services never share a name.
 */
export function nameServices(
  facts: Facts,
  configured: PlainRecord,
  projectName: string | null,
): Readonly<{ services: readonly NamedService[]; problems: readonly Problem[] }> {
  const byPath = new Map<string, string>();
  for (const [name, value] of Object.entries(configured)) {
    const path = isRecord(value) ? value.path : undefined;
    if (typeof path === 'string') byPath.set(path, name);
  }
  const taken = new Set(byPath.values());
  const services = facts.services.map((service) => {
    const frozen = byPath.get(service.path);
    if (frozen) return { name: frozen, facts: service };
    const wanted = (service.name && slug(service.name.value)) ?? folderName(service.path) ?? projectName ?? 'app';
    const name = unique(wanted, taken);
    taken.add(name);
    return { name, facts: service };
  });
  const names = services.map(({ name }) => name);
  const problems = Object.keys(configured)
    .filter((name) => !names.includes(name))
    .map((name): Problem => {
      const close = nearest(name, names);
      return {
        code: 'CONFIG_KEY',
        place: `services.${name}`,
        message: `there is no service "${name}" (found: ${names.join(', ') || 'none'})`,
        hint: close
          ? `Did you mean services.${close}?`
          : 'Remove the key, or give the folder under services.<name>.path.',
      };
    });
  return { services, problems };
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
