/** Pins as data: what `templates/_pins` says, in the shape that generators ask for. */
import type { Pins } from '../define.ts';

export type PinData = Readonly<{
  actions: Readonly<Record<string, Readonly<{ sha: string; tag: string }>>>;
  images: Readonly<Record<string, string>>;
  tools: Readonly<Record<string, string>>;
}>;

/** Wraps pin data. Asking for something that is not pinned is a bug and throws. */
export function pinsFrom(data: PinData): Pins {
  const lookup = <V>(table: Readonly<Record<string, V>>, key: string): V => {
    if (!Object.hasOwn(table, key)) throw new Error(`${key} is not pinned in templates/_pins`);
    return table[key] as V;
  };
  return {
    action: (name) => {
      const { sha, tag } = lookup(data.actions, name);
      return { uses: `${name}@${sha}`, tag };
    },
    image: (tag) => `${tag}@${lookup(data.images, tag)}`,
    hasImage: (tag) => Object.hasOwn(data.images, tag),
    imageOf: (repository) => {
      const tags = Object.keys(data.images).filter((image) => image.slice(0, image.lastIndexOf(':')) === repository);
      const [image] = tags;
      if (image === undefined || tags.length > 1)
        throw new Error(`${repository} is pinned ${tags.length} times in templates/_pins, not once`);
      return { reference: `${image}@${lookup(data.images, image)}`, tag: image.slice(repository.length + 1) };
    },
    tool: (name) => lookup(data.tools, name),
  };
}
