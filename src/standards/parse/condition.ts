/** What an `if:` of a workflow comes to under one event while everything before it succeeded: true, false, or null where only a run can tell. */
export type Ternary = boolean | null;

const TOKEN = /\s*(&&|\|\||==|!=|[!(),]|'(?:[^']|'')*'|[A-Za-z_][\w.\-*]*|[^\s]+?)/gy;

export function evaluate(expression: string | null, event: string): Ternary {
  if (expression === null) return true;
  const source = expression.trim().replace(/^\$\{\{([\s\S]*)\}\}$/, '$1');
  const tokens = tokensOf(source);
  if (tokens.length === 0) return true;
  const parser = new Parser(tokens, event);
  const value = parser.or();
  return parser.done() ? value : null;
}

function tokensOf(source: string): readonly string[] {
  return [...source.matchAll(TOKEN)].map((match) => match[1] ?? '').filter((token) => token !== '');
}

/** Three-valued: what is unknown stays unknown unless the other side decides. */
class Parser {
  private at = 0;
  private readonly tokens: readonly string[];
  private readonly event: string;

  constructor(tokens: readonly string[], event: string) {
    this.tokens = tokens;
    this.event = event;
  }

  done(): boolean {
    return this.at >= this.tokens.length;
  }

  or(): Ternary {
    let left = this.and();
    while (this.take('||')) {
      const right = this.and();
      left = left === true || right === true ? true : left === false && right === false ? false : null;
    }
    return left;
  }

  private and(): Ternary {
    let left = this.not();
    while (this.take('&&')) {
      const right = this.not();
      left = left === false || right === false ? false : left === true && right === true ? true : null;
    }
    return left;
  }

  private not(): Ternary {
    if (this.take('!')) {
      const value = this.not();
      return value === null ? null : !value;
    }
    if (this.take('(')) {
      const value = this.or();
      this.take(')');
      return value;
    }
    return this.comparison();
  }

  private comparison(): Ternary {
    const left = this.operand();
    const operator = this.take('==') ? '==' : this.take('!=') ? '!=' : null;
    if (operator === null) return left === 'true' ? true : left === 'false' ? false : null;
    const right = this.operand();
    if (left === null || right === null) return null;
    return (left === right) === (operator === '==');
  }

  /** Its text where it is known: a literal, the event's name, a status function. */
  private operand(): string | null {
    const token = this.tokens[this.at++] ?? '';
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (this.tokens[this.at] === '(') {
      let depth = 0;
      do {
        if (this.tokens[this.at] === '(') depth++;
        if (this.tokens[this.at] === ')') depth--;
        this.at++;
      } while (depth > 0 && this.at < this.tokens.length);
      if (token === 'always' || token === 'success') return 'true';
      return token === 'failure' || token === 'cancelled' ? 'false' : null;
    }
    if (token === 'true' || token === 'false') return token;
    return token === 'github.event_name' ? this.event : null;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}
