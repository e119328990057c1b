/** `.dockerignore` as Docker reads it: Go's filepath.Match with `**`, the last pattern that matches decides, parents count. */

export type IgnorePattern = Readonly<{ line: number; text: string; negated: boolean; body: string }>;

/** Most patterns are plain paths and are found by name; those with wildcards are tried one after the other, the last one first. */
export type IgnoreFile = Readonly<{
  plain: ReadonlyMap<string, IgnorePattern>;
  wild: readonly (IgnorePattern & { readonly pattern: RegExp })[];
}>;

export function parseIgnore(source: string): IgnoreFile {
  const all = source.split(/\r?\n/).flatMap((raw, index): IgnorePattern[] => {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) return [];
    const negated = text.startsWith('!');
    const body = (negated ? text.slice(1).trim() : text).replace(/^\/+|\/+$/g, '').replace(/^\.\//, '');
    return body === '' ? [] : [{ line: index + 1, text, negated, body }];
  });
  const isWild = ({ body }: IgnorePattern): boolean => /[*?[]/.test(body);
  const wild = all.filter(isWild).map((one) => ({ ...one, pattern: regularExpression(one.body) }));
  return {
    plain: new Map(all.filter((one) => !isWild(one)).map((one) => [one.body, one])),
    wild: wild.reverse(),
  };
}

/** The pattern that keeps `path` out of the build context, or null when it is let through. */
export function ignoredBy({ plain, wild }: IgnoreFile, path: string): IgnorePattern | null {
  const parts = path.replace(/^\.?\//, '').split('/');
  const chain = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const named = chain.flatMap((step) => plain.get(step) ?? []);
  const last = named.reduce((line, one) => Math.max(line, one.line), 0);
  const by =
    wild.find(({ line, pattern }) => line > last && chain.some((step) => pattern.test(step))) ??
    named.find(({ line }) => line === last);
  return by === undefined || by.negated ? null : by;
}

function regularExpression(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] as string;
    if (glob.startsWith('**/', at)) {
      source += '(?:.*/)?';
      at += 2;
    } else if (glob.startsWith('**', at)) {
      source += '.*';
      at += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[' && glob.indexOf(']', at) > at + 1) {
      const end = glob.indexOf(']', at);
      source += `[${glob.slice(at + 1, end).replaceAll('\\', '\\\\')}]`;
      at = end;
    } else source += char.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^$/; // A class such as [z-a]: Docker matches nothing with it either.
  }
}
