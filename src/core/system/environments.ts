/** The three environments: one topology, smaller sizes before production. */
import type { Environment } from '../../model.ts';
import { networks, taskCpu, taskMemory } from '../questions/index.ts';
import { halfOf, SMALLEST_TASK, type TaskSize } from '../questions/task-sizes.ts';
import { answerOf, type Resolution } from '../resolve/index.ts';

/** Production has what was answered, staging half of it, development the smallest there is. */
export function environmentsOf(resolution: Resolution): readonly Environment[] {
  const whole: TaskSize = { cpu: answerOf(resolution, taskCpu), memory: answerOf(resolution, taskMemory) };
  const tasks = { development: SMALLEST_TASK, staging: halfOf(whole), production: whole };
  return (['development', 'staging', 'production'] as const).map((name) => ({
    name,
    production: name === 'production',
    cidr: answerOf(resolution, networks[name]),
    task: tasks[name],
  }));
}
