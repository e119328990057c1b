/** Networks, task sizes, recovery and budget: what is refused, with the arithmetic, and what of ours gives way. */
import { describe, expect, it } from 'vitest';
import { addressRange, freeRange, overlap } from '../../../../src/core/questions/address-ranges.ts';
import { CPU_UNITS, halfOf, memoryFor, taskSizeRefusal } from '../../../../src/core/questions/task-sizes.ts';
import { configOf } from '../../../../src/core/resolve/choices.ts';
import { facts, resolved } from '../../../helpers/facts.ts';

const told = (flags: Record<string, unknown>) =>
  resolved(facts(), { flags }).problems.map(
    ({ place, message, hint }) => `${place}: ${message}${hint === '' ? '' : ` ${hint}`}`,
  );
const answered = (flags: Record<string, unknown>, id: string) => resolved(facts(), { flags }).answers.get(id)?.value;

describe('the network of an environment', () => {
  const id = 'infrastructure.network.production';

  it.each([['10.64.0.0/16'], ['172.31.0.0/20'], ['192.168.4.0/22'], ['100.64.0.0/18']])('takes %s', (cidr) =>
    expect(told({ [id]: cidr })).toEqual([]),
  );

  it.each([
    ['10.0.0.0/15', 'a network that AWS can make: /15 is larger than /16 (65,536 addresses), its limit for a VPC'],
    [
      '10.0.0.0/23',
      'large enough: /23 has 512 addresses, a sixteenth for each of nine subnets is 32, and AWS keeps 5 of each; /22 (59 usable a subnet) is the smallest',
    ],
    [
      '8.8.0.0/16',
      'a private range: one inside of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918) or 100.64.0.0/10',
    ],
    [
      '172.32.0.0/16',
      'a private range: one inside of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918) or 100.64.0.0/10',
    ],
    ['10.30.1.0/16', 'the first address of its range, which is 10.30.0.0/16'],
    ['10.300.0.0/16', 'an address range like 10.30.0.0/16'],
    ['10.30.0.0', 'an address range like 10.30.0.0/16'],
    ['fd00::/48', 'an address range like 10.30.0.0/16'],
  ])('refuses %s', (cidr, why) => expect(told({ [id]: cidr })).toEqual([`--set ${id}: "${cidr}" is not ${why}.`]));

  it('overlaps with no other that somebody gave, each pair told with its addresses', () => {
    const flags = {
      'infrastructure.network.development': '10.40.0.0/16',
      'infrastructure.network.staging': '10.40.128.0/20',
      'infrastructure.network.production': '10.40.0.0/17',
    };
    expect(told(flags)).toEqual([
      '--set infrastructure.network.staging: the network of staging overlaps that of development: 10.40.128.0/20 is 10.40.128.0 to 10.40.143.255, 10.40.0.0/16 is 10.40.0.0 to 10.40.255.255. Give one of them another range; 10.10.0.0/16 is free.',
      '--set infrastructure.network.production: the network of production overlaps that of development: 10.40.0.0/17 is 10.40.0.0 to 10.40.127.255, 10.40.0.0/16 is 10.40.0.0 to 10.40.255.255. Give one of them another range; 10.10.0.0/16 is free.',
    ]);
  });

  it('moves our own default out of the way', () => {
    const flags = { [id]: '10.20.0.0/16' };
    expect(told(flags)).toEqual([]);
    expect(answered(flags, 'infrastructure.network.staging')).toBe('10.30.0.0/16');
    expect(answered(flags, 'infrastructure.network.development')).toBe('10.10.0.0/16');
    expect(answered({}, 'infrastructure.network.staging')).toBe('10.20.0.0/16');
  });

  it('is counted as it should be', () => {
    expect(addressRange('255.255.255.255/32')).toMatchObject({ first: 4294967295, last: 4294967295 });
    expect(addressRange('10.0.0.0/33')).toBeNull();
    const [a, b, c] = ['10.0.0.0/16', '10.0.255.0/24', '10.1.0.0/16'].map((cidr) => addressRange(cidr));
    if (!a || !b || !c) throw new Error('no range');
    expect([overlap(a, b), overlap(b, a), overlap(a, c), overlap(b, c)]).toEqual([true, true, false, false]);
    expect(freeRange(['10.0.0.0/11'])).toBe('10.40.0.0/16');
  });
});

