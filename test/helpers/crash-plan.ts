/** A plan with everything in it: create, update, delete, a mode, nested folders, folders that empty, line ends, our own housekeeping. */
import { createHash } from 'node:crypto';
import type { Write } from '../../src/model.ts';
import type { Seed } from './tree.ts';

export const OLD: Seed = {
  'README.md': '# mine\n',
  'package.json': ['{\r\n  "name": "x"\r\n}\r\n', 0o600],
  'scripts/run.sh': '#!/bin/sh\n',
  'legacy/deep/er/gone.yml': 'old: true\n',
  'legacy/stays.txt': 'mine\n',
  'src/index.ts': 'export {};\n',
};

type Next = Readonly<Record<string, readonly [text: string | null, mode: number]>>;

const NEW: Next = {
  '.github/workflows/ci.yml': ['name: CI\n', 0o644],
  '.github/dependabot.yml': ['version: 2\n', 0o644],
  'legacy/deep/er/gone.yml': [null, 0o644],
  'package.json': ['{\r\n  "name": "x",\r\n  "scripts": {}\r\n}\r\n', 0o600],
  'scripts/run.sh': ['#!/bin/sh\n', 0o755],
  'monitoring/rules/deep/http.yml': ['groups: []\n', 0o644],
  '.devops/.gitignore': ['tx/\n', 0o644],
  '.devops/base/.github/workflows/ci.yml.base': ['name: CI\n', 0o644],
  '.devops/lock.json': ['{}\n', 0o644],
};

/** The writes, expecting the old files. */
export function mixedWrites(): readonly Write[] {
  return Object.entries(NEW).map(([path, [content, mode]]) => {
    const old = Object.hasOwn(OLD, path) ? OLD[path] : undefined;
    const text = typeof old === 'string' ? old : old?.[0];
    return { path, content, mode, expect: text === undefined ? null : createHash('sha256').update(text).digest('hex') };
  });
}
