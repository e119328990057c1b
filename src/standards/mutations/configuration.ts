/** Mutations of the checks on the workstation and its guide. */
import { breaking, COMPOSE, DEPENDABOT, drop, every, GUIDE, type Mutation, replace } from './mutation.ts';

const FIRST = /^ {2}[\w-]+:$/;

export const configurationMutations: readonly Mutation[] = [
  ...breaking('DEVX-002', [
    [
      'another version',
      replace(COMPOSE, /image: ((?:[\w.-]+\/)*[\w-]+):\d+[^@\s]*@sha256:[0-9a-f]+/, 'image: $1:1'),
      /image:/,
    ],
    ['another stage', replace(COMPOSE, /target: runtime/, 'target: build'), /target/],
  ]),
  ...breaking('DEVX-005', [
    ['data that is lost', replace(COMPOSE, /\n {4}volumes:\n {6}- .*/, ''), FIRST],
    ['a datastore without a health check', replace(COMPOSE, /\n {4}healthcheck:\n {6}test:.*(\n {6}.*)+/, ''), FIRST],
  ]),
  ...breaking('DEVX-006', [
    ['nothing updates the packages', every(drop(DEPENDABOT, /package-ecosystem: (npm|bun)/)), /^updates:/],
  ]),
  ...breaking('LOG-005', [
    ['more than info', replace(COMPOSE, /LOG_LEVEL: info/, 'LOG_LEVEL: debug'), /LOG_LEVEL/],
    ['nobody knows it', replace(GUIDE, /^\| `LOG_LEVEL`.*\n/m, ''), /./],
  ]),
  ...breaking('SECRETS-006', [
    [
      'a secret with a value',
      replace(GUIDE, /^(\|[^|]*\|[^|]*\| secret \|) none \|/m, '$1 `8f14e45fceea167a` |'),
      /secret/,
    ],
  ]),
  ...breaking('DOC-004', [
    ['a variable is missing', replace(GUIDE, /^\| `[A-Z_]+` \|.*\n/m, ''), /./],
    ['a variable that nobody reads', replace(GUIDE, /^\| `[A-Z_]+` \|/m, '| `NOBODY` |'), /NOBODY|\|/],
    ['optional, says the guide', replace(GUIDE, /^(\| `[A-Z_]+` \|) yes \|/m, '$1 no |'), /\| no \|/],
  ]),
  ...breaking('DOC-018', [
    ['another port', replace(GUIDE, /listens on port \d+/, 'listens on port 1'), /./],
    ['another endpoint', replace(GUIDE, /`GET \/[^`]*`/, '`GET /elsewhere`'), /./],
  ]),
];
