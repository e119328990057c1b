/** Who holds a lock, and whether that process still runs. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * `stamp` tells a process from a later one with the same pid; null where the system does not say. `run` is a number of this hold: no
 * secret, and not called like one, because scanners read it too.
 */
export type Owner = Readonly<{ pid: number; host: string; started: string; stamp: string | null; run: string }>;

/** Locks that this process left behind on purpose, because it could not clean up: the next try takes them over. */
const abandoned = new Set<string>();

/** This process, holding something. */
export function me(run: string): Owner {
  const started = new Date(Date.now() - process.uptime() * 1000).toISOString();
  return { pid: process.pid, host: hostname(), started, stamp: stampOf(process.pid), run };
}

export function abandon(run: string): void {
  abandoned.add(run);
}

/** Reads an owner. It is a file that anybody can write: null unless every field is what it has to be. */
export function parseOwner(text: string): Owner | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { pid, host, started, stamp, run } = value;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0 || pid > 2 ** 31) return null;
    if (typeof host !== 'string' || !/^[\w.-]{1,255}$/.test(host)) return null;
    if (typeof started !== 'string' || !/^[\dTZ:.-]{10,30}$/.test(started)) return null;
    if (stamp !== null && !(typeof stamp === 'string' && stamp.length < 200)) return null;
    if (typeof run !== 'string' || !/^[0-9a-f]{16}$/.test(run)) return null;
    return { pid, host, started, stamp, run };
  } catch {
    return null;
  }
}

/** True when nobody can be at work there any more. A process on another machine counts as running: it cannot be asked. */
export function isDead(owner: Owner | null): boolean {
  if (owner === null) return true;
  if (owner.host !== hostname()) return false;
  if (abandoned.has(owner.run)) return true;
  if (!isRunning(owner.pid)) return true;
  const stamp = stampOf(owner.pid);
  return stamp !== null && owner.stamp !== null && stamp !== owner.stamp;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return stateOf(pid) !== 'Z'; // killed, and its parent has not looked yet
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: start time in ticks since boot, and which boot. */
function stampOf(pid: number): string | null {
  const boot = readQuietly('/proc/sys/kernel/random/boot_id')?.trim();
  const ticks = statFields(pid)?.[19];
  return boot === undefined || ticks === undefined ? null : `${boot} ${ticks}`;
}

function stateOf(pid: number): string | undefined {
  return statFields(pid)?.[0];
}

/** The fields of /proc/<pid>/stat behind the name, which may hold anything. */
function statFields(pid: number): readonly string[] | null {
  const text = readQuietly(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readQuietly(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
