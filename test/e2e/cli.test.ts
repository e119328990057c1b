/** Bad input, odd folders and hostile trees against the built command line: code, text, and the tree byte for byte. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, bytesOf, cli, emptyFolder, powerless, project, type RunOptions, removeFolders } from '../helpers/cli.ts';

afterAll(removeFolders, 60_000);

type Arrange = (folder: string) => void;
type Row = Readonly<{
  args: readonly string[];
  /** Every one of these is on standard error. */
  says: readonly (string | RegExp)[];
  arrange?: Arrange;
  setUp?: boolean;
  options?: RunOptions;
}>;

const put =
  (path: string, text: string | Uint8Array): Arrange =>
  (folder) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
const config = (text: string) => put('.devops/config.yaml', text);
const lock = (text: string) => put('.devops/lock.json', text);
const folderAt =
  (path: string): Arrange =>
  (folder) => {
    rmSync(join(folder, path), { recursive: true, force: true });
    mkdirSync(join(folder, path), { recursive: true });
  };
const edit = (folder: string, path: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'utf8')));

/** Exit 2, the tree untouched, everything said, in words of ours and without a stack trace. */
function refuses({ args, says, arrange, setUp = false, options }: Row): void {
  const folder = project({ setUp });
  arrange?.(folder);
  const before = bytesOf(folder);
  const { code, stdout, stderr } = cli(folder, args, options);
  for (const text of says) expect(stderr).toMatch(typeof text === 'string' ? new RegExp(escaped(text)) : text);
  expect(code, stderr).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/Nothing was written\.\n$/);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(bytesOf(folder)).toEqual(before);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

describe('a wrong command line', () => {
  const rows: readonly [string, readonly string[], ...(string | RegExp)[]][] = [
    ['a flag that is misspelt', ['--yess'], 'USAGE  --yess: there is no such flag. Did you mean --yes?'],
    ['a flag that nobody knows', ['--frobnicate'], 'USAGE  --frobnicate: there is no such flag. See --help.'],
    ['a short flag that nobody knows', ['-x'], 'USAGE  -x: there is no such flag.'],
    ['a switch with a value', ['--yes=1'], 'USAGE  --yes: takes no value.'],
    ['a flag without its value', ['--answers'], 'USAGE  --answers: needs a value.'],
    ['an empty value', ['--cwd='], 'USAGE  --cwd: needs a value.'],
    ['a setting that is none', ['--set', 'x'], 'USAGE  --set x: is not key=value.'],
    ['a setting given twice', ['--set', 'delivery.coverage=1', '--set', 'delivery.coverage=2'], 'is given twice'],
    [
      'a policy that nobody knows',
      ['--on-conflict', 'their'],
      'is not one of keep, theirs, markers, fail. Did you mean theirs?',
    ],
    ['a format that nobody knows', ['verify', '--format', 'jsn'], 'Did you mean json?'],
    ['one word too many', ['verify', '.', 'x'], 'USAGE  x: is one word too many: verify takes a folder.'],
    ['a word too few', ['explain'], 'USAGE  explain: needs a path, path:line or standard id.'],
    [
      'a command that nobody knows',
      ['pln'],
      'PROJECT  pln: there is no such folder.',
      'There is no command "pln" either',
    ],
    [
      'a generator that nobody knows',
      ['add', 'dokcer', '--yes'],
      'add dokcer: there is no such generator',
      'Did you mean docker?',
    ],
    ['a folder that is not there', ['some/where', '--yes'], 'PROJECT  some/where: there is no such folder.'],
    ['a file instead of a folder', ['package.json', '--yes'], 'PROJECT  package.json', 'folder'],
    ['--cwd nowhere', ['--cwd', 'nowhere', '--yes'], 'PROJECT  nowhere: there is no such folder.'],
    ['verify before anything is set up', ['verify'], 'PROJECT  .devops/config.yaml: nothing has been set up here yet.'],
    [
      'a diff of a file that nobody writes',
      ['diff', 'src/server.ts'],
      'src/server.ts: none of the chosen generators writes',
    ],
    ['something to explain that is not there', ['explain', 'no/such.file'], 'no/such.file'],
    ['a standard that is not there', ['explain', 'CI-999'], 'CI-999'],
    [
      'several mistakes at once',
      ['--yess', '--set', 'x', '--format', 'xml'],
      '--yess',
      '--set x',
      '"xml" is not one of text, json, sarif, junit, markdown.',
    ],
  ];
  it.each(rows)('%s', (_, args, ...says) => refuses({ args, says }));
});

