/** What an update is measured with: a release in which every image has news, and people who edit every tenth of them. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLater } from '../scripts/later-release.mjs';

const CHANGES = [
  ['templates/docker/Dockerfile.ejs', 'The same numeric user everywhere', 'The same numeric user on every machine'],
  [
    'templates/_pins/action.yml',
    /actions\/checkout@[0-9a-f]{40} # v[\d.]+/,
    `actions/checkout@${'1'.repeat(40)} # v99.0.0`,
  ],
];

/** @returns its start file */
export function laterRelease(folder) {
  return buildLater(folder, '99.0.0', CHANGES);
}

/** What people do meanwhile: every tenth image has a line of its own, so that it has to be merged. */
export function editImages(folder, count) {
  for (let index = 0; index < count; index += 10) {
    const name = `s${String(index + 1).padStart(4, '0')}`;
    appendFileSync(join(folder, 'services', name, 'Dockerfile'), '# Ours.\n');
  }
}
