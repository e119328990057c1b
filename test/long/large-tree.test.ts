import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openProject } from '../../src/io/project-files.ts';
import { fresh, removeFresh } from '../helpers/writes.ts';

afterAll(removeFresh, 300_000);

it('a repository of 100,000 files is listed to its last file', () => {
  const root = fresh({ '.devops/base/a.base': '', '.devops/tx/undo/1/0.old': '', 'package.json': '{}' });
  for (let folder = 0; folder < 1000; folder += 1) {
    mkdirSync(join(root, `services/s${folder}/src`), { recursive: true });
    for (let file = 0; file < 100; file += 1) writeFileSync(join(root, `services/s${folder}/src/f${file}.ts`), '');
  }
  const started = performance.now();
  const project = openProject(root);
  expect([project.files.list().length, project.truncated]).toEqual([100_001, false]);
  console.log(`100,001 files listed in ${(performance.now() - started).toFixed(0)} ms`);
});
