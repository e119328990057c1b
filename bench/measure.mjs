/** CPU, wall clock and peak memory of a whole process tree, without native modules: bash's `time` and, for memory, GNU time. */
import { spawnSync } from 'node:child_process';

const GNU_TIME = '/usr/bin/time';

/** A clean environment: what the machine's owner has set must not change what is measured. */
function environment() {
  return { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C', NO_COLOR: '1' };
}

function bash(script, command, cwd) {
  const { status, stderr, error } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    cwd,
    encoding: 'utf8',
    env: environment(),
  });
  if (error) throw error;
  return { status, stderr };
}

/**
 * Runs a command once. `expect` are the exit codes that count as success: a program that failed fast must not win.
 * @returns {{ wall: number, cpu: number }} milliseconds
 */
export function timed(command, { cwd, expect = [0] }) {
  const { status, stderr } = bash('TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1 </dev/null', command, cwd);
  if (!expect.includes(status)) throw failure(command, cwd, status);
  const [wall, user, system] = stderr
    .trim()
    .split('\n')
    .at(-1)
    .split(' ')
    .map((seconds) => Number(seconds) * 1000);
  return { wall, cpu: user + system };
}

/** Peak resident memory of the largest process of the tree in MiB, or null where GNU time is not there. */
export function peakMemory(command, { cwd, expect = [0] }) {
  const { status, stderr } = bash(
    `${GNU_TIME} -f 'peak %M' "$@" </dev/null 2>&1 >/dev/null | tail -n 1 >&2; exit "\${PIPESTATUS[0]}"`,
    command,
    cwd,
  );
  const peak = /^peak (\d+)$/m.exec(stderr);
  if (!peak) return null;
  if (!expect.includes(status)) throw failure(command, cwd, status);
  return Number(peak[1]) / 1024;
}

function failure(command, cwd, status) {
  const { stdout, stderr } = spawnSync(command[0], command.slice(1), { cwd, encoding: 'utf8', env: environment() });
  return new Error(`exit ${status}: ${command.join(' ')}\n${stdout}${stderr}`);
}

/**
 * Measures several cases in turn (A B C A B C …), so that whatever the machine does meanwhile meets all of them.
 * A case is `{ id, command, cwd?, before?, expect? }`; `before` runs untimed ahead of every run and may return the folder to run in.
 * @returns {Map<string, { wall: number, cpu: number, peak: number | null }>} medians, by id
 */
export function interleave(cases, { rounds, log = () => undefined }) {
  const samples = new Map(cases.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round++) {
    log(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
    for (const one of cases) {
      const sample = timed(one.command, { ...one, cwd: one.before?.() ?? one.cwd });
      if (round > 0) samples.get(one.id).push(sample);
    }
  }
  return new Map(
    cases.map((one) => {
      const all = samples.get(one.id);
      const peak = peakMemory(one.command, { ...one, cwd: one.before?.() ?? one.cwd });
      return [one.id, { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)), peak }];
    }),
  );
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
