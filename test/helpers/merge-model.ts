/** Texts as models that can be edited like a person would and printed as YAML or JSON: what the merge tests are made of. */

/** `above`: comment lines; `behind`: a comment at the end of the line. */
export type Item = { key: string; value: Value; above: string[]; behind: string };
export type Value =
  | { type: 'map'; items: Item[] }
  | { type: 'list'; items: Item[] }
  /** Words between brackets, on one line. */
  | { type: 'words'; words: string[] }
  | { type: 'block'; lines: string[] }
  /** As it is spelled. */
  | { type: 'word'; text: string };

export type Style = { indent: number; indentless: boolean; quote: boolean };

export const word = (text: string): Value => ({ type: 'word', text });
export const words = (...list: string[]): Value => ({ type: 'words', words: list });
export const block = (...lines: string[]): Value => ({ type: 'block', lines });
export const item = (key: string, value: Value | string, behind = ''): Item => ({
  key,
  value: typeof value === 'string' ? word(value) : value,
  above: [],
  behind,
});
export const map = (...items: Item[]): Value => ({ type: 'map', items });
export const list = (...values: (Value | string)[]): Value => ({
  type: 'list',
  items: values.map((value) => item('', value)),
});

/** All collections, the outermost first. */
export function collections(value: Value): (Value & { type: 'map' | 'list' })[] {
  if (value.type !== 'map' && value.type !== 'list') return [];
  return [value, ...value.items.flatMap((entry) => collections(entry.value))];
}

export function items(value: Value): Item[] {
  return collections(value).flatMap((collection) => collection.items);
}

export function toYaml(value: Value, style: Style): string {
  return lines(value, '', style, false).join('\n').concat('\n');
}

function lines(value: Value, indent: string, style: Style, first: boolean): string[] {
  if (value.type !== 'map' && value.type !== 'list') return [];
  return value.items.flatMap((entry, index) => {
    const front = first && index === 0 ? '' : indent;
    const above = front === '' && indent !== '' ? [] : entry.above.map((line) => `${indent}# ${line}`);
    const open = value.type === 'map' ? `${entry.key}:` : '-';
    const behind = entry.behind === '' ? '' : ` # ${entry.behind}`;
    return [...above, ...entryLines(entry.value, { open, front, indent, behind }, style)];
  });
}

type Line = Readonly<{ open: string; front: string; indent: string; behind: string }>;

function entryLines(value: Value, { open, front, indent, behind }: Line, style: Style): string[] {
  const deeper = indent + ' '.repeat(style.indent);
  if (value.type === 'word') return [`${front}${open} ${quoted(value.text, style)}${behind}`];
  if (value.type === 'words') return [`${front}${open} [${value.words.join(', ')}]${behind}`];
  if (value.type === 'block') {
    const body = indent + ' '.repeat(open === '-' ? 4 : style.indent);
    return [`${front}${open} |`, ...value.lines.map((line) => (line === '' ? '' : body + line))];
  }
  if (value.items.length === 0) return [`${front}${open} ${value.type === 'map' ? '{}' : '[]'}${behind}`];
  if (open === '-') {
    const [head = '', ...rest] = lines(value, `${indent}  `, style, true);
    return [`${front}- ${head}`, ...rest];
  }
  const inner = value.type === 'list' && style.indentless ? indent : deeper;
  return [`${front}${open}${behind}`, ...lines(value, inner, style, false)];
}

/** The user's habit of quotes; only where it makes no difference. */
function quoted(text: string, { quote }: Style): string {
  return quote && /^[a-z][a-z ]*[a-z]$/.test(text) && !/^(true|false|null|yes|no|on|off)$/.test(text)
    ? `'${text}'`
    : text;
}

/** With comments where there are any: `tsconfig.json` style. */
export function toJson(value: Value, style: Style): string {
  return `${json(value, '', ' '.repeat(style.indent))}\n`;
}

function json(value: Value, indent: string, unit: string): string {
  if (value.type === 'word')
    return /^(?:\d+|true|false|null)$/.test(value.text) ? value.text : JSON.stringify(value.text);
  if (value.type === 'words') return `[${value.words.map((text) => JSON.stringify(text)).join(', ')}]`;
  if (value.type === 'block') return JSON.stringify(value.lines.join('\n'));
  const [open, close] = value.type === 'map' ? '{}' : '[]';
  if (value.items.length === 0) return `${open}${close}`;
  const body = value.items.map((entry, index) => {
    const comma = index < value.items.length - 1 ? ',' : '';
    const key = value.type === 'map' ? `${JSON.stringify(entry.key)}: ` : '';
    const behind = entry.behind === '' ? '' : ` // ${entry.behind}`;
    const above = entry.above.map((line) => `${indent}${unit}// ${line}\n`).join('');
    return `${above}${indent}${unit}${key}${json(entry.value, indent + unit, unit)}${comma}${behind}`;
  });
  return `${open}\n${body.join('\n')}\n${indent}${close}`;
}
