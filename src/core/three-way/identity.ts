/** What an item of a list is called, so that it is known again where it was changed or moved. */
import { type Container, type Leaf, meaning, type Node } from './format.ts';

/** Fields that name an item, the strongest first; several together where one alone says too little. */
const NAMES: readonly (readonly string[])[] = [
  ['id'],
  ['name'],
  ['alert'],
  ['record'],
  ['job_name'],
  ['package-ecosystem', 'directory'],
  ['package-ecosystem', 'directories'],
  ['repo'],
  ['receiver', 'matchers'],
  ['receiver', 'match'],
  ['receiver', 'match_re'],
  ['receiver'],
  ['uses'],
  ['run'],
  ['targets'],
  ['key'],
  ['path'],
];
const VARIABLE = /^([A-Za-z_][\w.-]*)=/;
const DIGEST = /^([^\s@]+?)(?::[\w.-]+)?@sha256:[0-9a-f]{64}$/;

/** The identity of an item by what it says; not unique yet (see `numbered`). */
export function identityOf(node: Node): string {
  if (node.kind === 'leaf') return plainIdentity(node);
  if (node.kind === 'map') {
    for (const fields of NAMES) {
      const values = fields.map((field) => valueAt(node, field));
      if (values.every((value) => value !== null)) return `${fields.join('+')}:${values.join('+')}`;
    }
  }
  return `=${meaning(node)}`;
}

/** Equal keys get a number, from the second one on: `run:npm ci`, `run:npm ci#2`. */
export function numbered(keys: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return keys.map((key) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${count}`;
  });
}

/** `KEY=value` is known by its key, an image with a digest by its name; any other word is what it says. */
function plainIdentity({ type, value }: Leaf): string {
  const variable = VARIABLE.exec(value)?.[1];
  if (variable !== undefined) return `variable:${variable}`;
  const image = DIGEST.exec(value)?.[1];
  return image !== undefined ? `image:${image}` : `${type}:${value}`;
}

function valueAt(node: Container, field: string): string | null {
  const found = node.entries.find(({ key }) => key === field)?.node;
  if (found === undefined) return null;
  if (found.kind !== 'leaf') return meaning(found);
  return field === 'uses' ? (found.value.split('@')[0] as string) : found.value;
}
