/** Where in a shell script a position is: a quoted word is one word only where the shell expects words. */

/** What is open: quotes, comment, backticks, `$(`, `(`, `${`, `$((`, a here-document. */
type Open = "'" | "$'" | '"' | '#' | '`' | '$(' | '(' | '${' | '$((' | '<<';

const NAMES: Readonly<Record<Open, string>> = {
  "'": 'single quotes',
  "$'": "$'…'",
  '"': 'double quotes',
  '#': 'a comment',
  '`': 'backticks',
  '$(': '$(…)',
  '(': 'a subshell',
  '${': '${…}',
  '$((': 'arithmetic',
  '<<': 'a here-document',
};

/** Where what opens is still read by the rules of its surroundings, so that a word is a word. */
const COMMANDS: ReadonlySet<Open> = new Set(['$(', '(', '"']);

/** Follows a script through its pieces. Interpolated words come in between: they are complete, and change nothing. */
export class ShellPlace {
  #open: Open[] = [];

  /** The reason why a word cannot stand here, or null when it can. */
  get obstacle(): string | null {
    const last = this.#open.at(-1);
    const culprit = last === '"' ? last : this.#open.find((open) => !COMMANDS.has(open));
    return culprit ? `it stands inside ${NAMES[culprit]}` : null;
  }

  /** What is still open at the end, or null. */
  get unfinished(): string | null {
    const last = this.#open.filter((open) => open !== '#' && open !== '<<').at(-1);
    return last ? NAMES[last] : null;
  }

  /** Reads on. `start`: whether a word can begin at the first character (`#` is a comment only there). */
  read(text: string, start: boolean): void {
    for (let at = 0; at < text.length; )
      at += this.#step(text, at, at === 0 ? start : /[\s;&|()]/.test(text[at - 1] ?? ''));
  }

  #step(text: string, at: number, wordStart: boolean): number {
    const rest = text.slice(at, at + 3);
    const last = this.#open.at(-1);
    if (last === '<<') return 1;
    if (last === "'") return this.#close(rest, "'");
    if (last === '#') return this.#close(rest, '\n');
    if (rest.startsWith('\\')) return 2;
    if (last === "$'") return this.#close(rest, "'");
    if (last === '`') return this.#close(rest, '`');
    if (last === '"' && rest.startsWith('"')) return this.#close(rest, '"');
    if (last === '${' && rest.startsWith('}')) return this.#close(rest, '}');
    if (last === '$((' && rest.startsWith('))')) return this.#close(rest, '))');
    if ((last === '$(' || last === '(') && rest.startsWith(')')) return this.#close(rest, ')');
    return this.#begin(rest, last, wordStart);
  }

  #begin(rest: string, last: Open | undefined, wordStart: boolean): number {
    if (rest.startsWith('$((')) return this.#push('$((', 3);
    if (rest.startsWith('$(')) return this.#push('$(', 2);
    if (rest.startsWith('${')) return this.#push('${', 2);
    if (rest.startsWith('`')) return this.#push('`', 1);
    if (last === '"') return 1;
    if (rest.startsWith("$'")) return this.#push("$'", 2);
    if (rest.startsWith("'")) return this.#push("'", 1);
    if (rest.startsWith('"')) return this.#push('"', 1);
    if (last === '${') return 1;
    if (rest.startsWith('((') && wordStart && last !== '$((') return this.#push('$((', 2);
    if (rest.startsWith('(')) return this.#push('(', 1);
    if (last === '$((') return 1;
    if (rest.startsWith('#') && wordStart) return this.#push('#', 1);
    if (rest === '<<<') return 3;
    if (rest.startsWith('<<')) return this.#push('<<', 2);
    return 1;
  }

  #push(open: Open, length: number): number {
    this.#open.push(open);
    return length;
  }

  #close(rest: string, end: string): number {
    if (!rest.startsWith(end)) return 1;
    this.#open.pop();
    return end.length;
  }
}
