/** Kills runs, lets the next one recover, and says what was found: the old state, the new one, or (never) something else. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { expect } from 'vitest';
import { SetupError } from '../../src/errors.ts';
import { openWriter } from '../../src/io/disk.ts';
import type { DiskIo } from '../../src/io/disk-io.ts';
import type { ProjectWriter } from '../../src/model.ts';
import { failingIo, powerCut, quickIo } from './crash-io.ts';
import { OLD, SCENARIOS, type ScenarioName } from './crash-plan.ts';
import { removeFolder, seed, snapshot, tempFolder } from './tree.ts';
import { withoutRecords } from './writes.ts';

/** A project and the user's folder outside of it. */
type Place = Readonly<{ folder: string; root: string; state: string }>;
/** Everything that counts: the project as people see it, and what undo can take back. */
type Found = Readonly<{ tree: Record<string, string>; inside: readonly unknown[]; outside: readonly unknown[] }>;
type Ending = Readonly<{ outcome: string; state: 'old' | 'new'; finished: boolean }>;

/** One scenario. `before` and `after` are the two states that may be found; `steps` is the number of disk calls of the whole, `changes` that of those which change something. */
export class CrashBench {
  readonly #folder: string;
  readonly #script: string;
  readonly scenario: ScenarioName;
  readonly before: Found;
  readonly after: Found;
  readonly steps: number;
  readonly changes: number;

