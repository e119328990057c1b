/** Disks that stop: the process is gone from one call on, whatever it would still like to do. */
import { type DiskIo, nodeIo } from '../../src/io/disk-io.ts';

/** Calls `stop` right before the disk call number `at` (or in the middle of it where it is a write). `calls` counts. */
export function stoppingIo(at: number, stop: () => void): Readonly<{ io: DiskIo; calls: () => number }> {
  let calls = 0;
  const entries = Object.entries(nodeIo).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      if (calls++ === at) {
        if (name === 'write') nodeIo.write(args[0] as number, (args[1] as Uint8Array).subarray(0, 3), 0);
        stop();
      }
      return (call as (...all: unknown[]) => unknown)(...args);
    },
  ]);
  return { io: Object.fromEntries(entries) as DiskIo, calls: () => calls };
}

/** A disk that does not wait for its medium: for everything but a real kill, where the medium is what counts. */
export const quickIo: DiskIo = { ...nodeIo, sync: () => {} };

/** Thrown from the moment on at which the power went. No code of ours knows it. */
export class PowerCut extends Error {}

/** What changes the disk. A stop before any other call leaves what a stop before the next of these leaves. */
const CHANGES = new Set(['write', 'chmod', 'chown', 'mkdir', 'rmdir', 'unlink', 'rename']);
const isChange = (name: string, args: readonly unknown[]): boolean =>
  CHANGES.has(name) || (name === 'open' && args[1] === 'wx');

/**
 * A power cut inside this process, a hundred times faster than a process of its own: at the change number `at`, and from then on, every
 * call fails, except that files are closed, which a real end would do too. `changes` counts them, that one included.
 */
export function powerCut(at: number): Readonly<{ io: DiskIo; changes: () => number }> {
  let changes = 0;
  let isOff = false;
  const entries = Object.entries(quickIo).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      if (!isOff && isChange(name, args)) {
        isOff = changes === at;
        if (isOff && name === 'write') nodeIo.write(args[0] as number, (args[1] as Uint8Array).subarray(0, 3), 0);
        changes += 1;
      }
      if (isOff && name === 'close') nodeIo.close(args[0] as number);
      if (isOff) throw new PowerCut('power cut');
      return (call as (...all: unknown[]) => unknown)(...args);
    },
  ]);
  return { io: Object.fromEntries(entries) as DiskIo, changes: () => changes };
}

/** The call number `at` fails with an error of the system, and only that one; `failed` names it. `open` says which files were not closed. */
export function failingIo(
  at: number,
  code: string,
): Readonly<{ io: DiskIo; failed: () => string; open: ReadonlySet<number> }> {
  let calls = 0;
  let failed = '';
  const open = new Set<number>();
  const entries = Object.entries(quickIo).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      if (name === 'close') open.delete(args[0] as number);
      if (calls++ === at) {
        failed = name;
        if (name === 'close') nodeIo.close(args[0] as number);
        throw Object.assign(new Error(code), { code, path: typeof args[0] === 'string' ? args[0] : undefined });
      }
      const result = (call as (...all: unknown[]) => unknown)(...args);
      if (name === 'open') open.add(result as number);
      return result;
    },
  ]);
  return { io: Object.fromEntries(entries) as DiskIo, failed: () => failed, open };
}
