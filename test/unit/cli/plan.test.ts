import { describe, expect, it } from 'vitest';
import { planText } from '../../../src/cli/text/plan.ts';
import type { Plan } from '../../../src/model.ts';

const plain = (text: string) => text;
const style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

const creating = (...paths: readonly string[]): Plan => ({
  changes: paths.map((path) => ({
    path,
    kind: 'create',
    before: null,
    after: '',
    mode: 0o644,
  })) as unknown as Plan['changes'],
  lock: {} as Plan['lock'],
  housekeeping: [],
});

const rows = (plan: Plan) =>
  planText(plan, style, 80)
    .trimEnd()
    .split('\n')
    .map((row) => row.trim().replace(/ {2,}/g, ' | '));

describe('what is created', () => {
  it('is named where a person can read it, and counted where not', () => {
    const alerts = Array.from({ length: 7 }, (_, index) => `docs/alerts/A${index}.md`);
    expect(rows(creating('Dockerfile', 'scripts/a.sh', 'scripts/b.sh', ...alerts))).toEqual([
      '+ Dockerfile',
      '+ scripts/ | a.sh b.sh',
      '+ docs/alerts/ | 7 files',
    ]);
  });

  it('is one row where a whole tree is new', () => {
    const tree = ['app/main.ts', 'app/config/a.ts', 'app/lib/b.ts', 'app/stacks/c.ts', 'app/stacks/deep/d.ts'];
    expect(rows(creating(...tree, 'apparel/x.ts'))).toEqual([
      '+ app/ | 5 files: config/ lib/ stacks/',
      '+ apparel/ | x.ts',
    ]);
  });

  it('keeps two folders of one apart', () => {
    expect(rows(creating('m/config.yml', 'm/rules/a.yml', 'm/tests/a.yml'))).toEqual([
      '+ m/ | config.yml',
      '+ m/rules/ | a.yml',
      '+ m/tests/ | a.yml',
    ]);
  });
});
