import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../src/core/config-file.ts';
import { MIGRATIONS, type Migration, migrated, type Step, versionOf } from '../../../src/core/migrations/index.ts';
import { applyStep } from '../../../src/core/migrations/steps.ts';
import { SetupError } from '../../../src/errors.ts';

/** Two versions that are to come, as they could be. */
const TWO: readonly Migration[] = [
  {
    from: 1,
    to: 2,
    title: 'the pager has a section of its own',
    steps: [
      { move: 'observability.pager', to: 'paging.system' },
      { rename: 'infrastructure.cdk', to: 'toolkit' },
      { replace: 'generators', from: 'cdktf-aws', to: 'stacks-aws' },
    ],
  },
  {
    from: 2,
    to: 3,
    title: 'ports are numbers of a listener',
    steps: [
      { rename: 'services.*.port', to: 'listen' },
      { drop: 'delivery.contract' },
      { set: 'paging.since', value: 3, unless: 'present' },
      { replace: 'delivery.strategy', from: 'canary', to: 'progressive' },
    ],
  },
];

const BEFORE = `# Ours. Ask before changing.
version: 1   # written in 2026
extends: ./acme.yaml
generators:
  - ci-github # always
  - cdktf-aws # stacks
delivery:
  # watched closely
  strategy: 'canary'   # since May
  contract: false
infrastructure: { region: eu-west-1, cdk: cdktf } # one day two
observability:
  # we page
  pager: pagerduty # the whole team
  chat: { kind: slack }
toConfirm: [infrastructure.cdk, services.api.port, infrastructure.budget]
services:
  api: { path: apps/api, port: 80 }
  web:
    port: 81 # behind nginx
`;

const steps = (text: string, ...list: readonly Step[]) => list.reduce(applyStep, text);