describe('a wrong answer', () => {
  it('is refused for every question there is, all in one go', () => {
    const folder = project();
    const { questions } = JSON.parse(cli(folder, ['list', '--json']).stdout) as {
      questions: readonly { id: string; kind: string }[];
    };
    expect(questions.length).toBeGreaterThan(20);
    const ids = questions.map(({ id }) => id.replace('*', 'orders')).filter((id) => id !== 'services.orders.path');
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['--yes', ...ids.flatMap((id) => ['--set', `${id}=no:such/ value\u0007`])]);
    expect(code).toBe(2);
    for (const id of ids) expect(stderr).toMatch(new RegExp(`CONFIG_(VALUE|KEY)  --set ${escaped(id)}: .*\\S`));
    expect(stderr).not.toContain('\u0007');
    expect(bytesOf(folder)).toEqual(before);
  });

  const rows: readonly [string, string, ...(string | RegExp)[]][] = [
    ['a near miss', 'delivery.strategy=bluegreen', 'Did you mean blue-green?'],
    ['a region that is none', 'infrastructure.region=eu-west-9', 'eu-west'],
    ['a number out of range', 'delivery.coverage=101', 'a whole number from 0 to 100'],
    ['a number that is none', 'delivery.coverage=1e1', 'a whole number from 0 to 100'],
    ['an empty answer', 'persona=', '"" is not'],
    ['a name that breaks out', 'project.name=../x', 'project.name'],
    ['a name with a newline', 'project.name=a\nb', 'project.name'],
    ['a question that nobody asks', 'delivery.strateggy=rolling', 'Did you mean delivery.strategy?'],
    ['a service that is not there', 'services.nobody.port=3000', 'there is no service "nobody"'],
    ['a prototype', 'services.__proto__.port=3000', '__proto__'],
    ['a constructor', 'constructor.name=x', 'constructor'],
    ['a generator that is not there', 'generators=ci-githb', 'generators'],
  ];
  it.each(rows)('%s', (_, pair, ...says) => refuses({ args: ['--yes', '--set', pair], says }));
});

