/** The sizes that a Fargate task can have: for each number of CPU units (1024 = one vCPU) a range of memory, in MiB. */

export type TaskSize = Readonly<{ cpu: number; memory: number }>;

/** Memory in MiB, ascending; `said` names it for people. */
type Memory = Readonly<{ sizes: readonly number[]; said: string }>;

/** All from one to the other, in GiB. */
function range(from: number, to: number, step: number): Memory {
  const sizes = Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
  return { sizes, said: `${from * 1024} to ${to * 1024} MiB in steps of ${step * 1024}` };
}

/** Linux; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const SIZES: ReadonlyMap<number, Memory> = new Map([
  [256, { sizes: [512, 1024, 2048], said: '512, 1024 or 2048 MiB' }],
  [512, range(1, 4, 1)],
  [1024, range(2, 8, 1)],
  [2048, range(4, 16, 1)],
  [4096, range(8, 30, 1)],
  [8192, range(16, 60, 4)],
  [16_384, range(32, 120, 8)],
]);

export const CPU_UNITS: readonly number[] = [...SIZES.keys()];

/** Why Fargate has no such pair, with what goes with the CPU units. Null: it has. */
export function taskSizeRefusal({ cpu, memory }: TaskSize): string | null {
  const known = SIZES.get(cpu);
  if (known === undefined) return `Fargate has ${CPU_UNITS.join(', ')} CPU units, not ${cpu}.`;
  if (known.sizes.includes(memory)) return null;
  return `Fargate has no task with ${cpu} CPU units and ${memory} MiB: ${cpu} CPU units go with ${known.said}.`;
}

/** The smallest memory that Fargate has with these CPU units and that is no less than wanted; its most where it has less. */
export function memoryFor(cpu: number, wanted: number): number {
  const sizes = SIZES.get(cpu)?.sizes ?? [];
  const found = sizes.find((memory) => memory >= wanted) ?? sizes.at(-1);
  if (found === undefined) throw new Error(`Fargate has no task with ${cpu} CPU units`);
  return found;
}

/** Half of a task, as near as Fargate has it, never more than the whole. */
export function halfOf({ cpu, memory }: TaskSize): TaskSize {
  const half = Math.max(cpu / 2, 256);
  return { cpu: half, memory: Math.min(memoryFor(half, memory / 2), memory) };
}

/** The smallest task there is: 256 CPU units and 512 MiB. */
export const SMALLEST_TASK: TaskSize = { cpu: 256, memory: 512 };
