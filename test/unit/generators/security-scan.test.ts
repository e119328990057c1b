import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scheduleOf, securityScan } from '../../../generators/security-scan.ts';
import type { System } from '../../../src/model.ts';
import type { Job } from '../../helpers/pipeline-rules/workflow.ts';
import { baseSystem, system } from '../../helpers/system.ts';
import { systemMatrix } from '../../helpers/system-matrix.ts';
import { nextSteps, renderAll, renderText } from '../../helpers/templates.ts';

const scan = (of: System) => renderText(securityScan, of, of.layout.securityScan);
const jobsOf = (of: System) => (parse(scan(of)) as { jobs: Record<string, Job> }).jobs;
const of = (name: string): System => systemMatrix[name] as System;
type Update = { 'package-ecosystem': string; directory: string };
const updatesOf = (matrix: System) =>
  (parse(renderText(securityScan, matrix, matrix.layout.dependabot)) as { updates: Update[] }).updates.map(
    (update) => `${update['package-ecosystem']} ${update.directory}`,
  );

describe('the scans', () => {
  it('of a repository with code scanning', () => {
    expect(Object.keys(jobsOf(baseSystem))).toEqual([
      'secrets',
      'repository',
      'dependency-review',
      'codeql',
      'image',
      'security-ok',
      'notify',
    ]);
  });

  it('need no licence where there is none', () => {
    const text = scan(of('private-repository'));
    expect(Object.keys(jobsOf(of('private-repository')))).not.toContain('codeql');
    expect(text).not.toMatch(/codeql-action|dependency-review|security-events/);
    expect(text).toContain('actions/upload-artifact@');
    expect(nextSteps(securityScan, of('private-repository')).map(({ standard }) => standard)).toContain('SEC-002');
  });

  it('compare a change with the commit before it, and are absolute once a week', () => {
    const repository = jobsOf(baseSystem).repository?.steps ?? [];
    const before = repository.find(({ name }) => name === 'Unpack the commit before');
    expect(before?.if).toBe("github.event_name != 'schedule' && github.event_name != 'workflow_dispatch'");
    const gates = repository.filter(({ with: input }) => input?.['exit-code'] === '1');
    expect(gates.map(({ with: input }) => [input?.trivyignores, input?.severity])).toEqual([
      ['known.trivyignore', 'HIGH,CRITICAL'],
      ['known.trivyignore', 'HIGH,CRITICAL'],
    ]);
    const image = jobsOf(baseSystem).image;
    expect(image?.if).toBe("github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'");
    expect(image?.steps?.at(-1)?.with).toMatchObject({ 'exit-code': '1', 'ignore-unfixed': true });
  });

  it('scan every image of a workspace, and none of a library', () => {
    const ids = (name: string) => Object.keys(jobsOf(of(name))).filter((id) => id.startsWith('image'));
    expect(ids('workspace-of-two')).toEqual(['image-api', 'image-mailer']);
    expect(ids('library')).toEqual([]);
  });

  it('follow the severities that were chosen', () => {
    const critical = system({ security: { ...baseSystem.security, failOn: ['CRITICAL'] } });
    expect(scan(critical)).toContain('severity: CRITICAL\n');
    expect(scan(critical)).not.toContain('HIGH');
  });

  it('run in the small hours of Monday, at a minute of the project itself', () => {
    for (const slug of ['a', 'orders', 'zzz', 'x'.repeat(20)]) {
      const { minute, hour } = scheduleOf(slug);
      expect(minute).toBeGreaterThanOrEqual(1);
      expect(minute).toBeLessThanOrEqual(59);
      expect(hour).toBeGreaterThanOrEqual(2);
      expect(hour).toBeLessThanOrEqual(5);
    }
    expect(scheduleOf('orders')).toEqual(scheduleOf('orders'));
    expect(scheduleOf('orders')).not.toEqual(scheduleOf('shipping'));
  });
});

describe('dependabot', () => {
  it('has an entry for each ecosystem in use, where it is used', () => {
    expect(updatesOf(baseSystem)).toEqual(['npm /', 'github-actions /', 'docker /', 'docker-compose /']);
    expect(updatesOf(of('bun-mongo'))).toEqual(['bun /', 'github-actions /', 'docker /', 'docker-compose /']);
    expect(updatesOf(of('two-install-roots'))).toEqual([
      'npm /services/api',
      'npm /services/web',
      'github-actions /',
      'docker /services/api',
      'docker /services/web',
      'docker-compose /',
    ]);
    expect(updatesOf(of('automator-e2e'))).toContain('docker-compose /infrastructure/docker');
    expect(updatesOf({ ...baseSystem, generators: ['security-scan'] })).toEqual(['npm /', 'github-actions /']);
  });

  it('leaves another bot alone, and says so', () => {
    const paths = renderAll(securityScan, of('renovate')).map(({ path }) => path);
    expect(paths).toEqual(['.github/workflows/security-scan.yml']);
    expect(nextSteps(securityScan, of('renovate')).find(({ standard }) => standard === 'SEC-008')?.text).toContain(
      'renovate.json',
    );
  });

  it('stays when the bot that exists is Dependabot', () => {
    const existing = [{ path: '.github/dependabot.yml', role: 'update-bot', system: 'dependabot' }] as const;
    const again = system({ project: { ...baseSystem.project, existing } });
    expect(renderAll(securityScan, again)).toHaveLength(2);
  });
});

describe('next steps', () => {
  it('ask for a lock file that scanners can read', () => {
    const [base] = of('bun-mongo').services;
    if (!base) throw new Error('no service');
    const binary = system({
      services: [{ ...base, packageManager: { ...base.packageManager, lockFile: 'bun.lockb' } }],
    });
    expect(nextSteps(securityScan, binary).find(({ standard }) => standard === 'SEC-001')).toBeDefined();
  });
});
