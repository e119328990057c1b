/** The ways back: undo, remove, unmanage, adopt, restore. Trees are compared byte for byte. */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, bytesOf, emptyFolder, project, removeFolders, cli as run } from '../helpers/cli.ts';
import { rewritePast } from '../helpers/past.ts';
import { converse, findBridge, KEYS } from '../helpers/pty.ts';

afterAll(removeFolders, 60_000);

/** Records that are kept outside of projects are this test's own. */
const state = emptyFolder();
const cli = (folder: string, args: readonly string[]) => run(folder, args, { env: { XDG_STATE_HOME: state } });
const GUIDE = 'docs/configuration.md';
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');

/** Everything but what undo itself keeps. */
const treeOf = (folder: string): ReadonlyMap<string, string> =>
  new Map([...bytesOf(folder)].filter(([path]) => !/^\.devops\/tx(\/|$)/.test(path)));

/** Without anything of ours. */
const ownTree = (folder: string): ReadonlyMap<string, string> =>
  new Map([...bytesOf(folder)].filter(([path]) => !/^\.devops(\/|$)/.test(path)));

const aged = (): string => {
  const folder = project({ setUp: true });
  rewritePast(folder, { Dockerfile: (text) => text.replace('\n', '\n# said by the older release\n') });
  return folder;
};

