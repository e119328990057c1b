/**
 * Random projects through several releases: people edit, move, delete and tamper, releases change, begin and end files, under any policy. After
 * every run a second one has nothing to write, no user's text is lost, and what the user deleted stays deleted.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { basePath, matches, placeOf } from '../../src/core/lock.ts';
import { parseLock } from '../../src/core/lock-reader.ts';
import { hasConflict, toWrites } from '../../src/core/plan.ts';
import type { ConflictPolicy, Ownership, Plan, RenderedFile } from '../../src/model.ts';
import { file, MemoryProject } from './plan.ts';

type Slot = Readonly<{ path: string; ownership: Ownership }>;

const SLOTS: readonly Slot[] = [
  { path: 'deploy.sh', ownership: 'own' },
  { path: '.github/workflows/ci.yml', ownership: 'own' },
  { path: 'monitoring/rules.yml', ownership: 'own' },
  { path: 'monitoring/alerts.yml', ownership: 'own' },
  { path: 'contacts.yaml', ownership: 'once' },
  { path: '.gitignore', ownership: 'merge:ignore-lines' },
];
const LINES = 9;

const USER = [
  'edit',
  'append',
  'cut',
  'empty',
  'delete',
  'move',
  'crlf',
  'bom',
  'settle',
  'revert',
  'git',
  'base',
  'unbase',
  'mode',
] as const;
const VERSION = fc.constantFrom(0, 1, 1, 1, 2, 2, 2, 3, 3);
const step = fc.record({
  /** Per slot: which version of its text the release has (0: none), and where it differs. */
  release: fc.array(fc.record({ version: VERSION, line: fc.nat(LINES - 1), executable: fc.boolean() }), {
    minLength: SLOTS.length,
    maxLength: SLOTS.length,
  }),
  acts: fc.array(
    fc.record({ slot: fc.nat(SLOTS.length - 1), act: fc.constantFrom(...USER), line: fc.nat(LINES - 1) }),
    {
      maxLength: 6,
    },
  ),
  policy: fc.constantFrom<ConflictPolicy>('leave', 'keep', 'theirs', 'markers', 'fail'),
  unmanaged: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(SLOTS.length - 1) }),
});
/** A project with what stood in each file before it was written last. */
class Project extends MemoryProject {
  readonly earlier = new Map<string, string>();
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Keys of YAML, so that a line is a line for every format. */
function textOf(slot: Slot, version: number, line: number): string {
  return Array.from({ length: LINES }, (_, index) => {
    const key = `${slot.path.replace(/\W/g, '_')}_${index}`;
    return `${key}: ${index === line ? `release ${version}` : 'plain'}\n`;
  }).join('');
}

function rendered({ release }: Step): readonly RenderedFile[] {
  return SLOTS.flatMap((slot, index) => {
    const { version, line, executable } = release[index] as Step['release'][number];
    if (version === 0) return [];
    const mode = executable && slot.path.endsWith('.sh') ? 0o755 : 0o644;
    return [file(slot.path, textOf(slot, version, line), { ownership: slot.ownership, mode })];
  });
}

/** One act of a person. Every text that they type holds a token that is not in any other. */
function act(project: Project, { slot, act: what, line }: Step['acts'][number], token: string): void {
  const { path } = SLOTS[slot] as Slot;
  const entry = project.lock()?.files[path];
  const place = placeOf(path, entry);
  const text = project.text(place);
  const base = basePath(path);
  if (what === 'base' && project.text(base) !== null) project.put(base, `${token}: tampered\n`);
  else if (what === 'unbase') project.put(base, null);
  else if (text === null) {
    if (what === 'append') project.put(place, `${token}: of their own\n`);
    return;
  }
  const lines = (text ?? '').split('\n');
  const changed = (): string =>
    lines.map((one, index) => (index === line ? `${one.split(':')[0]}: ${token}` : one)).join('\n');
  if (what === 'edit') project.put(place, changed());
  if (what === 'append') project.put(place, `${text}${token}: 1\n`);
  if (what === 'cut') project.put(place, lines.slice(0, line).join('\n'));
  if (what === 'empty') project.put(place, '');
  if (what === 'delete') project.put(place, null);
  if (what === 'move') project.put(`moved/${path.split('/').at(-1)}`, text).put(place, null);
  if (what === 'crlf') project.put(place, (text ?? '').replace(/\r?\n/g, '\r\n'));
  if (what === 'bom') project.put(place, `\ufeff${(text ?? '').replace(/^\ufeff/, '')}`);
  if (what === 'settle') project.put(place, (text ?? '').replace(/^(<{7}|\|{7}|={7}|>{7}).*\n/gm, ''));
  if (what === 'revert') project.put(place, project.earlier.get(place) ?? text);
  if (what === 'git') project.put(place, `<<<<<<< HEAD\n${text}=======\n${token}: 1\n>>>>>>> topic\n`);
  if (what === 'mode') project.put(place, text, 0o755);
}

function tokens(texts: Iterable<string>): Set<string> {
  return new Set([...texts].flatMap((text) => text.match(/user_\d+_\d+/g) ?? []));
}

function theirs(project: Project): [path: string, text: string][] {
  return [...project.entries].filter(([path]) => !path.startsWith('.devops/')).map(([path, { text }]) => [path, text]);
}

function check(project: Project, one: Step): void {
  const unmanaged = new Set(one.unmanaged === null ? [] : [(SLOTS[one.unmanaged] as Slot).path]);
  const more = { policy: one.policy, unmanaged };
  const before = new Map(theirs(project));
  const known = project.lock({ unmanaged });
  const gone = Object.entries(known?.files ?? {}).filter(
    ([path, entry]) => project.text(placeOf(path, entry)) === null,
  );
  const made = project.plan(rendered(one), more);
  if (one.policy === 'fail' && hasConflict(made)) return;
  for (const change of made.changes) if (change.kind === 'update') project.earlier.set(change.path, change.before);
  project.carryOut(made);

  const again = project.plan(rendered(one), more);
  expect(toWrites(again).map(({ path }) => path)).toEqual([]);
  const recorded = made.changes.flatMap((change) =>
    change.kind === 'update' || change.kind === 'delete' ? [change.before] : [],
  );
  const after = tokens(theirs(project).map(([, text]) => text));
  const undo = one.policy === 'theirs' ? tokens(recorded) : new Set<string>();
  const lost = [...tokens(before.values())].filter((token) => !after.has(token) && !undo.has(token));
  expect(lost, 'tokens that are lost').toEqual([]);
  for (const [path, entry] of gone) {
    const isBack = project.text(placeOf(path, entry)) !== null && !unmanaged.has(path);
    expect(isBack, `${path} was deleted and is back`).toBe(false);
  }
  untouched(project, made, before);
  records(project, made);
}

/** What the plan does not write is byte for byte as it was. */
function untouched(project: Project, made: Plan, before: ReadonlyMap<string, string>): void {
  const written = new Set(toWrites(made).map(({ path }) => path));
  for (const [path, text] of before) if (!written.has(path)) expect(project.text(path), path).toBe(text);
}

/** The lock reads back, and what was decided in this run has a base that the lock vouches for. */
function records(project: Project, made: Plan): void {
  const { files } = parseLock(project.text('.devops/lock.json') as string);
  expect(files).toEqual(made.lock.files);
  for (const change of made.changes) {
    const path = change.from ?? change.path;
    const entry = files[path];
    if (entry?.ownership !== 'own' || entry.open !== undefined) continue;
    if (!['create', 'update', 'unchanged'].includes(change.kind)) continue;
    expect(matches(project.text(basePath(path)) ?? '', entry.hash), `base of ${path}`).toBe(true);
  }
}

/** Plays so many random histories. Throws, with the smallest one that fails. */
export function playHistories(numRuns: number): void {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const project = new Project({ 'src/index.ts': 'export {};\n', '.gitignore': 'user_0_0\n' });
      steps.forEach((one, index) => {
        for (const [at, some] of one.acts.entries()) act(project, some, `user_${index + 1}_${at}`);
        check(project, one);
      });
    }),
    { numRuns },
  );
}
