/** Permission bits. Only the executable bit is ours, as in git; the rest depends on the machine. */

/**
 * The mode to write. Three ways, like the text: our news counts where the user left the bit alone. `was`: what we last wrote (undefined:
 * nothing). `is`: what the disk has; null: it has no such bit, so nothing changes.
 */
export function nextMode(wanted: number, was: number | undefined, is: number | null): number {
  if (is === null) return was ?? wanted;
  const have = isExecutable(is);
  const had = was === undefined ? have : isExecutable(was);
  if (isExecutable(wanted) === have || have !== had) return is;
  return withMode(wanted, is);
}

/** The bits of the disk with our executable bit, whoever set it: what `restore` writes. */
export function withMode(wanted: number, is: number | null): number {
  if (is === null) return wanted;
  return isExecutable(wanted) ? is | ((is & 0o444) >> 2) : is & ~0o111;
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}
