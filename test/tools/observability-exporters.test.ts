/** Databases and the machine, as the exporters of the emitted stack read them: every rule about them speaks of what is really exposed. */
import { describe, expect, it } from 'vitest';
import { query } from './drill.ts';
import { everythingUp, expectSelectors, rulesOf } from './drill-rules.ts';
import { openWatchedStack } from './drill-stack.ts';
import { isWaived } from './judges.ts';

describe.skipIf(isWaived('docker')).each([
  ['express-postgres', 'pg_up', 'postgresql'],
  ['express-mysql', 'mysql_up', 'mysql'],
])('the watched stack of %s', (fixture, metric, group) => {
  it('reads the datastore with the password that was generated, and every rule speaks of what is there', async () => {
    const watched = await openWatchedStack(fixture, '/');
    try {
      await everythingUp(watched);
      expect((await query(watched.prometheus, metric)).map(({ value }) => value)).toEqual([1]);
      expect((await query(watched.prometheus, 'node_filesystem_avail_bytes{mountpoint="/etc/hosts"}')).length).toBe(1);
      const rules = await rulesOf(watched);
      expect(rules.map((rule) => rule.group)).toContain(group);
      await expectSelectors(watched);
    } finally {
      expect(await watched.close()).toEqual([]);
    }
  }, 300_000);
});
