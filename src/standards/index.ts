/** Step 5: parses what was rendered, or what is on the disk, and runs the standards. Pure; the order of the result never changes. */
import type { Finding, Severity, Verdict } from '../model.ts';
import {
  AGREEMENT_SEVERITY,
  type Applies,
  type Check,
  type CheckInput,
  type CheckRequest,
  type Defect,
} from './check.ts';
import { checks } from './checks/index.ts';
import { checkInput } from './input.ts';
import type { Standard } from './standard.ts';
import { checkedVerdict, uncheckedVerdict } from './verdict.ts';

export type { Artifact, CheckRequest, Parser } from './check.ts';
export { openParser } from './input.ts';

/** Findings by file, line and standard; one verdict for each standard, in the catalogue's order. */
export type Report = Readonly<{ findings: readonly Finding[]; verdicts: readonly Verdict[] }>;

const SEVERITY: Readonly<Record<Standard['level'], Severity>> = { must: 'error', should: 'warning', may: 'info' };

/** Runs every check that applies. Never throws because of what stands in a file. */
export function checkAll(request: CheckRequest, catalog: readonly Standard[]): Report {
  const input = checkInput(request);
  const byId = new Map(catalog.map((standard) => [standard.id, standard]));
  const results = new Map<string, { check: Check; applies: Applies; findings: readonly Finding[] }>();
  for (const check of checks) {
    const applies = check.applies(input);
    const defects = applies === true ? check.run(input) : [];
    const standard = byId.get(check.id) ?? null;
    results.set(check.id, {
      check,
      applies,
      findings: unique(defects.map((defect) => findingOf(input, check, standard, defect))),
    });
  }
  const verdicts = catalog.map((standard): Verdict => {
    const result = results.get(standard.id);
    if (!result) return uncheckedVerdict(input, standard);
    return checkedVerdict(input, standard, result.check, result.applies, result.findings);
  });
  const findings = [...results.values()].flatMap((result) => result.findings);
  return { findings: findings.sort(byPlace), verdicts };
}

/**
 * `must` is an error, `should` a warning, `may` an information; a defect may weigh less than that. What the persona does not ask for, and
 * what stands in a user's own file, is told for information only.
 */
function findingOf(input: CheckInput, check: Check, standard: Standard | null, defect: Defect): Finding {
  const origin = input.artifact(defect.file)?.origin ?? 'generated';
  const foreign =
    origin === 'foreign' || (defect.with !== undefined && input.artifact(defect.with)?.origin === 'foreign');
  const asked = standard === null || standard.personas.includes(input.system.persona.id);
  const level = standard ? SEVERITY[standard.level] : AGREEMENT_SEVERITY;
  return {
    standard: check.id,
    severity: foreign || !asked ? 'info' : lower(level, defect.severity),
    file: defect.file,
    ...(defect.line === undefined ? {} : { line: defect.line }),
    message: defect.message,
    hint: defect.hint.replaceAll('<file>', defect.file),
    origin,
  };
}

const ORDER: readonly Severity[] = ['info', 'warning', 'error'];

function lower(level: Severity, own: Severity | undefined): Severity {
  return own !== undefined && ORDER.indexOf(own) < ORDER.indexOf(level) ? own : level;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ file, line, message }) => {
    const key = `${file}\0${line ?? ''}\0${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Code units, not a locale: the same everywhere. */
function byPlace(a: Finding, b: Finding): number {
  return (
    compare(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compare(a.standard, b.standard) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
