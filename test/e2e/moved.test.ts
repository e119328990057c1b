/** Files that are not where, or not known as what, they were written: moved by a person, or found again without records. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cleanUp, prepare, run } from '../helpers/snapshot.ts';

afterAll(cleanUp);

const TO = 'docker/app/Dockerfile';

/** A project that is set up, whose owner then moved the Dockerfile. */
function moved(generators: string): string {
  const root = prepare('express-postgres');
  expect(run(root, ['--yes', '--set', `generators=${generators}`]).code).toBe(0);
  mkdirSync(join(root, 'docker/app'), { recursive: true });
  renameSync(join(root, 'Dockerfile'), join(root, TO));
  expect(run(root, ['update']).code).toBe(0);
  return root;
}

it('leaves a moved file to its owner for good', () => {
  const root = moved('docker');
  const { code, stderr } = run(root, ['unmanage', TO]);
  expect(code, stderr).toBe(0);
  expect(stderr.replace(/\s+/g, ' ')).toContain('Back again: create-devops-setup adopt Dockerfile.');
  expect(run(root, ['unmanage', TO]).code).toBe(0);
  const plan = run(root, ['plan']);
  expect(plan.code, plan.stdout).toBe(0);
  expect(run(root, ['update']).code).toBe(0);
  expect(existsSync(join(root, 'Dockerfile'))).toBe(false);
  expect(run(root, ['adopt', 'Dockerfile']).code).toBe(0);
  expect(existsSync(join(root, 'Dockerfile'))).toBe(true);
});

it('tells what still builds from the old place, until it builds from the new one', () => {
  const root = moved('docker,compose,ci-github');
  const { code, stdout } = run(root, ['verify']);
  expect(code, stdout).toBe(1);
  expect(stdout).toMatch(/compose\.yaml:\d+.*\n?.*is built from Dockerfile; its Dockerfile is docker\/app\/Dockerfile/);
  expect(stdout).toMatch(/ci\.yml:\d+/);

  const replace = (path: string, from: RegExp, to: string): void => {
    const text = readFileSync(join(root, path), 'utf8');
    expect(text).toMatch(from);
    writeFileSync(join(root, path), text.replace(from, to));
  };
  replace('compose.yaml', /^( +)context: \.$/m, `$1context: .\n$1dockerfile: ${TO}`);
  replace('.github/workflows/ci.yml', /(file: (?:before\/)?|hashFiles\('before\/)Dockerfile/g, `$1${TO}`);
  const mended = run(root, ['verify']);
  expect(mended.code, mended.stdout).toBe(0);
});

it('follows a moved and edited file through plan, diff, explain, verify and update', () => {
  const root = prepare('express-postgres');
  expect(run(root, ['--yes']).code).toBe(0);
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const line = text.split('\n').findIndex((one) => one.startsWith('USER ')) + 1;
  const before = run(root, ['explain', `Dockerfile:${line}`]).stdout;
  expect(before).toContain(`Dockerfile:${line}`);

  mkdirSync(join(root, 'docker/app'), { recursive: true });
  renameSync(join(root, 'Dockerfile'), join(root, TO));
  writeFileSync(join(root, TO), `# ours\n# as well\n${text}`);

  expect(run(root, ['explain', `${TO}:${line + 2}`]).stdout).toBe(
    before.replace(`Dockerfile:${line}`, `${TO}:${line + 2}`),
  );
  expect(run(root, ['explain', `Dockerfile:${line + 2}`]).stdout).toContain(`${TO}:${line + 2}`);
  const diff = run(root, ['diff', 'Dockerfile']).stdout;
  expect(diff).toContain(`--- a/${TO}`);
  expect(run(root, ['diff', TO]).stdout).toBe(diff);
  expect(run(root, ['plan']).code).toBe(0);
  const verified = run(root, ['verify']);
  expect(verified.stdout).not.toMatch(/X-FILES|is not there/);

  expect(run(root, ['update']).code).toBe(0);
  expect(JSON.parse(readFileSync(join(root, '.devops/lock.json'), 'utf8')).files.Dockerfile.at).toBe(TO);
  renameSync(join(root, TO), join(root, 'Dockerfile'));
  expect(run(root, ['update']).code).toBe(0);
  expect(JSON.parse(readFileSync(join(root, '.devops/lock.json'), 'utf8')).files.Dockerfile).not.toHaveProperty('at');
});

it('takes a file of ours whose records are gone into care, and what hangs on it, in one run', () => {
  const root = prepare('express-postgres', { Dockerfile: 'FROM node:22\nCMD ["node", "dist/server.js"]\n' });
  const before = readFileSync(join(root, 'package.json'), 'utf8');
  const setUp = ['--yes', '--set', 'generators=docker,compose'];
  expect(run(root, setUp).code).toBe(0);
  const after = readFileSync(join(root, 'package.json'), 'utf8');
  expect(after).not.toBe(before);
  rmSync(join(root, '.devops'), { recursive: true });
  writeFileSync(join(root, 'package.json'), before);
  expect(run(root, setUp).code).toBe(0);
  expect(readFileSync(join(root, 'package.json'), 'utf8')).toBe(after);
  const plan = run(root, ['plan']);
  expect(plan.code, plan.stdout).toBe(0);
});
