/** The page of every alert, by its name. */
import type { Alert } from '../alerts/alert.ts';
import type { Page } from './page.ts';
import * as availability from './pages/availability.ts';
import * as cloudwatch from './pages/cloudwatch.ts';
import * as host from './pages/host.ts';
import * as http from './pages/http.ts';
import * as meta from './pages/meta.ts';
import * as mysql from './pages/mysql.ts';
import * as postgresql from './pages/postgresql.ts';
import * as redis from './pages/redis.ts';
import * as runtime from './pages/runtime.ts';
import * as slo from './pages/slo.ts';
import type { Tools } from './tools.ts';

const PAGES: Readonly<Record<string, (tools: Tools) => Page>> = Object.fromEntries(
  [availability, cloudwatch, host, http, meta, mysql, postgresql, redis, runtime, slo]
    .flatMap((family) => Object.entries(family))
    // An alert is called as its page's function, with a capital.
    .map(([name, page]) => [name.charAt(0).toUpperCase() + name.slice(1), page]),
);

/** Names of all alerts that a page is written for. RUN-004 */
export const WRITTEN: readonly string[] = Object.keys(PAGES);

/** @throws Error for an alert that nobody wrote a page for: a bug, which the tests of the generator find. ALERT-011 */
export function pageOf(alert: Alert, tools: Tools): Page {
  const page = PAGES[alert.name];
  if (page === undefined) throw new Error(`the alert ${alert.name} has no runbook`);
  return page(tools);
}