describe('an answers file', () => {
  const rows: readonly [string, Arrange, string, string, ...(string | RegExp)[]][] = [
    ['is not there', () => undefined, 'a.yaml', '', 'READ  --answers a.yaml: cannot be read (ENOENT).'],
    ['is a folder', folderAt('a.yaml'), 'a.yaml', '', 'READ  --answers a.yaml: cannot be read (EISDIR).'],
    ['does not parse', put('a.yaml', 'persona: [a\nb: c\n'), 'a.yaml', '', /CONFIG_SYNTAX {2}a\.yaml:\d+/],
    ['is a list', put('a.yaml', '- a\n'), 'a.yaml', '', 'a mapping of keys is expected'],
    ['has a key twice', put('a.yaml', 'persona: workflow\npersona: automator\n'), 'a.yaml', '', 'a.yaml:2'],
    ['is not UTF-8', put('a.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a)), 'a.yaml', '', 'a.yaml'],
    ['comes in wrong on standard input', () => undefined, '-', 'persona: nobody\n', 'standard input:1, persona'],
    ['is a bomb', put('a.yaml', bomb()), 'a.yaml', '', 'CONFIG_SYNTAX  a.yaml'],
  ];
  it.each(rows)('%s', (_, arrange, file, input, ...says) =>
    refuses({ args: ['--answers', file], arrange, says, options: { input } }),
  );

  it.each(['-', 'answers.yaml'])('is taken from %s', (file) => {
    const folder = project();
    const text = 'persona: workflow\ngenerators: [ci-github]\n';
    if (file !== '-') put(file, text)(folder);
    const { code, stderr } = cli(folder, ['--answers', file], { input: text });
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).toContain('persona: workflow');
  });
});

/** Ten aliases of ten aliases of …: 10⁹ values in ten lines. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 10; n++)
    lines.push(
      `a${n}: &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
    );
  return `${lines.join('\n')}\n`;
}

describe('a configuration or a lock that is damaged', () => {
  const rows: readonly [string, Arrange, ...(string | RegExp)[]][] = [
    ['syntax', config('version: 1\npersona: "x\n'), /CONFIG_SYNTAX {2}\.devops\/config\.yaml:\d/],
    [
      'a key that nobody declares',
      config('version: 1\ndelivry: { strategy: rolling }\n'),
      'there is no question "delivry.strategy"',
    ],
    [
      'a value of the wrong kind',
      config('version: 1\ndelivery: { coverage: lots }\n'),
      '"lots" is not a whole number from 0 to 100',
    ],
    [
      'a list where a word belongs',
      config('version: 1\npersona: [workflow]\n'),
      /CONFIG_VALUE {2}\.devops\/config\.yaml:2, persona/,
    ],
    ['a word where a group belongs', config('version: 1\ndelivery: rolling\n'), 'delivery'],
    ['a later version', config('version: 2\n'), 'this release reads versions up to 1, the file says 2'],
    ['a service that is not there', config('version: 1\nservices: { nobody: { port: 1 } }\n'), 'services.nobody'],
    ['not a mapping', config('hello\n'), 'a mapping of keys is expected'],
    ['a bomb', config(bomb()), 'CONFIG_SYNTAX  .devops/config.yaml'],
    ['a folder at its place', folderAt('.devops/config.yaml'), '.devops/config.yaml'],
    ['bytes that are not text', config('version: 1\u0000\n'), 'READ  .devops/config.yaml'],
    ['a lock that is not JSON', lock('{'), /LOCK_SYNTAX {2}\.devops\/lock\.json/],
    ['a lock that is empty', lock(''), 'LOCK_SYNTAX  .devops/lock.json'],
    ['a lock of another shape', lock('[]'), 'LOCK_SYNTAX  .devops/lock.json'],
    ['a lock with the marks of a merge', lock('<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n'), 'git merge'],
    ['a folder at the place of the lock', folderAt('.devops/lock.json'), '.devops/lock.json'],
    [
      'a lock that points out of the project',
      (folder) => edit(folder, '.devops/lock.json', (text) => text.replace('"Dockerfile"', '"../../outside"')),
      'LOCK_SYNTAX  .devops/lock.json',
    ],
    ['a package.json that does not parse', put('package.json', '{ "name": '), 'package.json'],
  ];
  it.each(rows)('%s', (_, arrange, ...says) => refuses({ args: ['--yes'], arrange, says, setUp: true }));

  it('reports what is wrong with both at once', () =>
    refuses({
      args: ['--yes'],
      setUp: true,
      arrange: (folder) => {
        config('version: 2\n')(folder);
        lock('{')(folder);
      },
      says: ['CONFIG_VALUE', 'LOCK_SYNTAX'],
    }));
});

describe('links that lead out', () => {
  const link =
    (path: string, target: string, isFolder = false): Arrange =>
    (folder) => {
      rmSync(join(folder, path), { recursive: true, force: true });
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      symlinkSync(target, join(folder, path), isFolder ? 'dir' : 'file');
    };
  const own = ['.devops/config.yaml', '.devops/lock.json'];
  const ownFolders = ['.devops', '.devops/base', '.devops/tx'];

  it.each(own)('%s', (path) => {
    const outside = emptyFolder();
    writeFileSync(join(outside, 'file'), 'not yours\n');
    const before = bytesOf(outside);
    refuses({ args: ['--yes'], arrange: link(path, join(outside, 'file')), says: [path] });
    expect(bytesOf(outside)).toEqual(before);
  });

  it.each(ownFolders)('%s/', (path) => {
    const outside = emptyFolder();
    const before = bytesOf(outside);
    refuses({ args: ['--yes'], arrange: link(path, outside, true), says: [path] });
    expect(bytesOf(outside)).toEqual(before);
  });

  it('.devops/config.yaml, to nowhere', () => {
    const outside = emptyFolder();
    refuses({
      args: ['--yes'],
      arrange: link('.devops/config.yaml', join(outside, 'later')),
      says: ['.devops/config.yaml'],
    });
    expect([...bytesOf(outside).keys()]).toEqual(['.']);
  });

  /** A link of the user's stays, and what it leads to is neither read as ours nor written. */
  const staysLinked = (path: string, arrange: Arrange, outside: string) => {
    const folder = project();
    const before = bytesOf(outside);
    arrange(folder);
    const { code, stderr } = cli(folder, ['--yes']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('symbolic link');
    expect(lstatSync(join(folder, path)).isSymbolicLink()).toBe(true);
    expect(bytesOf(outside)).toEqual(before);
  };

  it.each(['.github/workflows/ci.yml', 'Dockerfile'])('%s stays', (path) => {
    const outside = emptyFolder();
    writeFileSync(join(outside, 'file'), 'not yours\n');
    staysLinked(path, link(path, join(outside, 'file')), outside);
  });

  it.each(['.github', '.github/workflows', 'docs'])('%s/ stays', (path) => {
    const outside = emptyFolder();
    staysLinked(path, link(path, outside, true), outside);
  });

  it('Dockerfile, to nowhere, stays', () => {
    const outside = emptyFolder();
    staysLinked('Dockerfile', link('Dockerfile', join(outside, 'later')), outside);
  });
});

