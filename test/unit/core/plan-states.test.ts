/** What becomes of a file in each state, under each policy; and that a second run has nothing to write. */
import { describe, expect, it } from 'vitest';
import { hasConflict, toWrites } from '../../../src/core/plan.ts';
import type { ChangeKind, ConflictPolicy, RenderedFile } from '../../../src/model.ts';
import { changeOf, file, type MemoryProject, written } from '../../helpers/plan.ts';

const PATH = 'deploy.sh';
const BASE = '#!/bin/sh\nset -e\none\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const NEWS = BASE.replace('two', 'TWO');
const FAR = BASE.replace('seven', 'my seven');
const BOTH = NEWS.replace('seven', 'my seven');
const NEAR = BASE.replace('two', 'my two');
const MARKED = NEWS.replace(
  'TWO\n',
  '<<<<<<< yours\nmy two\n||||||| base\ntwo\n=======\nTWO\n>>>>>>> create-devops-setup\n',
);
const GIT = FAR.replace('one\n', '<<<<<<< HEAD\none\n=======\n1\n>>>>>>> topic\n');
const OTHER = 'echo mine\necho of old\n';

type Outcome = readonly [kind: ChangeKind | null, text: string | null, place?: string];
type State = Readonly<{
  name: string;
  /** From a project in which `BASE` was written to PATH. */
  make: (project: MemoryProject) => unknown;
  news?: readonly RenderedFile[];
  path?: string;
  reason?: RegExp;
  every?: Outcome;
  each?: Readonly<Record<Exclude<ConflictPolicy, 'fail'>, Outcome>>;
}>;

const POLICIES = ['leave', 'keep', 'theirs', 'markers', 'fail'] as const;
const v1 = (path = PATH) => [file(path, BASE)];
const v2 = (path = PATH) => [file(path, NEWS)];
const WORKFLOW = '.github/workflows/ci.yml';
const conflicting = {
  leave: ['conflict', NEAR],
  keep: ['unchanged', NEAR],
  theirs: ['update', NEWS],
  markers: ['update', MARKED],
} as const;

