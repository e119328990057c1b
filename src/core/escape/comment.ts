/** Text within a comment of the output language: one line, and nothing that ends the comment or means something in it. */
import { oneLine } from './characters.ts';
import type { Language } from './language.ts';
import { cannot, unicodeOf } from './verbatim.ts';

const GUARDS: Partial<Record<Language, (line: string) => string>> = {
  typescript: (line) => line.replaceAll('*/', '* /'),
  'go-template': (line) => line.replaceAll('*/', '* /'),
  // HTML comments: `>` may only stand in the end mark, and `--` not at all.
  markdown: (line) =>
    line
      .replaceAll('>', '›')
      .replace(/-(?=-)/g, '- ')
      .replace(/-$/, '- '),
  // `# syntax=…` at the top of a Dockerfile is an order to fetch another builder.
  dockerfile: (line) => line.replace(/^([A-Za-z][A-Za-z0-9]*)\s*=\s*/, '$1: '),
  // A backslash at the end of a comment makes the next line part of it.
  makefile: (line) => line.replace(/[\\\s]+$/, ''),
};

/** @throws Error where the language has no comments. */
export function commentText(value: unknown, language: Language): string {
  if (language === 'json' || language === 'terraform-json') throw cannot(language, value, 'JSON has no comments');
  const line = oneLine(unicodeOf(value, language)).trim();
  return GUARDS[language]?.(line) ?? line;
}
