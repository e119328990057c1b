/** Verdicts, severities and origins: what stops a write, what is told, and what is never silently held. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/generated/catalog.ts';
import type { System, Verdict } from '../../../src/model.ts';
import { type Artifact, checkAll } from '../../../src/standards/index.ts';
import { baseSystem, service, system } from '../../helpers/system.ts';
import { systemMatrix } from '../../helpers/system-matrix.ts';
import { rendered, requestOf, treeOf } from './rendered.ts';

const CI = '.github/workflows/ci.yml';

function report(
  of: System,
  change: Readonly<Record<string, (text: string) => string>> = {},
  origins: Readonly<Record<string, Artifact['origin']>> = {},
) {
  const tree = new Map(treeOf(rendered(of)));
  for (const [path, edit] of Object.entries(change)) tree.set(path, edit(tree.get(path) ?? ''));
  return checkAll(requestOf(of, tree, origins), catalog);
}

function verdictOf(verdicts: readonly Verdict[], id: string): Verdict | undefined {
  return verdicts.find(({ standard }) => standard === id);
}

describe('verdicts', () => {
  it('are one for each standard, in the order of the catalogue', () => {
    for (const of of Object.values(systemMatrix)) {
      expect(report(of).verdicts.map(({ standard }) => standard)).toEqual(catalog.map(({ id }) => id));
    }
  });

  it('say why, unless a standard is held or broken', () => {
    for (const of of Object.values(systemMatrix)) {
      for (const verdict of report(of).verdicts) {
        if (verdict.state === 'held' || verdict.state === 'broken') continue;
        expect(verdict.reason, verdict.standard).toMatch(/\S/);
      }
    }
  });

  it('never hold what no check decides', () => {
    const { verdicts } = report(baseSystem);
    const deploys = catalog.filter(({ served }) => served.length === 1 && served[0] === 'deploy-github');
    expect(deploys.length).toBeGreaterThan(0);
    for (const { id } of deploys)
      expect(verdictOf(verdicts, id)).toMatchObject({
        state: 'not-checked',
        reason: expect.stringContaining('not part of this setup'),
      });
    expect(verdictOf(verdicts, 'CI-012')).toMatchObject({ state: 'not-checked' });
    expect(verdictOf(verdicts, 'OBS-013')?.reason).toContain('orders answers /healthz');
  });

  it('hold what the five generators serve', () => {
    const held = report(baseSystem).verdicts.filter(({ state }) => state === 'held');
    expect(held.map(({ standard }) => standard)).toEqual(
      expect.arrayContaining([
        'CI-001',
        'CI-003',
        'CI-009',
        'DOCKER-001',
        'DOCKER-005',
        'SEC-001',
        'SECRETS-002',
        'DEVX-002',
      ]),
    );
  });

  it('leave the coverage gate out where it is off', () => {
    const { verdicts } = report(system({ delivery: { ...baseSystem.delivery, coverage: null } }));
    expect(verdictOf(verdicts, 'CI-009')).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringContaining('optional'),
    });
  });

  it('leave out what the project has no script for', () => {
    const { findings, verdicts } = report(system({ services: [service({ commands: {}, coverage: null })] }));
    expect(findings).toEqual([]);
    expect(verdictOf(verdicts, 'CI-007')).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringContaining('next step'),
    });
  });
});

describe('severity', () => {
  const slower = { [CI]: (text: string) => text.replace('timeout-minutes: 4', 'timeout-minutes: 9') };

  it('follows the level, and the message has the arithmetic', () => {
    const { findings, verdicts } = report(baseSystem, slower);
    expect(findings).toMatchObject([
      {
        standard: 'CI-003',
        severity: 'error',
        message: expect.stringMatching(/^The longest path static → image → ci-ok takes 14 minutes .* allows 10\.$/),
      },
    ]);
    expect(verdictOf(verdicts, 'CI-003')).toEqual({ standard: 'CI-003', state: 'broken' });
  });

  it('is information where the persona does not ask for it', () => {
    const of = system({ persona: { id: 'battra-contributor', title: 'Team contributor' } });
    const { findings, verdicts } = report(of, slower);
    expect(findings).toMatchObject([{ standard: 'CI-003', severity: 'info' }]);
    expect(verdictOf(verdicts, 'CI-003')).toMatchObject({ state: 'not-applicable' });
  });

  it('is information in a file of the user', () => {
    const { findings, verdicts } = report(
      baseSystem,
      { Dockerfile: () => '# Mine\nFROM node:22\nCOPY . .\nCMD ["npm", "start"]\n' },
      { Dockerfile: 'foreign' },
    );
    expect(findings.length).toBeGreaterThan(4);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(verdictOf(verdicts, 'DOCKER-001')).toMatchObject({
      state: 'not-checked',
      reason: expect.stringContaining('Dockerfile'),
    });
  });

  it('stays what it is in a file that somebody edited', () => {
    const { findings } = report(baseSystem, slower, { [CI]: 'edited' });
    expect(findings).toMatchObject([{ standard: 'CI-003', severity: 'error', origin: 'edited' }]);
  });
});

describe('edited workflows', () => {
  it('may call scripts of the project that we do not know, and tools by their own names', () => {
    const edit = (text: string) =>
      text
        .replace('run: npm run lint', 'run: npx eslint .')
        .replace('run: npm ci', 'run: npm ci && npm run prepare:fixtures');
    expect(report(baseSystem, { [CI]: edit }, { [CI]: 'edited' }).findings).toEqual([]);
  });
});

describe('what is no defect', () => {
  it('is a file that bun runs', () => {
    const of = systemMatrix['bun-mongo'] as System;
    const edit = (run: string) => (text: string) => text.replace('run: bun run lint', `run: ${run}`);
    const commands = (run: string) =>
      report(of, { [CI]: edit(run) }).findings.filter(({ standard }) => standard === 'X-COMMANDS');
    expect(commands('bun run lint && bun run src/scripts/migrate.ts')).toEqual([]);
    expect(commands('bun run lint && bun run migrate')).toHaveLength(1);
  });

  it('is a switch or a number whose name sounds like a secret', () => {
    const edit = (line: string) => (text: string) =>
      text.replace(/(\n {4}environment:)\n/, (_, start: string) => `${start}\n      ${line}\n`);
    const secrets = (line: string) =>
      report(baseSystem, { 'compose.yaml': edit(line) }).findings.filter(({ standard }) => standard === 'SECRETS-002');
    expect(secrets('CORS_CREDENTIALS: "true"')).toEqual([]);
    expect(secrets('SESSION_TOKEN: 900')).toEqual([]);
    expect(secrets('SESSION_TOKEN: "90017253"')).toHaveLength(1);
  });
});

describe('robustness', () => {
  const of = baseSystem;
  const tree = treeOf(rendered(of));
  const spoilers: readonly (readonly [
    name: string,
    spoil: (lines: readonly string[], at: number) => readonly string[],
    step: number,
  ])[] = [
    ['a line is missing', (lines, at) => lines.toSpliced(at, 1), 7],
    ['the rest is missing', (lines, at) => lines.slice(0, at), 11],
    ['a value has another shape', (lines, at) => lines.with(at, (lines[at] ?? '').replace(/:\s.*$|:$/, ': [{}]')), 7],
    ['a value is empty', (lines, at) => lines.with(at, (lines[at] ?? '').replace(/:\s.*$/, ':')), 11],
  ];

  it.each(spoilers)('%s: findings, never an exception', (_, spoil, step) => {
    for (const [path, text] of tree) {
      const lines = text.split('\n');
      for (let at = step % 3; at < lines.length; at += step) {
        const spoilt = new Map(tree).set(path, spoil(lines, at).join('\n'));
        expect(() => checkAll(requestOf(of, spoilt, { [path]: 'edited' }), catalog), `${path}:${at + 1}`).not.toThrow();
      }
    }
  });

  it.each([
    [
      'an alias that explodes',
      `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefghij'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    ],
    ['nesting without end', '['.repeat(20_000)],
    ['a tab', 'jobs:\n\t- x\n'],
    ['nothing', ''],
    ['a scalar', 'hello\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['a binary', '\u0000\u0001\uffff'],
  ])('%s in a workflow', (_, text) => {
    expect(() => report(of, { [CI]: () => text }, { [CI]: 'edited' })).not.toThrow();
  });

  it('tells of a file that is not there', () => {
    const without = new Map(tree);
    without.delete(CI);
    const { findings, verdicts } = checkAll(requestOf(of, without), catalog);
    expect(findings).toMatchObject([{ standard: 'X-FILES', file: CI, severity: 'error' }]);
    expect(verdictOf(verdicts, 'CI-003')).toMatchObject({ state: 'not-checked', reason: `${CI} is not there` });
  });
});

it('gives the same result whatever the order of the artifacts', () => {
  const tree = new Map(treeOf(rendered(baseSystem)))
    .set('Dockerfile', 'FROM node\n')
    .set('compose.yaml', 'services: {a: {image: x:latest}}\n');
  const request = requestOf(baseSystem, tree);
  expect(checkAll({ ...request, artifacts: request.artifacts.toReversed() }, catalog)).toEqual(
    checkAll(request, catalog),
  );
});
