/** Strict where strictness means something: no `---` (no file of the kind has one), lines as long as digests need, spaces as Prettier sets them. */
export const YAMLLINT =
  '{extends: default, rules: {document-start: disable, line-length: {max: 160}, truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}, braces: {min-spaces-inside: 0, max-spaces-inside: 1}}}';
