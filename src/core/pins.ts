/** Pins as data: what `templates/_pins` says, in the shape that generators ask for. */
import type { Pins } from '../define.ts';

export type PinData = Readonly<{
  actions: Readonly<Record<string, Readonly<{ sha: string; tag: string }>>>;
  images: Readonly<Record<string, string>>;
  tools: Readonly<Record<string, string>>;
  /** By folder of `templates/_pins`: the texts of `package.json` and `package-lock.json`. Unpacked only where somebody asks for them. */
  npmProjects: () => Readonly<Record<string, Readonly<{ manifest: string; lock: string }>>>;
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
    npmProject: (folder, name) => {
      const { manifest, lock } = lookup(data.npmProjects(), folder);
      const { packages, ...locked } = JSON.parse(lock);
      return {
        manifest: printed({ ...JSON.parse(manifest), name }),
        lock: printed({ ...locked, name, packages: { ...packages, '': { ...packages[''], name } } }),
      };
    },
  };
}

/** As npm prints its files: a project that is installed once has to stay as we wrote it. */
function printed(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
