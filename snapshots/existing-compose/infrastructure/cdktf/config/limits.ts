/** Limits that AWS only tells about when something is applied. */

/** Memory that Fargate has for each number of CPU units: from, to, step, in MiB. */
const FARGATE: Readonly<Record<number, readonly [number, number, number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

export function hasFargateSize(cpu: number, memory: number): boolean {
  if (cpu === 256) return [512, 1024, 2048].includes(memory);
  const [from, to, step] = FARGATE[cpu] ?? [0, -1, 1];
  return memory >= from && memory <= to && memory % step === 0;
}

/** What CloudWatch Logs can keep, in days. */
export const RETENTION: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** A load balancer's name. */
export const LONGEST_PREFIX = 32;
/** A bucket's name: `<prefix>-tfstate-<account>`. */
export const LONGEST_BUCKET = 63;
/** An IAM role's name. */
export const LONGEST_ROLE = 64;
/** The identifier of an ElastiCache replication group. */
export const LONGEST_CACHE = 40;
/** A network is cut into 16 parts, and no subnet may be smaller than /28. */
export const SMALLEST_NETWORK = 24;
export const LARGEST_NETWORK = 16;