describe('undo', () => {
  it('takes an update back, byte for byte, and shows it first', () => {
    const folder = aged();
    const before = treeOf(folder);
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    expect(treeOf(folder)).not.toEqual(before);
    const look = cli(folder, ['undo', '--dry-run']);
    expect(look.code, look.stderr).toBe(1);
    expect(look.stderr).toMatch(/The last write, update:[\s\S]*~ Dockerfile +as it was before/);
    const { code, stderr } = cli(folder, ['undo', '--yes']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('1 file as it was: everything is as before update');
    expect(treeOf(folder)).toEqual(before);
  });

  it('of the first write leaves nothing', () => {
    const folder = project();
    const before = bytesOf(folder);
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    const { code, stderr } = cli(folder, ['undo', '--yes']);
    expect(code, stderr).toBe(0);
    expect(bytesOf(folder)).toEqual(before);
    const nothing = cli(folder, ['undo', '--yes']);
    expect(nothing.code, nothing.stderr).toBe(0);
    expect(nothing.stderr).toContain('Nothing to take back');
    expect(bytesOf(folder)).toEqual(before);
  });

  it('goes back write by write', () => {
    const folder = project();
    const states = [bytesOf(folder)];
    for (const args of [
      ['--yes', '--set', 'generators=docker'],
      ['add', 'compose', '--yes'],
      ['unmanage', 'Dockerfile'],
    ]) {
      const { code, stderr } = cli(folder, args);
      expect(code, stderr).toBe(0);
      states.push(treeOf(folder));
    }
    for (const expected of states.slice(0, -1).reverse()) {
      const { code, stderr } = cli(folder, ['undo', '--yes']);
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/✓ (?:\d+ files? (?:as|gone)|the records in \.devops\/ as they were: )/);
      expect(treeOf(folder)).toEqual(expected);
    }
  });

  it('refuses where something was edited since, names every file, touches nothing', () => {
    const folder = aged();
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    appendFileSync(join(folder, 'Dockerfile'), '# mine\n');
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['undo', '--yes']);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/CHANGED {2}Dockerfile/);
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('is not guessed without a terminal', () => {
    const folder = project({ setUp: true });
    const before = bytesOf(folder);
    for (const args of [['undo'], ['undo', '--json']]) {
      const { code, stderr } = cli(folder, args);
      expect(code, stderr).toBe(2);
      expect(stderr).toContain('Add --yes');
    }
    expect(bytesOf(folder)).toEqual(before);
  });

  it.skipIf(!findBridge())('asks at a terminal', async () => {
    const folder = project();
    const before = bytesOf(folder);
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    const after = bytesOf(folder);
    const ask = (type: readonly string[]) =>
      converse([process.execPath, BIN, 'undo'], {
        cwd: folder,
        steps: type.map((key, index) => ({ see: index === 0 ? '? Take it back?' : '❯ No', type: key })),
      });
    expect((await ask([KEYS.down, KEYS.enter])).code).toBe(1);
    expect((await ask([KEYS.ctrlC])).code).toBe(2);
    expect(bytesOf(folder)).toEqual(after);
    expect((await ask([KEYS.enter])).code).toBe(0);
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe('remove', () => {
  it('takes one generator out of the configuration, and its files; undo brings them back', () => {
    const folder = project({ setUp: true });
    const before = treeOf(folder);
    const { code, stderr } = cli(folder, ['remove', 'alertmanager']);
    expect(code, stderr).toBe(0);
    expect(read(folder, '.devops/config.yaml')).not.toMatch(/generators:.*alertmanager/);
    expect(existsSync(join(folder, 'monitoring/alertmanager/alertmanager.yml'))).toBe(false);
    expect(cli(folder, ['plan'])).toMatchObject({ code: 0 });
    expect(cli(folder, ['undo', '--yes'])).toMatchObject({ code: 0 });
    expect(treeOf(folder)).toEqual(before);
  });

  it.each([
    ['alertmanger', 'Did you mean alertmanager?'],
    ['nothing', 'it is not set up here'],
  ])('says what may have been meant by %s', (id, hint) => {
    const folder = project({ setUp: true });
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['remove', id]);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('points to --all for the last one', () => {
    const folder = project();
    expect(cli(folder, ['--yes', '--set', 'generators=docker'])).toMatchObject({ code: 0 });
    const { code, stderr } = cli(folder, ['remove', 'docker']);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('remove --all');
  });

  it('--all leaves the project as if we had never been there, and can be taken back', () => {
    const folder = project();
    const before = bytesOf(folder);
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    const set = treeOf(folder);
    const { code, stderr } = cli(folder, ['remove', '--all', '--yes']);
    expect(code, stderr).toBe(0);
    expect(bytesOf(folder)).toEqual(before);
    const back = cli(folder, ['undo', '--yes']);
    expect(back.code, back.stderr).toBe(0);
    expect(treeOf(folder)).toEqual(set);
  });

  it('--all leaves what people edited, and takes our lines out of their files', () => {
    const folder = project();
    const before = bytesOf(folder);
    const ignored = existsSync(join(folder, '.gitignore')) ? read(folder, '.gitignore') : '';
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    appendFileSync(join(folder, 'Dockerfile'), '# mine\n');
    appendFileSync(join(folder, '.gitignore'), 'mine/\n');
    const mine = read(folder, 'Dockerfile');
    const { code, stderr } = cli(folder, ['remove', '--all', '--yes']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/\? Dockerfile/);
    expect(stderr).toContain('1 file that you edited is yours now');
    expect(read(folder, 'Dockerfile')).toBe(mine);
    expect(read(folder, '.gitignore')).toBe(`${ignored}mine/\n`);
    const left = new Map([...bytesOf(folder)].filter(([path]) => path !== 'Dockerfile' && path !== '.gitignore'));
    expect(left).toEqual(new Map([...before].filter(([path]) => path !== '.gitignore')));
  });

  it('--all wants a yes, and something to remove', () => {
    const folder = project({ setUp: true });
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['remove', '--all']);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('Add --yes');
    expect(bytesOf(folder)).toEqual(before);
    const nothing = cli(project(), ['remove', '--all', '--yes']);
    expect(nothing.code, nothing.stderr).toBe(2);
  });
});

describe('one file', () => {
  it('is left to its owner by unmanage, and looked after again by adopt', () => {
    const folder = project({ setUp: true });
    const before = treeOf(folder);
    const { code, stderr } = cli(folder, ['unmanage', GUIDE]);
    expect(code, stderr).toBe(0);
    expect(read(folder, '.devops/config.yaml')).toMatch(/unmanaged: \[?[\s-]*docs\/configuration\.md/);
    expect(read(folder, '.devops/lock.json')).not.toContain('"docs/configuration.md"');
    appendFileSync(join(folder, GUIDE), '# mine\n');
    const still = ownTree(folder);
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    expect(ownTree(folder)).toEqual(still);
    writeFileSync(join(folder, GUIDE), read(folder, GUIDE).replace('# mine\n', ''));
    expect(cli(folder, ['adopt', GUIDE])).toMatchObject({ code: 0 });
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    expect(treeOf(folder)).toEqual(before);
  });

  it('that plays a part for others keeps it: nothing else changes', () => {
    const folder = project({ setUp: true });
    const { code, stderr } = cli(folder, ['unmanage', 'Dockerfile']);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('The next update changes');
    expect(cli(folder, ['plan'])).toMatchObject({ code: 0 });
  });

  it('that somebody else wrote is adopted as it stands', () => {
    const folder = project();
    const mine = 'FROM node:22\nCMD ["node", "dist/server.js"]\n';
    writeFileSync(join(folder, 'Dockerfile'), mine);
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    const { code, stderr } = cli(folder, ['adopt', 'Dockerfile']);
    expect(code, stderr).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain('what differs from ours counts as your edit');
    // The image is ours now: the rest of the setup is told so.
    expect(stderr.replace(/\s+/g, ' ')).toMatch(/The next update changes \d+ files: create-devops-setup plan/);
    expect(read(folder, 'Dockerfile')).toBe(mine);
    expect(read(folder, '.devops/lock.json')).toContain('"Dockerfile"');
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    expect(read(folder, 'Dockerfile')).toBe(mine);
  });

  it('comes back as generated by restore, from an edit, and nothing else is written', () => {
    const folder = project({ setUp: true });
    const before = treeOf(folder);
    appendFileSync(join(folder, 'Dockerfile'), '# mine\n');
    rmSync(join(folder, 'compose.yaml'));
    const { code, stderr } = cli(folder, ['restore', './Dockerfile']);
    expect(code, stderr).toBe(0);
    expect(existsSync(join(folder, 'compose.yaml'))).toBe(false);
    expect(read(folder, 'Dockerfile')).not.toContain('# mine');
    expect(cli(folder, ['undo', '--yes'])).toMatchObject({ code: 0 });
    expect(read(folder, 'Dockerfile')).toContain('# mine');
    for (const path of ['Dockerfile', 'compose.yaml'])
      expect(cli(folder, ['restore', path])).toMatchObject({ code: 0 });
    expect(treeOf(folder)).toEqual(before);
  });

  it.each(['unmanage', 'adopt', 'restore'])('%s says what may have been meant', (command) => {
    const folder = project({ setUp: true });
    const before = bytesOf(folder);
    for (const [path, hint] of [
      ['Dockerfil', 'Did you mean Dockerfile?'],
      ['ci.yml', 'Did you mean .github/workflows/ci.yml?'],
      ['src/server.ts', 'none of the chosen generators writes this file'],
      ['../outside', 'none of the chosen generators writes this file'],
    ] as const) {
      const { code, stderr } = cli(folder, [command, path]);
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(hint);
    }
    expect(bytesOf(folder)).toEqual(before);
  });

  it.each(['unmanage', 'adopt', 'restore'])('%s has nothing to do before anything is set up', (command) => {
    const { code, stderr } = cli(project(), [command, 'Dockerfile']);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing has been set up here yet');
  });

  it('writes nothing in a dry run', () => {
    const folder = project({ setUp: true });
    appendFileSync(join(folder, 'Dockerfile'), '# mine\n');
    const before = bytesOf(folder);
    for (const command of ['unmanage', 'restore'])
      expect(cli(folder, [command, 'Dockerfile', '--dry-run']).stderr).toContain('Dry run: nothing was written.');
    expect(bytesOf(folder)).toEqual(before);
  });
});
