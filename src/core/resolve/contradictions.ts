/**
 * Answers that are fine alone and do not fit each other. Our own default gives way, so that a person's word holds; two words of a person's that
 * do not fit are a problem.
 */
import type { Problem } from '../../errors.ts';
import type { Answer, EnvironmentName, Plain } from '../../model.ts';
import { addressRange, freeRange, overlap, spelledOut } from '../questions/address-ranges.ts';
import * as house from '../questions/index.ts';
import { memoryFor, taskSizeRefusal } from '../questions/task-sizes.ts';

type Answers = Map<string, Answer<Plain>>;

/** All of them at once. Changes the answers that give way. */
export function contradictions(answers: Answers): readonly Problem[] {
  return [...channelOf(answers), ...networksOf(answers), ...taskOf(answers)];
}

/** A flag names its key; a file is named with it. */
export function whereIs(place: string, id: string): string {
  return place === `--set ${id}` ? place : `${place}, ${id}`;
}

/** Mail needs an address. Our default channel is none, so the question is open again. */
function channelOf(answers: Answers): readonly Problem[] {
  const channel = answers.get(house.chatChannel.id);
  if (answers.get(house.chatKind.id)?.value !== 'email' || !channel) return [];
  if (/^[^#@]+@[^@]+$/.test(String(channel.value))) return [];
  answers.delete(house.chatChannel.id);
  if (channel.source === 'default') return [];
  return [
    {
      code: 'CONFIG_VALUE',
      place: whereIs(channel.why, house.chatChannel.id),
      message: `"${channel.value}" is not an address, and ${house.chatKind.id} is email.`,
      hint: `Give an address like alerts@example.com, or choose another ${house.chatKind.id}.`,
    },
  ];
}

/** Networks that overlap can never be peered, nor reached through one VPN. */
function networksOf(answers: Answers): readonly Problem[] {
  const known = (Object.keys(house.networks) as EnvironmentName[]).flatMap((environment) => {
    const { id } = house.networks[environment];
    const answer = answers.get(id);
    const range = answer ? addressRange(String(answer.value)) : null;
    return answer && range ? [{ environment, id, answer, range }] : [];
  });
  const said = known.filter(({ answer }) => answer.source !== 'default');
  const taken = said.map(({ range }) => range.cidr);
  for (const { id, range, answer } of known) {
    if (answer.source !== 'default') continue;
    const moves = taken.some((cidr) => overlaps(cidr, range.cidr));
    const cidr = moves ? freeRange([...taken, ...known.map((one) => one.range.cidr)]) : range.cidr;
    taken.push(cidr);
    if (moves) answers.set(id, { ...answer, value: cidr, why: `${range.cidr}, our default, is taken` });
  }
  return said.flatMap((one, index) =>
    said
      .slice(0, index)
      .filter((other) => overlap(one.range, other.range))
      .map(
        (other): Problem => ({
          code: 'CONFIG_VALUE',
          place: whereIs(one.answer.why, one.id),
          message: `the network of ${one.environment} overlaps that of ${other.environment}: ${spelledOut(one.range)}, ${spelledOut(other.range)}.`,
          hint: `Give one of them another range; ${freeRange(taken)} is free.`,
        }),
      ),
  );
}

function overlaps(one: string, other: string): boolean {
  const [a, b] = [addressRange(one), addressRange(other)];
  return a !== null && b !== null && overlap(a, b);
}

/** CPU and memory of a task come in pairs. Memory that nobody gave follows the CPU. */
function taskOf(answers: Answers): readonly Problem[] {
  const cpu = answers.get(house.taskCpu.id);
  const memory = answers.get(house.taskMemory.id);
  if (!cpu || !memory) return [];
  const size = { cpu: Number(cpu.value), memory: Number(memory.value) };
  const reason = taskSizeRefusal(size);
  if (reason === null) return [];
  if (memory.source === 'default') {
    const value = memoryFor(size.cpu, size.memory);
    answers.set(house.taskMemory.id, { ...memory, value, why: `our default with ${size.cpu} CPU units` });
    return [];
  }
  return [
    {
      code: 'CONFIG_VALUE',
      place: whereIs(memory.why, house.taskMemory.id),
      message: reason,
      hint: `Take ${memoryFor(size.cpu, size.memory)} MiB, or give another ${house.taskCpu.id}.`,
    },
  ];
}
