/** How long it takes from a failure to the page, by the numbers that the configuration is rendered from. OBS-016 */
import type { Alert } from './alert.ts';

/** Seconds between two scrapes, and between two evaluations of the rules. OBS-001 */
export const SCRAPE_SECONDS = 15;
export const EVALUATION_SECONDS = 15;

/** Services are looked at more often: their counters decide who is woken. OBS-002 */
export const APPLICATION_SCRAPE_SECONDS = 5;

/** Alertmanager lets critical alerts go at once. ALERT-007 */
export const CRITICAL_GROUP_WAIT_SECONDS = 0;

/** From symptom to page, at most. OBS-016 */
export const PAGE_WITHIN_SECONDS = 300;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `2m` → 120. */
export function secondsOf(duration: string): number {
  const [, figure, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const factor = UNITS[unit];
  if (figure === undefined || factor === undefined) throw new Error(`"${duration}" is no duration like 15s or 2m`);
  return Number(figure) * factor;
}

/** The way of a page, step by step, in seconds. A rule that reads recorded series sees them one evaluation late at worst. */
export function stepsToPage({ prometheus }: Alert): readonly Readonly<{ what: string; seconds: number }>[] {
  if (prometheus === null) return [];
  return [
    { what: 'scrape', seconds: prometheus.scrape },
    ...(readsRecords(prometheus.expr) ? [{ what: 'recording', seconds: EVALUATION_SECONDS }] : []),
    { what: 'evaluation', seconds: EVALUATION_SECONDS },
    { what: 'for', seconds: secondsOf(prometheus.for) },
    { what: 'group_wait', seconds: CRITICAL_GROUP_WAIT_SECONDS },
  ];
}

/** The sum of `stepsToPage`. */
export function secondsToPage(alert: Alert): number {
  return stepsToPage(alert).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** True for an expression on recorded series, which have colons in their names. */
export function readsRecords(expr: string): boolean {
  return /\b\w+:\w+:\w+/.test(expr);
}
