/** A file that a person moved: every command speaks of it where it is, and finds it by either name. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cleanUp, prepare, run } from '../helpers/snapshot.ts';

afterAll(cleanUp);

const TO = 'docker/app/Dockerfile';

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
