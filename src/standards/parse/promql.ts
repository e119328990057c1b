/**
 * PromQL as far as checks need it: which series an expression reads, through which functions and windows, and what it compares with. Not a
 * parser: a tokenizer that knows where a name is a metric. Its answers are compared with the real grammar in tests.
 */
import { seconds } from './plain.ts';

export type Matcher = Readonly<{ label: string; op: '=' | '!=' | '=~' | '!~'; value: string }>;

/** One selector: `up{job="application"}[5m]`. `range`: seconds; null: an instant vector. */
export type Selector = Readonly<{ metric: string | null; matchers: readonly Matcher[]; range: number | null }>;

export type Promql = Readonly<{
  selectors: readonly Selector[];
  /** Names of functions and aggregations, in order. */
  functions: readonly string[];
  /** Plain numbers, in order; those of a range are not among them. */
  numbers: readonly number[];
  /** Operators that compare, each with the number right behind it where there is one. */
  comparisons: readonly Readonly<{ op: string; number: number | null }>[];
}>;

const TOKEN =
  /\s+|#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|(?:\d+(?:ms|[smhdwy]))+(?![\w.])|0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_:][\w:]*|=~|!~|==|!=|<=|>=|[-+*/%^<>=(){}[\],@:]|./g;

const KEYWORDS = new Set(
  'by without on ignoring group_left group_right bool and or unless offset atan2 inf nan start end'.split(' '),
);
/** Behind these words stands a list of labels, not of metrics. */
const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const AGGREGATIONS = new Set(
  'sum avg min max count group stddev stdvar topk bottomk quantile count_values limitk limit_ratio'.split(' '),
);

export function readPromql(source: string): Promql {
  const tokens = (source.match(TOKEN) ?? []).filter((token) => !/^(\s|#)/.test(token));
  const selectors: Selector[] = [];
  const functions: string[] = [];
  const numbers: number[] = [];
  const comparisons: { op: string; number: number | null }[] = [];
  let at = 0;
  const skipTo = (close: string) => {
    while (at < tokens.length && tokens[at] !== close) at++;
    at++;
  };
  while (at < tokens.length) {
    const token = tokens[at] as string;
    const next = tokens[at + 1];
    const word = token.toLowerCase();
    if (/^[A-Za-z_:]/.test(token) && !KEYWORDS.has(word)) {
      at++;
      if (next === '(' || (AGGREGATIONS.has(word) && /^(by|without)$/i.test(next ?? ''))) functions.push(word);
      else selectors.push(selector(token));
    } else if (token === '{') {
      selectors.push(selector(null));
    } else if (GROUPING.has(word)) {
      at++;
      if (tokens[at] === '(') skipTo(')');
    } else if (token === '[') {
      skipTo(']'); // A subquery: `(…)[1h:5m]`.
    } else if (word === 'offset' || token === '@') {
      at += tokens[at + 1] === '-' ? 3 : 2;
    } else {
      if (/^(==|!=|<=|>=|<|>)$/.test(token))
        comparisons.push({ op: token, number: numberOf(afterBool(tokens, at + 1)) });
      const number = numberOf(token);
      if (number !== null) numbers.push(number);
      at++;
    }
  }
  return { selectors, functions, numbers, comparisons };

  function selector(metric: string | null): Selector {
    const matchers: Matcher[] = [];
    if (tokens[at] === '{') {
      at++;
      while (at < tokens.length && tokens[at] !== '}') {
        const [label = '', op = '', value = ''] = tokens.slice(at, at + 3);
        if (/^(=|!=|=~|!~)$/.test(op)) {
          matchers.push({ label, op: op as Matcher['op'], value: unquoted(value) });
          at += 3;
        } else at++;
      }
      at++;
    }
    let range: number | null = null;
    if (tokens[at] === '[') {
      range = seconds(tokens[at + 1]);
      skipTo(']');
    }
    return { metric, matchers, range };
  }
}

function afterBool(tokens: readonly string[], at: number): string {
  return tokens[tokens[at] === 'bool' ? at + 1 : at] ?? '';
}

function numberOf(token: string): number | null {
  return /^(\d|\.\d)/.test(token) && Number.isFinite(Number(token)) ? Number(token) : null;
}

function unquoted(token: string): string {
  return /^["'`]/.test(token) ? token.slice(1, -1).replace(/\\(["'\\])/g, '$1') : token;
}
