/** What checks return. */
export type Severity = 'error' | 'warning' | 'info';

/** Who wrote the line: we did, the user changed a file of ours, or the file was never ours. */
export type Origin = 'generated' | 'edited' | 'foreign';

export type Finding = Readonly<{
  /** Standard id (`CI-014`) or, for agreement checks, `X-<NAME>`. */
  standard: string;
  severity: Severity;
  file: string;
  line?: number;
  /** What is wrong, in this project's own words, with the arithmetic where there is one. */
  message: string;
  /** How to mend it. */
  hint: string;
  origin: Origin;
}>;

/** What became of one standard in one run. `reason` says why it is not applicable or was not checked. */
export type Verdict = Readonly<{
  standard: string;
  state: 'held' | 'broken' | 'not-applicable' | 'not-checked';
  reason?: string;
}>;
