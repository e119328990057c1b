import { posix } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generators } from '../../../generators/index.ts';
import { runbooks } from '../../../generators/runbooks.ts';
import { alertsOf } from '../../../generators/shared/alerts/index.ts';
import {
  cloudNames,
  cloudServices,
  datastoreIdentifier,
  production,
  runsOnAws,
  serviceNames,
} from '../../../generators/shared/cloud.ts';
import { hasStack } from '../../../generators/shared/local-stack.ts';
import { exportersOf, serversOf } from '../../../generators/shared/observability-stack.ts';
import { WRITTEN } from '../../../generators/shared/runbooks/index.ts';
import { generate } from '../../../src/core/generate.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { System } from '../../../src/model.ts';
import { baseSystem, service } from '../../helpers/system.ts';
import { fencesOf, pageOf, stepsOf, tableCommands, wordsOf } from '../../tools/runbooks-read.ts';
import { filesOf, pins, SYSTEMS, whole } from '../../tools/runbooks-systems.ts';

const SECTIONS = [
  'Summary',
  'Impact',
  'First 5 minutes',
  'Diagnosis',
  'Mitigation',
  'Verification',
  'Escalation',
  'After',
];
const PROCESSES = ['deployment', 'rollback', 'incident-response', 'scaling', 'disaster-recovery'];

const able = Object.entries(SYSTEMS).filter(([, sys]) => runbooks.applies(sys) === true);

const alertPages = (files: ReadonlyMap<string, string>) =>
  [...files]
    .filter(([path]) => path.includes('/alerts/'))
    .map(([path, text]) => ({ path, text, page: pageOf(text), name: posix.basename(path, '.md') }));

