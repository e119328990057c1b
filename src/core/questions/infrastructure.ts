/** How large it is, where its networks are, how soon it is back and what it may cost. Defaults that nobody is asked for. */
import { confirm, InvalidAnswer, integer, text } from '../../define.ts';
import type { EnvironmentName, Question } from '../../model.ts';
import { refusal } from './address-ranges.ts';
import { CPU_UNITS } from './task-sizes.ts';

const STACKS = ['cdktf-aws'];
/** Runbooks speak of what a recovery may take. */
const RECOVERING = ['cdktf-aws', 'runbooks'];

function network(environment: EnvironmentName, fallback: string): Question<string> {
  const declared = text(`infrastructure.network.${environment}`, {
    message: `Which address range has the network of ${environment}?`,
    help: `The address range of the network of ${environment}: private, /16 to /22, overlapping with no other environment's.`,
    pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
    expected: 'an address range like 10.30.0.0/16',
    readBy: STACKS,
    default: fallback,
  });
  return {
    ...declared,
    parse: (raw) => {
      const cidr = declared.parse(raw);
      const reason = refusal(cidr);
      if (reason !== null) throw new InvalidAnswer(reason);
      return cidr;
    },
  };
}

export const networks: Readonly<Record<EnvironmentName, Question<string>>> = {
  development: network('development', '10.10.0.0/16'),
  staging: network('staging', '10.20.0.0/16'),
  production: network('production', '10.30.0.0/16'),
};

export const taskCpu = integer('infrastructure.task.cpu', {
  message: 'How many CPU units has a task in production?',
  help: `CPU units of each task in production (1024 = one vCPU): ${CPU_UNITS.join(', ')}. Staging has half, development the smallest.`,
  readBy: STACKS,
  minimum: 256,
  maximum: 16_384,
  unit: 'CPU units',
  refuse: (value) =>
    CPU_UNITS.includes(value) ? null : `a number of CPU units that Fargate has: ${CPU_UNITS.join(', ')}`,
  default: 1024,
});

export const taskMemory = integer('infrastructure.task.memory', {
  message: 'How many MiB of memory has a task in production?',
  help: 'Memory of each task in production, in MiB; which values there are depends on its CPU units.',
  readBy: STACKS,
  minimum: 512,
  maximum: 122_880,
  unit: 'MiB',
  suffix: 'MiB',
  default: 2048,
});

/** Minutes, or with a unit: `90`, `90m`, `2h`. */
function minutes(
  id: string,
  options: Readonly<{ message: string; help: string; minimum: number; reason: string; default: number }>,
): Question<number> {
  const maximum = 7 * 24 * 60;
  const declared = integer(id, {
    message: options.message,
    help: options.help,
    readBy: RECOVERING,
    minimum: options.minimum,
    maximum,
    unit: options.reason,
    suffix: 'm',
    toConfirm: true,
    default: options.default,
  });
  return {
    ...declared,
    parse: (raw) => {
      const [, hours] = (typeof raw === 'string' ? /^(\d{1,3}) ?h$/.exec(raw.trim()) : null) ?? [];
      return declared.parse(hours === undefined ? raw : Number(hours) * 60);
    },
    schema: {
      anyOf: [
        { type: 'integer', minimum: options.minimum, maximum },
        { type: 'string', pattern: '^\\d+ ?[mh]$' },
      ],
    },
  };
}

export const recoveryTime = minutes('infrastructure.recovery.rto', {
  message: 'Within how many minutes is it back after a disaster?',
  help: 'Recovery time objective: minutes (90, 90m or 2h) within which the service is restored after a disaster.',
  minimum: 5,
  reason: 'minutes, or 1h',
  default: 60,
});

export const recoveryPoint = minutes('infrastructure.recovery.rpo', {
  message: 'How many minutes of data may be lost in a disaster?',
  help: 'Recovery point objective: minutes (15, 15m or 1h) of data that a disaster may cost.',
  minimum: 5,
  reason: 'minutes, or 1h; RDS restores to within 5 minutes',
  default: 15,
});

export const budget = integer('infrastructure.budget', {
  message: 'How many US dollars a month may an environment cost?',
  help: 'US dollars a month and environment above which AWS Budgets warns.',
  readBy: STACKS,
  minimum: 1,
  maximum: 1_000_000,
  unit: 'US dollars a month',
  suffix: 'USD',
  toConfirm: true,
  default: 300,
});

export const instrument = confirm('observability.instrument', {
  message: 'Add metrics to services that have none?',
  help: 'Preloads a module of ours (prom-client) in the images of services without metrics: it serves /health, /ready and /metrics at a port of its own.',
  readBy: ['prometheus'],
  default: false,
});
