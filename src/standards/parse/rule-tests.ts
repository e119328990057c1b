/**
 * What promtool's tests ask of alerts, read line by line: these files are the longest that we write, and all that is asked of them here is which
 * alert is seen to fire and which to stay quiet.
 */

/** One look of a promtool test at an alert: it fires, or it stays quiet. */
export type RuleTest = Readonly<{ file: string; alert: string; fires: boolean; line: number }>;

export function readRuleTests(file: string, source: string): readonly RuleTest[] {
  const found: RuleTest[] = [];
  const lines = source.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, depth] = /^( *)(?:- )?alert_rule_test:\s*$/.exec(lines[at] ?? '') ?? [];
    if (depth === undefined) continue;
    let item: { line: number; text: string } | null = null;
    const close = () => {
      if (item) found.push(readItem(file, item));
    };
    for (let next = at + 1; next < lines.length; next++) {
      const line = lines[next] ?? '';
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
      const indent = line.length - line.trimStart().length;
      if (indent < depth.length || (indent === depth.length && !line.trimStart().startsWith('- '))) break;
      const starts: boolean = line.trimStart().startsWith('- ') && (item === null || indent <= indentOf(item.text));
      if (starts) {
        close();
        item = { line: next + 1, text: line };
      } else if (item) item.text += `\n${line}`;
    }
    close();
  }
  return found;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** `exp_alerts: []` or none at all: it has to stay quiet. */
function readItem(file: string, { line, text }: Readonly<{ line: number; text: string }>): RuleTest {
  const [, alert = ''] = /\balertname:\s*["']?(\w+)/.exec(text) ?? [];
  const fires = /\bexp_alerts:\s*(?:\[\s*[^\]\s]|\n\s*-)/.test(text);
  return { file, alert, fires, line };
}
