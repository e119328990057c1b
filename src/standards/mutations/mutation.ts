/** A check must be able to fail: each ships with texts that break exactly what it checks. Read by tests only, never by the program. */

export type Tree = ReadonlyMap<string, string>;

export type Mutation = Readonly<{
  /** The check that has to see it. */
  check: string;
  name: string;
  /** What stands on the line that is found fault with; matched against the changed file. Null: the finding is about a whole file. */
  at: RegExp | null;
  /** The broken tree, or null where this tree has nothing to break. */
  mutate: (files: Tree) => Map<string, string> | null;
}>;

export type Edit = (files: Tree) => Map<string, string> | null;

export const CI = /workflows\/ci\.yml$/;
export const SCAN = /workflows\/security-scan\.yml$/;
export const DEPENDABOT = /dependabot\.yml$/;
export const COMPOSE = /(^|\/)(docker-)?compose\.ya?ml$/;
export const DOCKERFILE = /(^|\/)Dockerfile$/;
export const IGNORE = /\.dockerignore$/;
export const GUIDE = /configuration\.md$/;
export const PROMETHEUS = /prometheus\/config\.yml$/;
export const RULES = /(prometheus\/rules(\/[\w-]+)?|alerts\/rules)\.yml$/;
export const RULE_TESTS = /prometheus\/tests\/[\w.-]+\.yml$/;
export const ALERTMANAGER = /alertmanager\.yml$/;
export const ALERT_PAGE = /runbooks\/alerts\/\w+\.md$/;
export const SERVICES = /config\/services\.json$/;

/** Replaces the first match in the first file that has one (with a `g` pattern: every match in that file). */
export function replace(path: RegExp, find: RegExp, by: string): Edit {
  return (files) => {
    for (const [name, text] of files) {
      if (!path.test(name)) continue;
      const changed = text.replace(find, by);
      if (changed !== text) return new Map(files).set(name, changed);
    }
    return null;
  };
}

/** Replaces the last match in the first file that has one. */
export function replaceLast(path: RegExp, find: RegExp, by: string): Edit {
  return (files) => {
    for (const [name, text] of files) {
      if (!path.test(name)) continue;
      const all = [...text.matchAll(new RegExp(find.source, `${find.flags.replace('g', '')}g`))];
      const last = all.at(-1);
      if (!last) continue;
      const end = last.index + last[0].length;
      return new Map(files).set(name, text.slice(0, last.index) + last[0].replace(find, by) + text.slice(end));
    }
    return null;
  };
}

/** Takes out the first line that matches, and everything that is indented deeper below it. */
export function drop(path: RegExp, start: RegExp): Edit {
  return (files) => {
    for (const [name, text] of files) {
      const block = path.test(name) ? blockOf(text, start) : null;
      if (block) return new Map(files).set(name, [...block.before, ...block.after].join('\n'));
    }
    return null;
  };
}

/** Replaces the first match inside the block that starts at the first line that matches `start`. */
export function inside(path: RegExp, start: RegExp, find: RegExp, by: string): Edit {
  return (files) => {
    for (const [name, text] of files) {
      const block = path.test(name) ? blockOf(text, start) : null;
      if (!block) continue;
      const source = block.lines.join('\n');
      const changed = source.replace(find, by);
      if (changed === source) continue;
      return new Map(files).set(name, [...block.before, changed, ...block.after].join('\n'));
    }
    return null;
  };
}

/** Adds or replaces a whole file. */
export function file(name: string, text: string): Edit {
  return (files) => new Map(files).set(name, text);
}

export function remove(path: RegExp): Edit {
  return (files) => {
    const name = [...files.keys()].find((key) => path.test(key));
    if (name === undefined) return null;
    const left = new Map(files);
    left.delete(name);
    return left;
  };
}

/** One edit behind the other; null where the first finds nothing. */
export function both(first: Edit, second: Edit): Edit {
  return (files) => {
    const once = first(files);
    return once && (second(once) ?? once);
  };
}

/** Applies an edit until it finds nothing any more. */
export function every(edit: Edit): Edit {
  return (files) => {
    let result = edit(files);
    for (let next = result; next !== null; next = edit(result as Tree)) result = next;
    return result;
  };
}

/** Declares the mutations of one check. */
export function breaking(
  check: string,
  rows: readonly (readonly [name: string, mutate: Edit, at: RegExp | null])[],
): readonly Mutation[] {
  return rows.map(([name, mutate, at]) => ({ check, name, mutate, at }));
}

function blockOf(text: string, start: RegExp) {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => start.test(line));
  if (from === -1) return null;
  const depth = indent(lines[from] ?? '');
  let to = from + 1;
  while (to < lines.length && ((lines[to] ?? '').trim() === '' || indent(lines[to] ?? '') > depth)) to++;
  return { before: lines.slice(0, from), lines: lines.slice(from, to), after: lines.slice(to) };
}

function indent(line: string): number {
  return line.length - line.trimStart().length;
}
