/** `.dockerignore` as Docker reads it: Go's filepath.Match with `**`, the last pattern that matches decides, parents count. */

export type IgnorePattern = Readonly<{ line: number; text: string; negated: boolean; pattern: RegExp }>;

export function parseIgnore(source: string): readonly IgnorePattern[] {
  return source.split(/\r?\n/).flatMap((raw, index) => {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) return [];
    const negated = text.startsWith('!');
    const body = (negated ? text.slice(1).trim() : text).replace(/^\/+|\/+$/g, '').replace(/^\.\//, '');
    return body === '' ? [] : [{ line: index + 1, text, negated, pattern: regularExpression(body) }];
  });
}

/** The pattern that keeps `path` out of the build context, or null when it is let through. */
export function ignoredBy(patterns: readonly IgnorePattern[], path: string): IgnorePattern | null {
  const parts = path.replace(/^\.?\//, '').split('/');
  const chain = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let by: IgnorePattern | null = null;
  for (const pattern of patterns) {
    if (chain.some((step) => pattern.pattern.test(step))) by = pattern.negated ? null : pattern;
  }
  return by;
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