const STATES: readonly State[] = [
  { name: 'as generated', make: () => 0, news: v1(), every: ['unchanged', BASE] },
  { name: 'as generated, in CRLF', make: (p) => p.put(PATH, crlf(BASE)), news: v1(), every: ['unchanged', crlf(BASE)] },
  { name: 'untouched, and there is news', make: () => 0, news: v2(), every: ['update', NEWS] },
  {
    name: 'untouched, without its base',
    make: (p) => p.put(`.devops/base/${PATH}.base`, null),
    news: v2(),
    every: ['update', NEWS],
  },
  {
    name: 'edited, no news',
    make: (p) => p.put(PATH, FAR),
    news: v1(),
    every: ['keep', FAR],
    reason: /edited by you$/,
  },
  { name: 'edited like our news', make: (p) => p.put(PATH, NEWS), news: v2(), every: ['unchanged', NEWS] },
  { name: 'edited elsewhere', make: (p) => p.put(PATH, FAR), news: v2(), every: ['update', BOTH], reason: /merged/ },
  { name: 'edited elsewhere, in CRLF', make: (p) => p.put(PATH, crlf(FAR)), news: v2(), every: ['update', crlf(BOTH)] },
  { name: 'edited in the same place', make: (p) => p.put(PATH, NEAR), news: v2(), each: conflicting },
  {
    name: 'a workflow, edited in the same place',
    make: (p) => moveAll(p, WORKFLOW).put(WORKFLOW, NEAR),
    path: WORKFLOW,
    news: v2(WORKFLOW),
    each: { ...conflicting, markers: ['conflict', NEAR] },
  },
  { name: 'emptied', make: (p) => p.put(PATH, ''), news: v1(), every: ['keep', ''] },
  {
    name: 'deleted, no news',
    make: (p) => p.put(PATH, null),
    news: v1(),
    every: ['keep', null],
    reason: /^deleted by you \(restore deploy.sh writes it\)$/,
  },
  {
    name: 'deleted, and there is news',
    make: (p) => p.put(PATH, null),
    news: v2(),
    every: ['keep', null],
    reason: /newer text \(restore/,
  },
  { name: 'no longer generated, untouched', make: () => 0, news: [], every: ['delete', null] },
  { name: 'no longer generated, edited', make: (p) => p.put(PATH, FAR), news: [], every: ['orphan', FAR] },
  { name: 'no longer generated, deleted', make: (p) => p.put(PATH, null), news: [], every: [null, null] },
  {
    name: 'no longer generated, and lock and base disagree',
    make: (p) => p.put(`.devops/base/${PATH}.base`, OTHER),
    news: [],
    every: ['orphan', BASE],
  },
  {
    name: 'somebody else\u2019s',
    make: (p) => forget(p).put(PATH, OTHER),
    news: v2(),
    every: ['keep', OTHER],
    reason: /not written by us/,
  },
  {
    name: 'somebody else\u2019s, the same text',
    make: (p) => forget(p).put(PATH, NEWS),
    news: v2(),
    every: ['unchanged', NEWS],
  },
  {
    name: 'with the marks of a git merge',
    make: (p) => p.put(PATH, GIT),
    news: v2(),
    every: ['conflict', GIT],
    reason: /marks of a git merge/,
  },
  { name: 'with the marks of a git merge, no news', make: (p) => p.put(PATH, GIT), news: v1(), every: ['keep', GIT] },
  {
    name: 'untouched, and the base was tampered with',
    make: (p) => p.put(`.devops/base/${PATH}.base`, OTHER),
    news: v2(),
    reason: /deploy.sh.base is not what the lock says|merged|marks written in 1 place/,
    each: {
      leave: ['conflict', BASE],
      keep: ['unchanged', BASE],
      theirs: ['update', NEWS],
      markers: ['update', expect.stringContaining('<<<<<<<') as never],
    },
  },
  { name: 'moved', make: (p) => move(p, 'ops/run.sh'), news: v1(), every: ['unchanged', BASE, 'ops/run.sh'] },
  {
    name: 'moved, and there is news',
    make: (p) => move(p, 'ops/run.sh'),
    news: v2(),
    every: ['update', NEWS, 'ops/run.sh'],
  },
  {
    name: 'moved and edited, and there is news',
    make: (p) => move(p, 'ops/run.sh').put('ops/run.sh', FAR),
    news: v2(),
    every: ['update', BOTH, 'ops/run.sh'],
  },
  {
    name: 'moved and edited in the same place',
    make: (p) => move(p, 'ops/run.sh').put('ops/run.sh', NEAR),
    news: v2(),
    each: {
      leave: ['conflict', NEAR, 'ops/run.sh'],
      keep: ['unchanged', NEAR, 'ops/run.sh'],
      theirs: ['update', NEWS, 'ops/run.sh'],
      markers: ['update', MARKED, 'ops/run.sh'],
    },
  },
  {
    name: 'moved, and no longer generated',
    make: (p) => move(p, 'ops/run.sh'),
    news: [],
    every: ['delete', null, 'ops/run.sh'],
  },
];

const CASES = STATES.flatMap((state) =>
  POLICIES.map((policy): [string, ConflictPolicy, State, Outcome] => {
    const outcome = state.every ?? state.each?.[policy === 'fail' ? 'leave' : policy];
    if (outcome === undefined) throw new Error(`${state.name} has no outcome`);
    return [state.name, policy, state, outcome];
  }),
);

describe('every state under every policy', () => {
  it.each(CASES)('%s, %s', (_, policy, state, [kind, text, place = state.path ?? PATH]) => {
    const project = written(v1());
    state.make(project);
    const made = project.run(state.news ?? [], { policy });
    const change = changeOf(made, place);
    expect(change?.kind ?? null).toBe(kind);
    expect(project.text(place)).toEqual(text);
    if (state.reason) expect(change?.reason).toMatch(state.reason);
    if (place.startsWith('ops/')) expect(change?.from).toBe(PATH);
    if (state.each !== undefined && (kind === 'update' || kind === 'unchanged'))
      expect(change).toHaveProperty('conflicts', [expect.anything()]);
    const writesMarks = kind === 'update' && policy === 'markers' && state.each !== undefined;
    expect(hasConflict(made)).toBe(kind === 'conflict' || writesMarks);
    expect(toWrites(project.plan(state.news ?? [], { policy }))).toEqual([]);
    // Whoever runs it next without a word must not undo what was decided, either.
    expect(toWrites(project.plan(state.news ?? []))).toEqual([]);
  });
});

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function move(project: MemoryProject, to: string): MemoryProject {
  return project.put(to, project.text(PATH)).put(PATH, null);
}

/** As if the file had been generated there from the beginning. */
function moveAll(project: MemoryProject, to: string): MemoryProject {
  project.run([]);
  project.run(v1(to));
  return project;
}

function forget(project: MemoryProject): MemoryProject {
  project.run([]);
  return project;
}
