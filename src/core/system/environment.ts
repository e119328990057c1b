/** The variables that a service reads, with where each value comes from. */
import type { EnvironmentVariable, ServiceFacts } from '../../model.ts';
import { place } from '../questions/index.ts';

/** Set by the image itself, so never asked of anybody. */
const OURS = new Set(['NODE_ENV']);

/** Sorted by name. A secret never has a value here; a port is the service's own. */
export function environmentOf(facts: ServiceFacts, port: number | null): readonly EnvironmentVariable[] {
  const ofDatastores = new Set(
    facts.datastores.flatMap(({ connection }) => Object.values(connection)).filter((name) => name !== null),
  );
  return facts.environment
    .filter(({ name }) => !OURS.has(name))
    .map((variable): EnvironmentVariable => {
      const { name, required, secret } = variable;
      const seenAt = place({
        file: variable.evidence.file,
        ...(variable.evidence.line === undefined ? {} : { line: variable.evidence.line }),
      });
      const common = { name, required, secret, seenAt };
      if (name === facts.portVariable && port !== null) return { ...common, local: String(port), from: 'setting' };
      if (ofDatastores.has(name)) return { ...common, local: null, from: 'datastore' };
      if (secret) return { ...common, local: null, from: 'secret' };
      if (variable.default !== null) return { ...common, local: variable.default, from: 'setting' };
      return { ...common, local: null, from: required ? 'unknown' : 'setting' };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
