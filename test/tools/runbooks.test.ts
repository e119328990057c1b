/**
 * The commands of every runbook of every system: shellcheck finds nothing, bash reads them, and the AWS command line takes each of its own
 * with all of its arguments.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runbooks } from '../../generators/runbooks.ts';
import { isWaived, requireJudge, run, runFile } from './judges.ts';
import { fencesOf, pageOf, tableCommands } from './runbooks-read.ts';
import { filesOf, SYSTEMS } from './runbooks-systems.ts';

const work = mkdtempSync(join(tmpdir(), 'create-devops-setup-runbooks-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Every command of every page, each once, with the first page that has it. */
const commands = new Map<string, string>();
for (const [name, sys] of Object.entries(SYSTEMS)) {
  if (runbooks.applies(sys) !== true) continue;
  for (const [path, text] of filesOf(sys)) {
    if (!path.endsWith('.md')) continue;
    const fenced = fencesOf(text).filter(({ language }) => language === 'bash');
    const cells = path.includes('/alerts/') ? tableCommands(pageOf(text).sections.get('Diagnosis') ?? '') : [];
    for (const command of [...fenced.map((fence) => fence.text), ...cells.map((cell) => `${cell}\n`)])
      if (!commands.has(command)) commands.set(command, `${name}: ${path}`);
  }
}

const scripts = [...commands].map(([command, place], at) => ({ command, place, file: join(work, `${at}.sh`) }));
for (const { command, file } of scripts) writeFileSync(file, command);

/** The page that a finding of a tool is about. */
const placeOf = (file: string) => scripts.find((script) => script.file === file)?.place ?? file;

it('there are commands to judge', () => {
  expect(scripts.length).toBeGreaterThan(150);
});

it('bash reads every command', async () => {
  const list = scripts.map(({ file }) => file).join('\n');
  const { stdout, stderr } = await runFile(
    'bash',
    ['-c', 'while read -r file; do bash -n "$file" || echo "$file"; done'],
    { input: `${list}\n` },
  );
  expect(stdout.split('\n').filter(Boolean).map(placeOf), stderr).toEqual([]);
});

describe.skipIf(isWaived('shellcheck'))('shellcheck', () => {
  const judge = async (files: readonly string[]) => {
    const { stdout } = await run('shellcheck', ['--shell=bash', '--severity=warning', '--format=json', ...files]);
    return JSON.parse(stdout) as { file: string; line: number; code: number; message: string }[];
  };

  it('finds nothing in any command', async () => {
    const found = await judge(scripts.map(({ file }) => file));
    expect(
      found.map(({ file, code, message }) => `${placeOf(file)} SC${code} ${message}\n${readFileSync(file, 'utf8')}`),
    ).toEqual([]);
  });

  it('would find a variable that nobody set', async () => {
    const bad = join(work, 'bad.sh');
    writeFileSync(bad, 'aws ecs describe-services --cluster "$cluster"\n');
    expect((await judge([bad])).map(({ code }) => code)).toEqual([2154]);
  });
});

describe.skipIf(isWaived('aws'))('the AWS command line', () => {
  const bin = join(work, 'bin');
  const log = join(work, 'aws.log');

  /** Runs scripts beside programs that do nothing, and gives what each of them called `aws` with. */
  async function called(files: readonly string[]): Promise<readonly string[]> {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'aws'), CLIENT, { mode: 0o755 });
    for (const name of ['docker', 'terraform', 'npm', 'sleep', 'git', 'curl'])
      writeFileSync(join(bin, name), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(log, '');
    const env = { PATH: `${bin}:/usr/bin:/bin`, VERSION: 'v1', AWS_LOG: log };
    for (const file of files) await runFile('bash', [file], { cwd: work, env });
    const calls = readFileSync(log, 'utf8').split('\u001e').filter(Boolean);
    return [...new Set(calls.map((call) => JSON.stringify(call.split('\u001f').slice(0, -1))))];
  }

  /** What the real client refuses: it goes as far as the network, where nothing is sent. */
  async function refused(calls: readonly string[]): Promise<readonly string[]> {
    const python = join(dirname(realpathSync(requireJudge('aws'))), 'python3');
    const env = {
      ...{ AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_MAX_ATTEMPTS: '1', AWS_CONFIG_FILE: '/dev/null' },
    };
    const reader = fileURLToPath(new URL('runbooks-aws.py', import.meta.url));
    const { code, stdout, stderr } = await runFile(python, [reader], { input: `${calls.join('\n')}\n`, env });
    expect(code, stderr).toBe(0);
    return stdout.split('\n').filter(Boolean);
  }

  it('takes every command with all of its arguments', async () => {
    const calls = await called(scripts.filter(({ command }) => /\baws [a-z]/.test(command)).map(({ file }) => file));
    expect(calls.length).toBeGreaterThan(60);
    expect(await refused(calls)).toEqual([]);
  });

  it('would refuse an option, a service and a query that it does not have', async () => {
    const bad = [
      ['ecs', 'describe-services', '--region', 'eu-west-1', '--clusters', 'a', '--services', 'b'],
      ['esc', 'list-tasks', '--region', 'eu-west-1'],
      ['ecs', 'list-tasks', '--region', 'eu-west-1', '--query', 'taskArns['],
      ['rds', 'describe-events', '--region', 'eu-west-1', '--source-type', 'db-instance', '--duration', 'long'],
    ];
    expect(await refused(bad.map((call) => JSON.stringify(call)))).toHaveLength(bad.length);
  });
});

/** Writes down its arguments. What was asked for decides what is answered, so that the lines behind it have something to go on with. */
const CLIENT = `#!/bin/bash
{ printf '%s\x1f' "$@"; printf '\x1e'; } >>"$AWS_LOG"
case "$*" in
  *get-caller-identity*) echo 000000000000 ;;
  *networkConfiguration*) echo '{"awsvpcConfiguration":{"subnets":["subnet-1"]}}' ;;
  *MaxAllocatedStorage,AllocatedStorage*max*) echo 100 ;;
  *) echo 'arn:aws:one:eu-west-1:000000000000:two/three four' ;;
esac
`;
