/** A standard that the output of a run would break, as the problem that stops it. */
import type { Problem } from '../errors.ts';
import type { Finding } from '../model.ts';

/** `source`: the generator of the project that writes the file; null: one of ours does. */
export function standardBroken(finding: Finding, source: string | null): Problem {
  const whose =
    source === null
      ? 'Our own output breaks our own standard: please report it; without that generator the rest can be written.'
      : `${source} writes this file.`;
  return {
    code: 'STANDARDS',
    place: finding.line === undefined ? finding.file : `${finding.file}:${finding.line}`,
    message: `${finding.standard}: ${finding.message}`,
    hint: `${finding.hint} (${whose})`,
  };
}
