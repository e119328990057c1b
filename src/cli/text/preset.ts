/** What `preset add` says, for people. */
import type { Followed, OwnAnswer } from '../../core/presets/follow.ts';
import { printable, type Style } from '../../io/terminal.ts';
import type { Plain, Preset } from '../../model.ts';

/** What the preset is, what it answers from now on, and what this project keeps saying itself. */
export function presetText(
  { name, place, lines = {}, locked }: Preset,
  { given, kept }: Followed,
  style: Style,
): string {
  const count = Object.keys(lines).length;
  const row = ({ id, value, why }: OwnAnswer) => `    ${id}: ${printable(shown(value))}  ${style.dim(printable(why))}`;
  const text = [
    `  ${style.bold(printable(name))}  ${style.dim(printable(place))}`,
    `    ${count} ${count === 1 ? 'answer' : 'answers'}`,
    ...Object.entries(locked).map(([id, reason]) => `    locked  ${printable(id)}: ${printable(reason)}`),
    ...(given.length > 0 ? ['  Our defaults that it answers instead; their lines go:'] : []),
    ...given.map(row),
    ...(kept.length > 0 ? ['  Answered by this project itself; take a line out to follow the preset:'] : []),
    ...kept.map(row),
  ];
  return `${text.join('\n')}\n`;
}

function shown(value: Plain): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
