/** Terraform evaluates every string of a .tf.json file (and every string a CDKTF stack synthesizes) as a template. */

/**
 * Text that Terraform prints as it is. `$${` and `%%{` are its own escapes; runs (`$$${`) come out right too.
 * A byte order mark at the start would be dropped with the encoding: it is written as a template that makes it.
 */
export function neutraliseTemplates(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&').replace(/^\ufeff/, '${"\\ufeff"}');
}