describe.each(able)('%s', (_, sys) => {
  const files = filesOf(sys);
  const pages = alertPages(files);
  const documents = [...files].filter(([path]) => path.endsWith('.md'));

  it('has one page for each alert, and no other', () => {
    expect(pages.map(({ name }) => name).sort()).toEqual(
      alertsOf(sys)
        .map(({ name }) => name)
        .sort(),
    );
    for (const { page, name } of pages) {
      const alert = alertsOf(sys).find((one) => one.name === name);
      expect(page.matter).toMatchObject({
        alert: name,
        severity: alert?.severity,
        last_tested: 'never',
        tested_by: '',
      });
      expect(page.title).toBe(name);
    }
  });

  it('has eight sections in order, none empty, in at most 500 words', () => {
    for (const { path, page, text } of pages) {
      expect([...page.sections.keys()], path).toEqual(SECTIONS);
      for (const section of page.sections.values()) expect(section.length, path).toBeGreaterThan(20);
      expect(wordsOf(text), path).toBeLessThanOrEqual(500);
    }
  });

  it('has at most five first steps, each with a command, what is seen, and what to do if not', () => {
    for (const { path, page } of pages) {
      const steps = stepsOf(page.sections.get('First 5 minutes') ?? '');
      expect(steps.length, path).toBeGreaterThanOrEqual(1);
      expect(steps.length, path).toBeLessThanOrEqual(5);
      for (const { title, runs, text } of steps) {
        expect(runs.length, `${path}: ${title}`).toBeGreaterThanOrEqual(1);
        expect(runs.some(({ expected }) => expected !== null) || /If so:/.test(text), `${path}: ${title}`).toBe(true);
        expect(text, path).toMatch(/^ {3}If so: .+\. If not: .+\.$/m);
        expect(new Set(runs.map(({ place }) => place)).size, path).toBe(runs.length);
      }
      expect(steps.map(({ runs }) => runs.length).reduce((sum, count) => sum + count, 0)).toBe(
        fencesOf(page.sections.get('First 5 minutes') ?? '').length,
      );
    }
  });

  it('diagnoses by a table, and mitigates with risk and undo', () => {
    for (const { path, page } of pages) {
      const diagnosis = page.sections.get('Diagnosis') ?? '';
      const rows = diagnosis
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .slice(2);
      expect(rows.length, path).toBeGreaterThanOrEqual(2);
      for (const row of rows) expect(row, path).toMatch(/^\| .+ \| (step \d above|`.+`|<code>.+<\/code>) \| .+ \|$/);
      expect(tableCommands(diagnosis).length + (diagnosis.match(/step \d above/g) ?? []).length, path).toBe(
        rows.length,
      );
      const actions = stepsOf(page.sections.get('Mitigation') ?? '');
      expect(actions.length, path).toBeGreaterThanOrEqual(1);
      for (const { text } of actions) expect(text, path).toMatch(/Risk: .+ Undo: .+/);
    }
  });

  it('verifies by a query that Prometheus reads, or by the alarm', () => {
    for (const { path, page, name } of pages) {
      const section = page.sections.get('Verification') ?? '';
      expect(section, path).toMatch(/Has to hold for \d+ minutes/);
      const alert = alertsOf(sys).find((one) => one.name === name);
      const queries = promqlOf(section);
      expect(queries, path).toEqual(alert?.prometheus ? [alert.prometheus.verification] : []);
      expect(section.includes(`-${name}'`), path).toBe(alert?.cloudwatch != null && runsOnAws(sys));
    }
  });

  it('asks Prometheus nothing that it cannot read', () => {
    for (const [path, text] of documents) {
      for (const query of promqlOf(text)) expect(errorsIn(query), `${path}: ${query}`).toEqual([]);
    }
  });

  it('escalates in minutes, to roles that the file of people has', () => {
    const roles = Object.keys((parse(files.get(sys.layout.contacts) ?? '') as { roles: object }).roles).map((role) =>
      role.replaceAll(/[_-]/g, ' '),
    );
    for (const { path, page } of pages) {
      const rungs = (page.sections.get('Escalation') ?? '').split('\n').filter((line) => /^\| \d+ minutes/.test(line));
      expect(rungs.length, path).toBeGreaterThanOrEqual(1);
      for (const rung of rungs) {
        for (const who of (rung.split('|')[2] ?? '').split(' and '))
          expect(roles, path).toContain(who.trim().replaceAll('-', ' '));
      }
      expect(roles, path).toContain(page.matter.owner);
    }
  });

  it('holds no placeholder', () => {
    for (const [path, text] of files) {
      expect(text, path).not.toMatch(
        /\b(TODO|TBD|FIXME|XXX|lorem|undefined|changeme)\b|example\.(com|org)|\{\{|insert .* here|\$ (aws|docker|curl) /i,
      );
      expect(text.replaceAll(/<\(|<<<|<\/?code>/g, ''), path).not.toMatch(/<[a-z][a-z_ -]*>/i);
    }
  });

  it('links to what is there', () => {
    for (const [path, text] of documents) {
      for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
        const [file = '', anchor] = target.split('#');
        const place = file === '' ? path : posix.join(posix.dirname(path), file);
        if (!place.startsWith(`${sys.layout.runbooks}/`)) continue;
        expect([...files.keys()], `${path} -> ${target}`).toContain(place);
        if (anchor !== undefined) expect(anchorsOf(files.get(place) ?? ''), `${path} -> ${target}`).toContain(anchor);
      }
    }
  });

  it('is tidy Markdown: one title, blank lines around everything, a language for each fence', () => {
    for (const [path, text] of documents) expect(untidy(text), path).toEqual([]);
  });

  it('names nothing on AWS that the stacks do not make', () => {
    const known = namesOf(sys);
    for (const [path, text] of documents) {
      if (!runsOnAws(sys)) expect(text, path).not.toMatch(/\b(aws|terraform) [a-z-]/);
      for (const { language, text: command } of fencesOf(text)) {
        if (language !== 'bash') continue;
        for (const [, flag = '', value = ''] of command.matchAll(NAMED))
          expect(known, `${path}: ${flag}`).toContain(value.replaceAll('"', ''));
      }
    }
  });

  it('speaks of Compose and of its containers only where they are', () => {
    const containers = new Set([
      ...sys.services.map(({ name }) => name),
      ...sys.datastores.map(({ name }) => name),
      ...[...serversOf(sys), ...exportersOf(sys)].map(({ name }) => name),
    ]);
    for (const [path, text] of documents) {
      if (!hasStack(sys)) expect(text, path).not.toMatch(/docker compose|local stack/i);
      for (const [, name = ''] of text.matchAll(
        /docker compose[^\n`]*? (?:exec -T|restart|ps(?: --all)?|stop|--tail \d+|--wait) ([a-z][a-z0-9-]*)/g,
      ))
        expect([...containers, ...[...containers].map((one) => `${one}-migrations`)], path).toContain(name);
    }
  });
});

/** The flags whose values are names that the stacks give. */
const NAMED =
  /--(cluster|services|log-group-name|db-instance-identifier|source-db-instance-identifier|replication-group-id|family-prefix|alarm-name-prefix|resource-ids?) ("?[^\s")]+"?)/g;

function namesOf(sys: System): readonly string[] {
  if (!runsOnAws(sys)) return [];
  const environment = production(sys).name;
  const names = cloudNames(sys, environment);
  const shell = cloudServices(sys).length > 1 ? ['${SERVICE}'] : [];
  const own = [...cloudServices(sys).map(({ name }) => name), ...shell].flatMap((name) => {
    const all = serviceNames({ ...service(), name }, sys, environment);
    return [all.service, all.logGroup, all.taskFamily, `service/${names.cluster}/${name}`];
  });
  const stores = sys.datastores.flatMap(({ name }) => {
    const identifier = datastoreIdentifier(sys, environment, name);
    return [identifier, `${identifier}-restored`];
  });
  return [names.cluster, `${names.prefix}-`, ...own, ...stores];
}

/** Queries as the shell hands them to curl. */
function promqlOf(text: string): readonly string[] {
  return fencesOf(text).flatMap(({ text: command }) =>
    [...command.matchAll(/--data-urlencode 'query=((?:[^']|'\\'')*)'/g)].map(([, query = '']) =>
      query.replaceAll("'\\''", "'"),
    ),
  );
}

function errorsIn(query: string): readonly string[] {
  const errors: string[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(query.slice(Math.max(0, node.from - 10), node.to + 10));
    },
  });
  return errors;
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The rules of markdownlint that generated text breaks: MD001, MD012, MD022, MD025, MD031, MD032, MD040, MD047. */
function untidy(text: string): readonly string[] {
  const found: string[] = [];
  const lines = text.replace(/^---\n[\s\S]*?\n---\n/, '').split('\n');
  let fenced = false;
  if (lines.at(-1) !== '' || lines.at(-2) === '') found.push('MD047');
  if (lines.filter((line, at) => line.startsWith('# ') && !inFence(lines, at)).length !== 1) found.push('MD025');
  for (const [at, line] of lines.entries()) {
    const [before = '', after = ''] = [lines[at - 1], lines[at + 1]];
    if (/^ *```/.test(line)) {
      if (!fenced && !/^ *```(bash|text)$/.test(line)) found.push(`MD040 ${line}`);
      if ((fenced ? after : before).trim() !== '') found.push(`MD031 ${line} ${before} ${after}`);
      fenced = !fenced;
      continue;
    }
    if (fenced) continue;
    if (line === '' && before === '' && at > 1) found.push(`MD012 line ${at}`);
    if (/\s$/.test(line)) found.push(`MD009 ${line}`);
    if (/^#+ /.test(line) && at > 1 && (before !== '' || after !== '')) found.push(`MD022 ${line}`);
    const item = /^(\d+\.|-) /;
    if (item.test(line) && before !== '' && !item.test(before) && !before.startsWith('   '))
      found.push(`MD032 ${before}`);
    if (item.test(before) && line !== '' && !item.test(line)) found.push(`MD032 ${line}`);
    if (line.startsWith('|') !== before.startsWith('|') && line !== '' && before !== '') found.push(`MD058 ${line}`);
  }
  return found;
}

function inFence(lines: readonly string[], at: number): boolean {
  return lines.slice(0, at).filter((line) => /^ *```/.test(line)).length % 2 === 1;
}

it('is written for every alert that some system has, and for no other', () => {
  const named = new Set(able.flatMap(([, sys]) => alertsOf(sys).map(({ name }) => name)));
  expect([...WRITTEN].sort()).toEqual([...named].sort());
});

it('does not apply where nothing runs for long', () => {
  expect(runbooks.applies(SYSTEMS.library ?? baseSystem)).toBe(
    'no service runs for long, so there is nothing to operate',
  );
});

it('links from alerts to other families by paths that these make', () => {
  const made = generate(whole(baseSystem), generators, templates, pins).files;
  const paths = made.map(({ path }) => path);
  for (const { path, text } of made.filter(({ generator }) => generator === 'runbooks')) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g))
      expect(paths, `${path} -> ${target}`).toContain(posix.join(posix.dirname(path), target));
  }
});

describe('the file of people', () => {
  const text = filesOf(whole(baseSystem)).get('docs/runbooks/contacts.yml') ?? '';
  const people = parse(text) as { channel: object; roles: Record<string, Record<string, null>> };

  it('has roles, and nobody in them', () => {
    expect(Object.keys(people.roles)).toEqual([
      'on_call_primary',
      'on_call_secondary',
      'incident_commander',
      'service_owner',
      'database',
      'security',
      'management',
    ]);
    for (const role of Object.values(people.roles)) expect(role).toEqual({ name: null, phone: null, chat: null });
    expect(people.channel).toEqual({ kind: 'slack', name: '#orders-alerts', pager: 'pagerduty' });
  });

  it('is written once, then belongs to people, and is said to be empty', () => {
    const specs = runbooks.files({ system: whole(baseSystem), answers: {}, outputs: {}, pins });
    expect(specs.filter(({ ownership }) => ownership === 'once').map(({ path }) => path)).toEqual([
      'docs/runbooks/contacts.yml',
    ]);
    const [first] = runbooks.nextSteps({ system: whole(baseSystem), answers: {}, outputs: {}, pins });
    expect(first).toMatchObject({ text: expect.stringContaining('7 roles are still empty'), standard: 'ALERT-017' });
  });

  it('is the only place with people', () => {
    for (const [path, page] of filesOf(whole(baseSystem))) {
      if (!path.endsWith('contacts.yml')) expect(page, path).not.toMatch(/^\s*(phone|name|mail):/m);
    }
  });
});

describe('pages of how things are done', () => {
  const files = filesOf(whole(baseSystem));
  const text = (name: string) => files.get(`docs/runbooks/${name}.md`) ?? '';

  it.each(PROCESSES)('%s is there, with an owner, never tested', (name) => {
    expect(pageOf(text(name)).matter).toMatchObject({ owner: expect.any(String), last_tested: 'never' });
  });

  it('deployment has 7, 5 and 6 things to tick, and leads to rollback', () => {
    const { sections } = pageOf(text('deployment'));
    const ticks = (name: string) => (sections.get(name)?.match(/^- \[ \] /gm) ?? []).length;
    expect([ticks('Before'), ticks('During'), ticks('After')]).toEqual([7, 5, 6]);
    expect(sections.get('Rollback')).toContain('(rollback.md)');
  });

  it('rollback covers four components, each with its limit', () => {
    const { sections } = pageOf(text('rollback'));
    expect([...sections.keys()]).toEqual([
      'Application',
      'Database migration',
      'Infrastructure',
      'Configuration',
      'Verification',
      'Notify',
    ]);
    expect(text('rollback')).toMatch(/\| \[Application\]\(#application\) \| 2 minutes /);
    expect(text('rollback').match(/^\| \[.*\| \d+ minutes /gm)).toHaveLength(4);
  });

  it('incident response has its six phases in order, and the words of the alerts for severity', () => {
    const { sections } = pageOf(text('incident-response'));
    expect([...sections.keys()]).toEqual(['Assess', 'Communicate', 'Mitigate', 'Investigate', 'Resolve', 'Review']);
    expect(sections.get('Assess')?.match(/^\| (critical|warning|info) \|/gm)).toEqual([
      '| critical |',
      '| warning |',
      '| info |',
    ]);
    expect(/```text\n(\w+):/.exec(sections.get('Communicate') ?? '')?.[1]).toBe('Impact');
    expect(
      sections
        .get('Review')
        ?.match(/^\| (\w+( \w+)?) \|/gm)
        ?.slice(1),
    ).toEqual(
      ['Summary', 'Timeline', 'Root cause', 'Impact', 'Mitigation', 'Prevention', 'Action items'].map(
        (field) => `| ${field} |`,
      ),
    );
    expect(text('incident-response')).toMatch(/time box is 30 minutes[\s\S]*within 5 business days/);
  });

  it('disaster recovery shows the objectives of the system, as unconfirmed, and no drill that nobody did', () => {
    const other = {
      ...whole(baseSystem),
      infrastructure: { ...baseSystem.infrastructure, recovery: { rtoMinutes: 77, rpoMinutes: 11 } },
    };
    const page = filesOf(other).get('docs/runbooks/disaster-recovery.md') ?? '';
    expect(page).toContain('| postgresql | postgresql | 77 minutes | 11 minutes |');
    expect(page).toContain('77 and 11 minutes are defaults that nobody has confirmed');
    expect(/## Drill record\n\n.*\n\n\| Date .*\n\| --- .*\n\n/.test(page)).toBe(true);
  });

  it('the index leads to the five failures that everybody has', () => {
    for (const failure of ['Pipeline down', 'Certificate expiry', 'Disk full', 'Bad deploy', 'Database down'])
      expect(text('README')).toContain(`| ${failure} | [`);
  });
});
