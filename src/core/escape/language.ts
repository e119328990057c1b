/** The output languages that we can write values into, and which one a path is in. */

export type Language =
  | 'yaml'
  | 'github-workflow'
  | 'shell'
  | 'dockerfile'
  | 'typescript'
  | 'json'
  | 'terraform-json'
  | 'promql'
  | 'go-template'
  | 'markdown'
  | 'ignore'
  | 'makefile'
  | 'text';

/** First match wins. Composite actions evaluate `${{ }}` like workflows do, so they are the same language. */
const RULES: readonly (readonly [RegExp, Language])[] = [
  [/(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/, 'github-workflow'],
  [/(^|\/)action\.ya?ml$/, 'github-workflow'],
  [/\.ya?ml$/, 'yaml'],
  [/(^|\/)(Dockerfile|Containerfile)$/, 'dockerfile'],
  [/\.tmpl$/, 'go-template'],
  [/(^|\/)\.[a-z]+ignore$/, 'ignore'],
  [/(^|\/)Dockerfile\.[^/]*ignore$|\.dockerignore$/, 'ignore'],
  [/(^|\/)Dockerfile\.[^/]+$|\.[Dd]ockerfile$/, 'dockerfile'],
  [/\.(sh|bash)$/, 'shell'],
  [/\.[mc]?[tj]s$/, 'typescript'],
  [/\.tf\.json$/, 'terraform-json'],
  [/\.json$/, 'json'],
  [/\.promql$/, 'promql'],
  [/\.md$/, 'markdown'],
  [/(^|\/)(GNU)?[Mm]akefile$|\.mk$/, 'makefile'],
];

/** The language of the file at `path` (forward slashes, relative to the root). Unknown names are plain text. */
export function languageOf(path: string): Language {
  return RULES.find(([pattern]) => pattern.test(path))?.[1] ?? 'text';
}
