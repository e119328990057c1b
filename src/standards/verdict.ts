/** What became of a standard, and why: held, broken, not applicable, not checked. Never silently held. */
import type { Finding, Verdict } from '../model.ts';
import type { Applies, Check, CheckInput } from './check.ts';
import { decidedByTests } from './checks/stack-tests.ts';
import type { Standard } from './standard.ts';

/** The state of a standard that a check decided. */
export function checkedVerdict(
  input: CheckInput,
  standard: Standard,
  check: Check,
  applies: Applies,
  findings: readonly Finding[],
): Verdict {
  const { id } = standard;
  if (typeof applies === 'string') return { standard: id, state: 'not-applicable', reason: applies };
  if (applies !== true) return { standard: id, state: 'not-checked', reason: applies.notChecked };
  const ours = findings.filter(({ origin, severity }) => origin !== 'foreign' && severity !== 'info');
  const { persona } = input.system;
  if (ours.length > 0) return { standard: id, state: 'broken' };
  if (findings.length > 0) {
    const reason = standard.personas.includes(persona.id)
      ? `${unique(findings.map(({ file }) => file)).join(', ')}: yours, and left alone; findings: ${findings.length}`
      : `the persona ${persona.title} does not ask for it, and it is not met; findings: ${findings.length}`;
    return { standard: id, state: standard.personas.includes(persona.id) ? 'not-checked' : 'not-applicable', reason };
  }
  const open = check.open?.(input) ?? null;
  return open === null ? { standard: id, state: 'held' } : { standard: id, state: 'not-checked', reason: open };
}

/** The state of a standard that no check of this program decides. */
export function uncheckedVerdict(input: CheckInput, standard: Standard): Verdict {
  return { standard: standard.id, state: 'not-checked', reason: reasonFor(input, standard) };
}

function reasonFor(input: CheckInput, { id, held, served }: Standard): string {
  const { system } = input;
  const here = served.filter((generator) => system.generators.includes(generator));
  if (held === 'people') return 'only people can decide it';
  if (held === 'runtime') return `only a running system shows it${id === 'OBS-013' ? endpoints(system) : ''}`;
  if (served.includes('none-yet')) return 'no generator serves it yet';
  if (here.length === 0)
    return `served by ${served.join(', ')}, which ${served.length === 1 ? 'is' : 'are'} not part of this setup`;
  if (held === 'synth') return decidedByTests(input, id);
  return `its check comes with ${served.filter((generator) => !here.includes(generator)).join(', ') || 'a later version'}; so far it is served by ${here.join(', ')}`;
}

/** What is known about the endpoints that OBS-013 asks for. */
function endpoints(system: CheckInput['system']): string {
  const known = system.services.flatMap(({ name, health, metrics }) =>
    metrics?.source === 'preload'
      ? [`${name} answers /health and /ready at its management port ${metrics.port}`]
      : health.kind === 'http'
        ? [
            `${name} answers ${health.path}${health.readyPath ? ` and ${health.readyPath}` : '; no readiness endpoint was found'}`,
          ]
        : [],
  );
  return known.length === 0 ? '; no health endpoint was found' : ` (${known.join(', ')})`;
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}