const under = powerless();
if (!under) console.warn('SKIPPED: tests of permissions run as root here, and setpriv cannot put that power down.');

describe.skipIf(!under)(under ? 'permissions' : 'permissions (skipped: root, and no setpriv)', () => {
  const options: RunOptions = { under: under ?? [] };
  const locked =
    (path: string, mode: number): Arrange =>
    (folder) =>
      chmodSync(join(folder, path), mode);

  it('a folder that may not be written', () => {
    const folder = project();
    chmodSync(folder, 0o555);
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['--yes'], options);
    chmodSync(folder, 0o755);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/error WRITE .*(EACCES|permission|may not)/i);
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    chmodSync(folder, 0o555);
    expect(bytesOf(folder)).toEqual(before);
    chmodSync(folder, 0o755);
  });

  it('one folder among those that are written', () => {
    const folder = project();
    mkdirSync(join(folder, '.github'));
    locked('.github', 0o555)(folder);
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['--yes'], options);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('.github');
    expect(bytesOf(folder)).toEqual(before);
  });

  it.each(['package.json', '.devops/config.yaml', '.devops/lock.json'])('%s may not be read', (path) => {
    const folder = project({ setUp: true });
    const before = bytesOf(folder);
    const { mode } = statSync(join(folder, path));
    chmodSync(join(folder, path), 0);
    const { code, stderr } = cli(folder, ['--yes'], options);
    chmodSync(join(folder, path), mode);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(new RegExp(`${escaped(path)}.*EACCES|EACCES.*${escaped(path)}`));
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe('folders that are not what the tool is for', () => {
  const strange: readonly [string, Arrange, ...string[]][] = [
    ['an empty folder', () => undefined, 'PROJECT', 'package.json'],
    ['a Go project', put('go.mod', 'module example.com/x\n\ngo 1.25\n'), 'PROJECT', 'Node'],
  ];
  it.each(strange)('%s', (_, arrange, ...says) => {
    const folder = emptyFolder();
    arrange(folder);
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['--yes']);
    expect(code, stderr).toBe(2);
    for (const text of says) expect(stderr).toContain(text);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('without git it works, and says so', () => {
    const folder = project();
    rmSync(join(folder, '.git'), { recursive: true });
    const { code, stderr } = cli(folder, ['--yes']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('not a git repository');
    expect(stderr).toContain('git init');
    expect(cli(folder, ['verify'])).toMatchObject({ code: 0 });
  });

  it('a subfolder works on the root of the repository', () => {
    const folder = project();
    const { code, stderr } = cli(join(folder, 'src'), ['plan', '..']);
    expect(code, stderr).toBe(1);
  });
});

describe('without a terminal', () => {
  it('asks nothing, lists the questions with the flags that answer them, ends with 2', () =>
    refuses({
      args: [],
      says: [
        '--set persona=devops-engineer',
        /--set generators=\S*ci-github/,
        'Add --yes to take the defaults, or --answers FILE.',
      ],
    }));

  it.each(['init', 'add docker'])('%s, too', (words) => refuses({ args: words.split(' '), says: ['--yes'] }));

  it('writes with a flag for every question and --yes', () => {
    const folder = project();
    const { code } = cli(folder, ['--yes', '--persona', 'workflow', '--set', 'generators=docker']);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).toMatch(
      /persona: workflow\ngenerators: \[ ?docker ?\]/,
    );
  });
});

describe('what people changed', () => {
  it('keeps a Dockerfile of their own: exit 0', () => {
    const folder = project();
    writeFileSync(join(folder, 'Dockerfile'), 'FROM node:22\n');
    const { code, stderr } = cli(folder, ['--yes']);
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM node:22\n');
    const diff = cli(folder, ['diff', 'Dockerfile']);
    expect(diff.stdout).toMatch(/^\+FROM node:/m);
    const before = bytesOf(folder);
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    expect(bytesOf(folder)).toEqual(before);
  });

  /** Our workflow, edited by a person on the very lines that another answer changes. */
  const contested = (): string => {
    const folder = project({ setUp: true });
    edit(folder, '.github/workflows/ci.yml', (text) => text.replace('npm run test:coverage', 'npm run test:mine'));
    return folder;
  };
  const rename = ['--yes', '--set', 'delivery.coverage=83'];

  it('keeps an edit where nothing else changes: exit 0', () => {
    const folder = contested();
    const before = bytesOf(folder);
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    expect(bytesOf(folder)).toEqual(before);
  });

  it('keeps a file of ours that was edited and moved, and ends with 1', () => {
    const folder = contested();
    const mine = readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8');
    const { code, stderr } = cli(folder, rename);
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('.github/workflows/ci.yml');
    expect(readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8')).toBe(mine);
    expect(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).toContain('coverage: 83');
  });

  it('takes ours with --on-conflict theirs', () => {
    const folder = contested();
    const { code, stderr } = cli(folder, [...rename, '--on-conflict', 'theirs']);
    expect(code, stderr).toBe(0);
    const text = readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8');
    expect(text).not.toContain('test:mine');
    expect(text).toContain('83');
  });

  it('writes nothing at all with --on-conflict fail', () => {
    const folder = contested();
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, [...rename, '--on-conflict', 'fail']);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/! \.github\/workflows\/ci\.yml:\d+/);
    expect(stderr).toMatch(/you {2}.*npm run test:mine/);
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('does not bring back a file of ours that was deleted', () => {
    const folder = project({ setUp: true });
    rmSync(join(folder, 'compose.yaml'));
    const { code, stderr } = cli(folder, ['--yes']);
    expect(code, stderr).toBe(0);
    expect(existsSync(join(folder, 'compose.yaml'))).toBe(false);
    expect(cli(folder, ['plan']).stdout).toMatch(/= compose\.yaml +deleted by you/);
  });

  it('follows a file of ours that was renamed, and says so', () => {
    const folder = project({ setUp: true });
    renameSync(join(folder, 'docs/configuration.md'), join(folder, 'docs/settings.md'));
    expect(cli(folder, ['--yes']).code).toBe(0);
    expect(existsSync(join(folder, 'docs/configuration.md'))).toBe(false);
    expect(cli(folder, ['plan']).stdout.replace(/\s+/g, ' ')).toMatch(
      /= docs\/settings\.md .*you moved it here from docs\/configuration\.md/,
    );
  });
});

describe('manners', () => {
  it('stdout is data and stderr is talk', () => {
    const folder = project();
    const plan = cli(folder, ['plan']);
    expect(plan).toMatchObject({ code: 1, stderr: '' });
    expect(plan.stdout).toContain('Dockerfile');
    const planned = cli(folder, ['plan', '--json']);
    expect(planned).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(planned.stdout)).toHaveProperty('changes');
    expect(cli(folder, ['diff']).stdout).toMatch(/^--- .*\n\+\+\+ .*\n@@ /m);
    expect(JSON.parse(cli(folder, ['facts', '--json']).stdout)).toHaveProperty('services');

    const written = cli(folder, ['--yes', '--json']);
    expect(written.code).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ schema: 1, written: true });
    expect(written.stderr).toContain('files written');

    const verified = cli(folder, ['verify', '--format', 'sarif']);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(verified.stdout)).toMatchObject({ version: '2.1.0' });
    expect(cli(folder, ['plan'])).toMatchObject({ code: 0, stderr: '' });
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('reading commands write nothing', () => {
    for (const setUp of [false, true]) {
      const folder = project({ setUp });
      const before = bytesOf(folder);
      for (const words of ['plan', 'diff', 'facts', 'list', 'list --questions', 'doctor', '--dry-run --yes'])
        expect([0, 1], words).toContain(cli(folder, words.split(' ')).code);
      if (setUp)
        for (const words of ['verify --all', 'explain Dockerfile'])
          expect(cli(folder, words.split(' ')).code, words).toBe(0);
      expect(bytesOf(folder)).toEqual(before);
    }
  });

  it.each(['--help', '--version', 'plan --help', '-h', '-v'])('%s answers anywhere, within 80 columns', (words) => {
    const { code, stdout, stderr } = cli(emptyFolder(), words.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/\S\n$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('prints no colours into a pipe', () => {
    const folder = project();
    for (const args of [['facts'], ['plan'], ['--yes'], ['verify'], ['--nonsense']]) {
      const { stdout, stderr } = cli(folder, args, { env: { TERM: 'xterm-256color' } });
      expect(stdout + stderr).not.toContain('\u001b');
    }
  });

  it('survives a reader that goes away', async () => {
    const folder = project();
    const child = spawn(process.execPath, [BIN, 'diff'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let talk = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      talk += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, talk }).toEqual({ code: 1, talk: '' });
  });

  it('waits for answers that come late', async () => {
    const folder = project();
    const child = spawn(process.execPath, [BIN, '--answers', '-'], {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    await new Promise((resolve) => setTimeout(resolve, 400));
    child.stdin.end('persona: workflow\n');
    expect(await ended).toBe(0);
    expect(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).toContain('persona: workflow');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s before the write leaves nothing', async (signal) => {
    const folder = project();
    const before = bytesOf(folder);
    // It waits for answers that never come: whatever it did until here, nothing may be on the disk.
    const child = spawn(process.execPath, [BIN, '--answers', '-'], {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    child.kill(signal);
    const ended = await new Promise((resolve) => child.on('close', (code, by) => resolve({ code, by })));
    expect(ended).toEqual({ code: null, by: signal });
    expect(bytesOf(folder)).toEqual(before);
  });
});
