/** What is killed on its way: projects with everything in them, and what is done to them. */
import { createHash } from 'node:crypto';
import type { ProjectWriter, Write } from '../../src/model.ts';
import type { Seed } from './tree.ts';

type Texts = Readonly<Record<string, readonly [text: string, mode: number]>>;
type Next = Readonly<Record<string, readonly [text: string | null, mode: number]>>;

export const OLD: Seed = {
  'README.md': '# mine\n',
  'package.json': ['{\r\n  "name": "x"\r\n}\r\n', 0o600],
  'scripts/run.sh': '#!/bin/sh\n',
  'legacy/deep/er/gone.yml': 'old: true\n',
  'legacy/stays.txt': 'mine\n',
  'src/index.ts': 'export {};\n',
};

/** Create, update, delete, a mode, nested folders, folders that empty, line ends, our own housekeeping. */
const FIRST: Next = {
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

/** Moves, deletes with the folders above, a mode that goes back, a base that follows, the lock. */
const SECOND: Next = {
  '.github/workflows/ci.yml': ['name: CI 2\n', 0o644],
  '.github/dependabot.yml': [null, 0o644],
  'monitoring/rules/deep/http.yml': [null, 0o644],
  'monitoring/http.yml': ['groups: []\n', 0o644],
  'legacy/deep/again.yml': ['new: true\n', 0o600],
  'scripts/run.sh': ['#!/bin/sh\nexit 0\n', 0o644],
  '.devops/base/.github/workflows/ci.yml.base': ['name: CI 2\n', 0o644],
  '.devops/lock.json': ['{"files":{}}\n', 0o644],
};

/** Nothing of ours is left; edits of users' files are taken out. */
const LAST: Next = {
  '.github/workflows/ci.yml': [null, 0o644],
  '.github/dependabot.yml': [null, 0o644],
  'package.json': ['{\r\n  "name": "x"\r\n}\r\n', 0o600],
  'monitoring/rules/deep/http.yml': [null, 0o644],
  '.devops/.gitignore': [null, 0o644],
  '.devops/base/.github/workflows/ci.yml.base': [null, 0o644],
  '.devops/lock.json': [null, 0o644],
};

function texts(seed: Seed): Texts {
  return Object.fromEntries(
    Object.entries(seed).map(([path, value]) => [path, typeof value === 'string' ? [value, 0o644] : value]),
  );
}

function after(before: Texts, next: Next): Texts {
  const merged = Object.entries<readonly [string | null, number]>({ ...before, ...next });
  return Object.fromEntries(merged.flatMap(([path, [text, mode]]) => (text === null ? [] : [[path, [text, mode]]])));
}

function writes(before: Texts, next: Next): readonly Write[] {
  return Object.entries(next).map(([path, [content, mode]]) => {
    const old = before[path]?.[0];
    const expect = old === undefined ? null : createHash('sha256').update(old).digest('hex');
    return { path, content, mode, expect };
  });
}

/** The first write, expecting the old files. */
export function mixedWrites(): readonly Write[] {
  return writes(texts(OLD), FIRST);
}

const first = (writer: ProjectWriter): void => writer.apply(mixedWrites(), { label: 'init' });
const second = (writer: ProjectWriter): void =>
  writer.apply(writes(after(texts(OLD), FIRST), SECOND), { label: 'update' });
const removal = (writer: ProjectWriter): void =>
  writer.apply(writes(after(texts(OLD), FIRST), LAST), { label: 'remove --all', record: 'outside' });
/** Fills the shelf of undo, so that the next write takes the oldest record away. */
const others = (writer: ProjectWriter): void => {
  for (let n = 0; n < 4; n += 1)
    writer.apply([{ path: `notes/${n}`, content: 'x\n', mode: 0o644, expect: null }], { label: `note ${n}` });
};

export type Scenario = Readonly<{ before: (writer: ProjectWriter) => void; act: (writer: ProjectWriter) => void }>;
export type ScenarioName = 'apply' | 'update' | 'undo' | 'undo of an update' | 'remove --all' | 'undo of remove --all';

/** All start from OLD. `before` runs whole; `act` is what is killed. */
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  apply: { before: () => {}, act: first },
  update: {
    before: (writer) => {
      others(writer);
      first(writer);
    },
    act: second,
  },
  undo: { before: first, act: (writer) => writer.undo() },
  'undo of an update': {
    before: (writer) => {
      first(writer);
      second(writer);
    },
    act: (writer) => writer.undo(),
  },
  'remove --all': { before: first, act: removal },
  'undo of remove --all': {
    before: (writer) => {
      first(writer);
      removal(writer);
    },
    act: (writer) => writer.undo(),
  },
};
