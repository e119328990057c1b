/** Go templates (Prometheus annotations, Alertmanager notifications): `{{` starts an action. */

/**
 * Text that Go prints as it is. A brace at either end is written as an action too: its neighbour may be another one.
 */
export function neutraliseActions(text: string): string {
  return text.replace(/\{{2,}|^\{|\{$/g, (braces) => `{{"${braces}"}}`);
}
