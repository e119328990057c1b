/**
 * The external judges on every committed snapshot, with zero findings allowed. A judge that looks at nothing passes everything, so each one
 * has a bad file here that it must find.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CASES } from '../cases.ts';
import { SNAPSHOTS } from '../helpers/snapshot.ts';
import { check } from './docker.ts';
import { isWaived, run } from './judges.ts';
import { validateWorkflow } from './workflow-parser.ts';
import { YAMLLINT } from './yamllint.ts';

/** Files of all cases but the users' own (a case may lay some over its fixture). */
const files = CASES.flatMap(({ name, overlay = {} }) =>
  walk(join(SNAPSHOTS, name)).filter((path) => !Object.hasOwn(overlay, relative(join(SNAPSHOTS, name), path))),
);
const workflows = files.filter((path) => /\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
const yaml = files.filter((path) => /\.ya?ml$/.test(path));
const dockerfiles = files.filter((path) => /^(.+\.)?Dockerfile$/.test(basename(path)));
const scripts = files.filter((path) => path.endsWith('.sh'));

const scratch = mkdtempSync(join(tmpdir(), 'cds-judges-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.skipIf(isWaived('actionlint'))('actionlint with shellcheck', () => {
  it('finds nothing in the workflows', async () => {
    expect(workflows.length).toBeGreaterThanOrEqual(CASES.length);
    expect(await run('actionlint', ['-no-color', ...workflows])).toMatchObject({ code: 0, stdout: '' });
  });

  it('finds an unquoted variable, so shellcheck is there', async () => {
    const bad = plant('.github/workflows/bad.yml', workflow('echo $HOME/$(ls)\n'));
    expect((await run('actionlint', ['-no-color', bad])).stdout).toContain('SC2086');
  });
});

describe.skipIf(isWaived('zizmor'))('zizmor, pedantic', () => {
  const args = ['--offline', '--persona=pedantic', '--no-progress', '--color=never'];

  it('finds nothing in the workflows and in Dependabot', async () => {
    const inputs = files.filter((path) => path.includes('/.github/') && /\.ya?ml$/.test(path));
    const { code, stdout, stderr } = await run('zizmor', [...args, ...inputs]);
    expect(code, stdout + stderr).toBe(0);
  });

  it('finds an injection', async () => {
    const bad = plant('.github/workflows/bad.yml', workflow('echo ${{ github.event.issue.title }}\n'));
    expect((await run('zizmor', [...args, bad])).code).toBeGreaterThan(10);
  });
});

describe("GitHub's own parser", () => {
  it('finds nothing in the workflows', async () => {
    const findings: string[] = [];
    for (const path of workflows)
      findings.push(...(await validateWorkflow(relative(SNAPSHOTS, path), readFileSync(path, 'utf8'))));
    expect(findings).toEqual([]);
  });

  it('finds a key that does not exist', async () => {
    expect(await validateWorkflow('bad.yml', workflow('true\n').replace('runs-on', 'run-on'))).not.toEqual([]);
  });
});

describe.skipIf(isWaived('yamllint'))('yamllint', () => {
  it('finds nothing in any YAML', async () => {
    expect(await run('yamllint', ['--strict', '-f', 'parsable', '-d', YAMLLINT, ...yaml])).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it('finds a duplicate key', async () => {
    expect((await run('yamllint', ['--strict', '-d', YAMLLINT, plant('a.yml', 'a: 1\na: 2\n')])).code).not.toBe(0);
  });
});

describe.skipIf(isWaived('hadolint'))('hadolint', () => {
  it('finds nothing in the Dockerfiles', async () => {
    expect(dockerfiles.length).toBeGreaterThan(10);
    expect(await run('hadolint', ['--no-color', ...dockerfiles])).toMatchObject({ code: 0, stdout: '' });
  });

  it('finds a moving tag', async () => {
    expect((await run('hadolint', ['--no-color', plant('Dockerfile', 'FROM debian:latest\n')])).stdout).toContain(
      'DL3007',
    );
  });
});

describe('dockerfile-utils', () => {
  it('finds nothing in the Dockerfiles, and finds a wrong instruction', async () => {
    const { validate } = await import('dockerfile-utils');
    const findings = dockerfiles.flatMap((path) =>
      validate(readFileSync(path, 'utf8')).map(
        ({ message, range }) => `${relative(SNAPSHOTS, path)}:${range.start.line + 1} ${message}`,
      ),
    );
    expect(findings).toEqual([]);
    expect(validate('FORM debian\n')).not.toEqual([]);
  });
});

describe.skipIf(isWaived('docker'))('docker build --check', () => {
  it('finds nothing in the Dockerfiles', async () => {
    const findings: string[] = [];
    for (const path of dockerfiles) {
      const found = await check({ contextDir: dirname(path), dockerfile: path });
      findings.push(
        ...found.map(({ rule, line, message }) => `${relative(SNAPSHOTS, path)}:${line} ${rule} ${message}`),
      );
    }
    expect(findings).toEqual([]);
  });

  it('finds an instruction that is no more', async () => {
    const dockerfile = plant('check/Dockerfile', 'FROM scratch\nMAINTAINER nobody\n');
    const found = await check({ contextDir: dirname(dockerfile), dockerfile });
    expect(found.map(({ rule }) => rule)).toContain('MaintainerDeprecated');
  });
});

describe.skipIf(isWaived('checkov'))('checkov', () => {
  const args = ['--quiet', '--compact', '--skip-download', '-o', 'json'];

  it('finds nothing in the Dockerfiles', async () => {
    const { stdout } = await run('checkov', [...args, '-d', SNAPSHOTS, '--framework', 'dockerfile']);
    expect(judged(stdout)).toEqual({ failed: [], unread: 0 });
    expect(JSON.parse(stdout).summary.passed).toBeGreaterThan(50 * dockerfiles.length);
  }, 300_000);

  it('finds nothing in the workflows', async () => {
    // checkov passes over a workflow whose cancel-in-progress is an expression, without a word: it reads copies that say `true`.
    for (const path of workflows) {
      const text = readFileSync(path, 'utf8').replace(/cancel-in-progress: \$\{\{.*\}\}/, 'cancel-in-progress: true');
      plant(join('workflows', relative(SNAPSHOTS, path)), text);
    }
    const { stdout } = await run('checkov', [
      ...args,
      '-d',
      join(scratch, 'workflows'),
      '--framework',
      'github_actions',
    ]);
    expect(judged(stdout)).toEqual({ failed: [], unread: 0 });
    expect(JSON.parse(stdout).summary.passed).toBeGreaterThan(50 * workflows.length);
  }, 300_000);

  it('finds a root user', async () => {
    plant('root/Dockerfile', 'FROM debian:bookworm\nUSER root\n');
    const { code } = await run('checkov', [...args, '-d', join(scratch, 'root'), '--framework', 'dockerfile']);
    expect(code).toBe(1);
  });
});

describe.skipIf(isWaived('shellcheck'))('shellcheck', () => {
  it('finds nothing in the scripts', async () => {
    expect(scripts.length).toBeGreaterThan(5);
    expect(
      await run('shellcheck', ['--severity=style', '--enable=all', '--exclude=SC2310,SC2312,SC2250', ...scripts]),
    ).toMatchObject({ code: 0, stdout: '' });
  });

  it('finds an unquoted variable', async () => {
    expect((await run('shellcheck', [plant('bad.sh', '#!/bin/sh\nrm -f $1\n')])).stdout).toContain('SC2086');
  });
});

describe.skipIf(isWaived('gitleaks'))('gitleaks', () => {
  it('finds no secret in the trees', async () => {
    const { code, stdout, stderr } = await run('gitleaks', [
      'dir',
      SNAPSHOTS,
      '--no-banner',
      '--no-color',
      '--redact',
      '-v',
    ]);
    expect(code, stdout + stderr).toBe(0);
  });

  it('finds a planted key', async () => {
    const key = `AKIA${'Q3EGRIJWXB7UFVLN'}`; // obviously fake: no account has it
    plant(
      'leak/config.txt',
      `aws_access_key_id = ${key}\naws_secret = "${'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY'}"\n`,
    );
    expect((await run('gitleaks', ['dir', join(scratch, 'leak'), '--no-banner', '--no-color'])).code).toBe(1);
  });
});

/** What a report of checkov says: failed checks by file, and how many files it could not read. */
function judged(report: string): Readonly<{ failed: readonly string[]; unread: number }> {
  const { results, summary } = JSON.parse(report) as CheckovReport;
  return {
    failed: results.failed_checks.map(({ check_id, file_path }) => `${check_id} ${file_path}`),
    unread: summary.parsing_errors,
  };
}

type CheckovReport = Readonly<{
  summary: { passed: number; parsing_errors: number };
  results: { failed_checks: { check_id: string; file_path: string }[] };
}>;

function workflow(command: string): string {
  const script = command.replaceAll('\n', '\n          ').trimEnd();
  return `name: Bad\non: push\njobs:\n  bad:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n          ${script}\n`;
}

function plant(path: string, text: string): string {
  const full = join(scratch, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}
