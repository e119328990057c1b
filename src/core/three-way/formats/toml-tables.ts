/** Whether a document of TOML defines something twice: a key, a table, a table that another way of writing has closed. */
import type { RawNode } from './comma-tree.ts';
import type { TomlKey, TomlLine } from './toml-read.ts';

type Kind = 'value' | 'table' | 'implicit' | 'dotted' | 'array';

/** The first line that defines again what is there, or null. */
export function doubleDefinition(lines: readonly TomlLine[]): Readonly<{ line: TomlLine; name: string }> | null {
  const kinds = new Map<string, Kind>();
  const counts = new Map<string, number>();
  let table: readonly string[] = [];
  /** The path with the number of the present element behind each array of tables. */
  const resolve = (key: TomlKey): readonly string[] | null => {
    let path: readonly string[] = [];
    for (const [index, part] of key.entries()) {
      path = [...path, part];
      if (index === key.length - 1) return path;
      const id = idOf(path);
      const kind = kinds.get(id);
      if (kind === 'value') return null;
      if (kind === 'array') path = [...path, String(counts.get(id))];
      else if (kind === undefined) kinds.set(id, 'implicit');
    }
    return path;
  };
  for (const line of lines) {
    const name = line.key.join('.');
    if (line.type === 'pair') {
      if (!definePair(kinds, table, line.key, line.value)) return { line, name };
      continue;
    }
    const path = resolve(line.key);
    if (path === null) return { line, name };
    const id = idOf(path);
    const kind = kinds.get(id);
    if (line.type === 'table') {
      if (kind !== undefined && kind !== 'implicit') return { line, name };
      kinds.set(id, 'table');
      table = path;
    } else {
      if (kind !== undefined && kind !== 'array') return { line, name };
      kinds.set(id, 'array');
      counts.set(id, (counts.get(id) ?? -1) + 1);
      table = [...path, String(counts.get(id))];
    }
  }
  return null;
}

function definePair(kinds: Map<string, Kind>, table: readonly string[], key: TomlKey, value: RawNode): boolean {
  let path = table;
  for (const [index, part] of key.entries()) {
    path = [...path, part];
    const id = idOf(path);
    const kind = kinds.get(id);
    if (index === key.length - 1) {
      if (kind !== undefined) return false;
      kinds.set(id, 'value');
    } else if (kind === undefined) kinds.set(id, 'dotted');
    else if (kind !== 'dotted') return false;
  }
  return value.type !== 'object' || membersAreOne(value);
}

/** Dotted keys in braces: `{ a = 1, a.b = 2 }`. Equal keys are refused where they are read. */
function membersAreOne(value: Extract<RawNode, { type: 'object' }>): boolean {
  const names = value.members.map(({ key }) => key);
  return !names.some((name) => names.some((other) => other.startsWith(`${name}.`)));
}

function idOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