describe('the size of a task', () => {
  const cpu = 'infrastructure.task.cpu';
  const memory = 'infrastructure.task.memory';

  it.each([
    [256, 1536, '512, 1024 or 2048 MiB'],
    [512, 512, '1024 to 4096 MiB in steps of 1024'],
    [1024, 16384, '2048 to 8192 MiB in steps of 1024'],
    [8192, 17408, '16384 to 61440 MiB in steps of 4096'],
  ])('refuses %i CPU units with %i MiB', (units, mebibytes, range) => {
    const [problem, ...rest] = told({ [cpu]: units, [memory]: mebibytes });
    expect(rest).toEqual([]);
    expect(problem).toBe(
      `--set ${memory}: Fargate has no task with ${units} CPU units and ${mebibytes} MiB: ${units} CPU units go with ${range}. Take ${memoryFor(units, mebibytes)} MiB, or give another ${cpu}.`,
    );
  });

  it('refuses CPU units that there are none of', () => {
    expect(told({ [cpu]: 300 })).toEqual([
      `--set ${cpu}: "300" is not a number of CPU units that Fargate has: 256, 512, 1024, 2048, 4096, 8192, 16384.`.replace(
        '"300"',
        '300',
      ),
    ]);
  });

  it('lets memory that nobody gave follow the CPU units', () => {
    expect(told({ [cpu]: 4096 })).toEqual([]);
    expect(answered({ [cpu]: 4096 }, memory)).toBe(8192);
    expect(answered({ [cpu]: 256 }, memory)).toBe(2048);
  });

  it('has a half for every whole, never more of anything', () => {
    for (const units of CPU_UNITS)
      for (let mebibytes = 512; mebibytes <= 122_880; mebibytes += 512) {
        const whole = { cpu: units, memory: mebibytes };
        if (taskSizeRefusal(whole) !== null) continue;
        const half = halfOf(whole);
        expect(taskSizeRefusal(half), JSON.stringify([whole, half])).toBeNull();
        expect(half.cpu <= units && half.memory <= mebibytes, JSON.stringify([whole, half])).toBe(true);
        expect(half.cpu).toBe(Math.max(units / 2, 256));
      }
  });
});

describe('recovery and budget', () => {
  it.each([
    ['60', 60],
    [90, 90],
    ['60m', 60],
    ['1h', 60],
    ['24 h', 1440],
  ])('reads %s as minutes', (raw, value) => {
    expect(told({ 'infrastructure.recovery.rto': raw })).toEqual([]);
    expect(answered({ 'infrastructure.recovery.rto': raw }, 'infrastructure.recovery.rto')).toBe(value);
  });

  it('refuses less than a database can give, and what is no time', () => {
    expect(
      told({ 'infrastructure.recovery.rpo': '1m', 'infrastructure.recovery.rto': 'soon', 'infrastructure.budget': 0 }),
    ).toEqual([
      '--set infrastructure.recovery.rto: "soon" is not a whole number from 5 to 10080 (minutes, or 1h).',
      '--set infrastructure.recovery.rpo: "1m" is not a whole number from 5 to 10080 (minutes, or 1h; RDS restores to within 5 minutes).',
      '--set infrastructure.budget: 0 is not a whole number from 1 to 1000000 (US dollars a month).',
    ]);
  });

  it('is to be confirmed, and written where a chosen generator reads it', () => {
    const written = configOf(resolved(), ['cdktf-aws', 'prometheus'], null);
    expect(written.toConfirm).toEqual([
      'infrastructure.recovery.rto',
      'infrastructure.recovery.rpo',
      'infrastructure.budget',
    ]);
    expect(written.infrastructure).toEqual({
      target: 'aws-ecs-fargate',
      region: 'eu-west-1',
      cdk: 'cdktf',
      network: { development: '10.10.0.0/16', staging: '10.20.0.0/16', production: '10.30.0.0/16' },
      task: { cpu: 1024, memory: 2048 },
      recovery: { rto: 60, rpo: 15 },
      budget: 300,
    });
    expect(written.observability).toMatchObject({ instrument: false });
    const delivery = configOf(resolved(), ['ci-github', 'docker'], null);
    expect(delivery.infrastructure).toBeUndefined();
    expect(delivery.toConfirm).toBeUndefined();
  });

  it('keeps the words of a person who wrote a unit', () => {
    const config = { version: 1, infrastructure: { recovery: { rto: '1h', rpo: 15 } } };
    const written = configOf(resolved(facts(), { config }), ['runbooks'], config);
    expect(written.infrastructure).toMatchObject({ recovery: { rto: '1h', rpo: 15 } });
  });
});

it('asks nobody more than before', () => {
  const { open, asked } = resolved();
  expect(open).toEqual([]);
  const ours = asked.filter(({ id }) => /^infrastructure\.(network|task|recovery|budget)|instrument$/.test(id));
  expect(ours).toHaveLength(9);
  expect(ours.every(({ question }) => question.ask === 'never')).toBe(true);
});