describe('migrations', () => {
  it('run in order, say what they did, and keep every comment and the spelling of what they do not touch', () => {
    const { text, from, to, done } = migrated(BEFORE, 'config.yaml', TWO);
    expect([from, to]).toEqual([1, 3]);
    expect(done).toEqual([
      'version 1 to 2: the pager has a section of its own',
      'version 2 to 3: ports are numbers of a listener',
    ]);
    expect(parse(text)).toEqual({
      version: 3,
      extends: './acme.yaml',
      generators: ['ci-github', 'stacks-aws'],
      delivery: { strategy: 'progressive' },
      infrastructure: { region: 'eu-west-1', toolkit: 'cdktf' },
      observability: { chat: { kind: 'slack' } },
      paging: { system: 'pagerduty', since: 3 },
      toConfirm: ['infrastructure.toolkit', 'services.api.listen', 'infrastructure.budget'],
      services: { api: { path: 'apps/api', listen: 80 }, web: { listen: 81 } },
    });
    for (const [comment] of BEFORE.matchAll(/# .*$/gm)) expect(text).toContain(comment);
  });

  it('are done once: the result is of today, and from each version on the way it is the same', () => {
    const whole = migrated(BEFORE, 'x', TWO).text;
    expect(migrated(whole, 'x', TWO)).toEqual({ text: whole, from: 3, to: 3, done: [] });
    // Interrupted between the two, another release goes on from where it stands.
    const half = migrated(BEFORE, 'x', TWO.slice(0, 1)).text;
    expect(parse(half).version).toBe(2);
    expect(migrated(half, 'x', TWO).text).toBe(whole);
  });

  it('leave a text of today as it is, byte for byte, and take one without a version for the first', () => {
    for (const text of ['version: 3\n', '# x\r\nversion: 3\r\na:   1\r\n', 'version:    3'])
      expect(migrated(text, 'x', TWO).text).toBe(text);
    expect(parse(migrated('observability: { pager: none }\n', 'x', TWO).text)).toEqual({
      paging: { system: 'none', since: 3 },
      version: 3,
    });
    expect(parse(migrated('# nothing yet\n', 'x', TWO).text)).toEqual({ version: 3, paging: { since: 3 } });
    expect(migrated('', 'x').text).toBe('');
  });

  it('refuse a version of a newer release, and what is no version, with the line', () => {
    const told = (text: string) => {
      try {
        return migrated(text, '.devops/config.yaml', TWO);
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        return error.problems.map(({ place, message, hint }) => `${place}: ${message} ${hint}`).join();
      }
    };
    expect(told('a: 1\nversion: 4\n')).toBe(
      '.devops/config.yaml:2, version: this release reads versions up to 3, the file says 4. Use the release that wrote the file, or a newer one: npx create-devops-setup@latest update',
    );
    for (const version of ['"1"', '0', '1.5', '[1]', 'null', '-1'])
      expect(told(`version: ${version}\n`), version).toContain('is no version. Write version: 3.');
  });

  it('are read through by the configuration, with lines of the text as it will be', () => {
    const file = readConfig(BEFORE, '.devops/config.yaml', TWO);
    expect(file.migrated).toHaveLength(2);
    expect(file.config.version).toBe(3);
    expect(file.text.split('\n')[file.lineOf('paging.system') - 1]).toContain('system: pagerduty');
  });

  it('of this release lead from 1 to today without a gap', () => {
    for (const [index, { from, to }] of MIGRATIONS.entries()) expect([from, to]).toEqual([index + 1, index + 2]);
    expect(versionOf()).toBe(MIGRATIONS.length + 1);
  });
});

describe('a step', () => {
  it('renames in place, and lets what a person wrote under the new name stand', () => {
    expect(steps('a: 1   # x\n"b":  2\n', { rename: 'b', to: 'c' })).toBe('a: 1   # x\n"c":  2\n');
    expect(steps('s: { a: 1,  b: 2 }\n', { rename: 's.b', to: 'a' })).toBe('s: { a: 1,  b: 2 }\n');
    expect(steps('a: 1\n', { rename: 'b', to: 'c' })).toBe('a: 1\n');
  });

  it('does nothing twice', () => {
    const all: readonly Step[] = [
      { rename: 'delivery.strategy', to: 'way' },
      { move: 'infrastructure.region', to: 'cloud.region' },
      { drop: 'services.*.port' },
      { set: 'x.y', value: [1, 'a'] },
      { replace: 'generators', from: 'ci-github', to: 'ci' },
    ];
    const once = steps(BEFORE, ...all);
    expect(steps(once, ...all)).toBe(once);
    expect(parse(once).services).toEqual({ api: { path: 'apps/api' } });
  });

  it('moves with comments, into a section that is there or is made, and takes an emptied one away', () => {
    const text = 'old:\n  # why\n  key: 1 # here\nnew:\n  a: 2\n';
    expect(steps(text, { move: 'old.key', to: 'new.key' })).toBe('new:\n  a: 2\n  # why\n  key: 1 # here\n');
    expect(parse(steps('a: { b: { c: 1 } }\n', { move: 'a.b.c', to: 'x.y.z' }))).toEqual({ x: { y: { z: 1 } } });
    expect(
      parse(steps('services: { a: { x: 1 }, b: { x: 2 } }\n', { move: 'services.*.x', to: 'services.*.in.y' })),
    ).toEqual({
      services: { a: { in: { y: 1 } }, b: { in: { y: 2 } } },
    });
    expect(parse(steps('a: 1\nb: 2\n', { move: 'a', to: 'b' }))).toEqual({ b: 2 });
  });

  it('keeps Windows line ends, aliases that lose their anchor, and quotes', () => {
    const windows = BEFORE.replaceAll('\n', '\r\n');
    for (const { steps: list } of TWO)
      expect(steps(windows, ...list).replaceAll('\r\n', '\n')).toBe(steps(BEFORE, ...list));
    expect(steps(windows, ...(TWO[0]?.steps ?? []))).not.toMatch(/[^\r]\n/);
    expect(parse(steps('a: &x { k: 1 }\nb: *x\n', { drop: 'a' }))).toEqual({ b: { k: 1 } });
    expect(
      steps('a: \'x\'\nb: "x"\nc: x\n', { replace: 'a', from: 'x', to: "y'z" }, { replace: 'b', from: 'x', to: 'y' }),
    ).toBe("a: 'y''z'\nb: \"y\"\nc: x\n");
    expect(steps('a: x\n', { replace: 'a', from: 'x', to: 'true' })).toBe('a: "true"\n');
    expect(steps('a: x\n', { replace: 'a', from: 'x', to: '1' })).toBe('a: "1"\n');
  });

  it('renames questions that a preset locks', () => {
    const text = 'delivery: { strategy: canary }\nlocked:\n  delivery.strategy: us # ask\n  services.*.port: us\n';
    expect(steps(text, { rename: 'delivery.strategy', to: 'way' }, { rename: 'services.*.port', to: 'listen' })).toBe(
      'delivery: { way: canary }\nlocked:\n  delivery.way: us # ask\n  services.*.listen: us\n',
    );
  });
});