  /** `at`: where the projects are made. */
  constructor(scenario: ScenarioName, at: string = memory()) {
    this.scenario = scenario;
    this.#folder = tempFolder(at);
    this.#script = join(this.#folder, 'child.mjs');
    const entry = fileURLToPath(new URL('crash-child.ts', import.meta.url));
    buildSync({ entryPoints: [entry], outfile: this.#script, bundle: true, platform: 'node', format: 'esm' });
    const place = this.fresh();
    this.before = look(place);
    this.steps = Number(this.run(place, -1).stdout);
    this.after = look(place);
    const cut = powerCut(Number.POSITIVE_INFINITY);
    SCENARIOS[scenario].act(this.open(this.fresh(), cut.io));
    this.changes = cut.changes();
    expect(this.before).not.toEqual(this.after);
  }

  fresh(): Place {
    const folder = tempFolder(this.#folder);
    const place = { folder, root: join(folder, 'project'), state: join(folder, 'state') };
    seed(place.root, OLD);
    SCENARIOS[this.scenario].before(this.open(place));
    return place;
  }

  open({ root, state }: Place, io: DiskIo = quickIo): ProjectWriter {
    return openWriter(root, { stateFolder: () => state, io });
  }

  run(
    place: Place,
    at: number,
    action = this.scenario as string,
    kill = 'SIGKILL',
    caught = '',
  ): { signal: string | null; stdout: string } {
    const words = [this.#script, place.root, place.state, String(at), action, kill, caught];
    const child = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (child.signal === null) expect(child.stderr).toBe('');
    return { signal: child.signal, stdout: child.stdout };
  }

  /** Kills the process at a call, then (optionally) a recovery at another, and recovers. */
  kill(at: number, recoveryAt: number | null = null, signal = 'SIGKILL'): Ending {
    const place = this.fresh();
    expect(this.run(place, at, this.scenario, signal).signal).toBe(signal);
    this.#eachFileIsOldOrNew(place, at);
    const finished = recoveryAt !== null && this.run(place, recoveryAt, 'recover', signal).signal === null;
    return this.#recovered(place, finished, `a kill at call ${at}, recovery at ${recoveryAt}`);
  }

  /** The same with a power cut in this process, at a change of the disk. */
  cut(at: number, recoveryAt: number | null = null): Ending {
    const place = this.fresh();
    attempt(() => SCENARIOS[this.scenario].act(this.open(place, powerCut(at).io)));
    this.#eachFileIsOldOrNew(place, at);
    let finished = false;
    if (recoveryAt !== null) {
      const cut = powerCut(recoveryAt);
      attempt(() => this.open(place, cut.io).recover());
      finished = cut.changes() <= recoveryAt;
    }
    return this.#recovered(place, finished, `a cut at call ${at}, recovery at ${recoveryAt}`);
  }

  /** One call of the disk fails. What is told is a SetupError and then nothing has happened; or nothing is told, and everything has. */
  fail(at: number, code: string): 'old' | 'new' {
    const place = this.fresh();
    const { io, open, failed } = failingIo(at, code);
    let thrown: unknown = null;
    try {
      SCENARIOS[this.scenario].act(this.open(place, io));
    } catch (error) {
      thrown = error;
    }
    const told = `${code} at call ${at}`;
    if (thrown !== null) expect(thrown, told).toBeInstanceOf(SetupError);
    expect(open.size, `files left open after ${told}`).toBe(0);
    // What may not be removed stays: an empty folder, or what was in a record. Nothing is thrown for it.
    const mayLitter = failed() === 'rmdir' || ['EACCES', 'EPERM'].includes(code);
    const { state } = this.#recovered(place, false, told, mayLitter);
    expect(state, `${told}: ${thrown}`).toBe(thrown === null ? 'new' : 'old');
    return state;
  }

  /** The disk has so many pages left when it begins; `resize` gives it its size. */
  fill(pages: number, resize: (pages: number) => void): 'old' | 'new' {
    const place = this.fresh();
    const { blocks, bfree, bsize } = statfsSync(place.root);
    resize(((blocks - bfree) * bsize) / 4096 + pages);
    let thrown: unknown = null;
    try {
      SCENARIOS[this.scenario].act(this.open(place));
    } catch (error) {
      thrown = error;
    }
    resize((blocks * bsize) / 4096);
    if (thrown !== null) expect(thrown).toBeInstanceOf(SetupError);
    const { state } = this.#recovered(place, false, `${pages} pages were left`);
    expect(state, String(thrown)).toBe(thrown === null ? 'new' : 'old');
    return state;
  }

  #recovered(place: Place, finished: boolean, told: string, mayLitter = false): Ending {
    const writer = this.open(place);
    const { outcome, undone } = writer.recover();
    const takesBack = this.scenario.startsWith('undo') ? 'rolled-forward' : 'rolled-back';
    expect(undone !== null, `after ${told}`).toBe(outcome === takesBack);
    expect(writer.unfinished()).toBe(false);
    const found = mayLitter ? this.#withoutLitter(look(place)) : look(place);
    const state = JSON.stringify(found) === JSON.stringify(this.before) ? 'old' : 'new';
    expect(found, `after ${told}`).toEqual(state === 'old' ? this.before : this.after);
    expect(writer.recover().outcome).toBe('clean');
    removeFolder(place.folder);
    return { outcome, state, finished };
  }

  #withoutLitter(found: Found): Found {
    const paths = Object.keys(found.tree);
    const holdsFiles = (folder: string): boolean =>
      paths.some((path) => path.startsWith(folder) && !path.endsWith('/'));
    const isEmptied = (path: string): boolean => path.endsWith('/') && !(path in this.after.tree) && !holdsFiles(path);
    const isRecord = (record: unknown): boolean => typeof record !== 'string';
    return {
      tree: Object.fromEntries(Object.entries(found.tree).filter(([path]) => !isEmptied(path))),
      inside: found.inside.filter(isRecord),
      outside: found.outside.filter(isRecord),
    };
  }

  /** What `undo` leaves after a power cut at a change of the disk; null where nothing was begun yet, or all is done. */
  undoAfterCut(at: number): Found | null {
    const place = this.fresh();
    attempt(() => SCENARIOS[this.scenario].act(this.open(place, powerCut(at).io)));
    const isBegun = existsSync(join(place.root, '.devops/tx/held/journal.json'));
    if (isBegun) this.open(place).undo();
    const found = isBegun ? look(place) : null;
    removeFolder(place.folder);
    return found;
  }

  #eachFileIsOldOrNew({ root }: Place, at: number): void {
    for (const [path, state] of Object.entries(snapshot(root))) {
      if (path.startsWith('.devops/tx/') || path.endsWith('/')) continue;
      expect([this.before.tree[path], this.after.tree[path]], `${path} after a stop at call ${at}`).toContain(state);
    }
  }

  close(): void {
    removeFolder(this.#folder);
  }
}

export function look({ root, state }: Place): Found {
  const stacks = folders(join(state, 'undo')).map((name) => join(state, 'undo', name));
  return {
    tree: withoutRecords(snapshot(root)),
    inside: shelf(join(root, '.devops/tx/undo')),
    outside: stacks.flatMap(shelf),
  };
}

/** The records, oldest first, without what differs from run to run. What is not a record is shown too. */
function shelf(path: string): readonly unknown[] {
  const names = [...folders(path)].sort((a, b) => Number(a) - Number(b));
  return names.map((name) => {
    if (!/^\d+$/.test(name)) return name;
    const { 'owner.json': _, '.gitignore': __, 'journal.json': ___, ...rest } = snapshot(join(path, name));
    const { sequel: ____, ...journal } = JSON.parse(readFileSync(join(path, name, 'journal.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    return { journal, rest };
  });
}

function folders(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A file system in memory where there is one: a dead process or a cut call leaves the same there, sooner. */
function memory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {} // the power went: whatever it says, nobody hears it
}
