/** Random people and random commands on one project: see `command-life.ts` for what has to hold. */
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { emptyFolder, removeFolders } from '../helpers/cli.ts';
import { command, copyOf, Life } from '../helpers/command-life.ts';
import { prepare } from '../helpers/snapshot.ts';
import { removeFolder } from '../helpers/tree.ts';

afterAll(removeFolders);

/** Each life is the same on every machine; LIVES and FIRST_LIFE try others. */
const LIVES = Number(process.env.LIVES ?? 50);
const FIRST = Number(process.env.FIRST_LIFE ?? 1);
const IDS = ['docker', 'compose', 'agent-guide'];
/** Files that were there before us. */
const THEIRS = {
  Dockerfile: 'FROM node:22\nCMD ["node", "dist/server.js"]\n',
  '.gitignore': 'node_modules/\r\n*.log\r\n',
  'README.md': '\ufeff# Orders\r\n\r\nno newline at the end',
};

it('whatever people and commands do, nothing is lost and everything can be taken back', async () => {
  const home = emptyFolder();
  process.env.XDG_STATE_HOME = join(home, 'state');
  const projects = [prepare('express-postgres'), prepare('express-postgres', THEIRS)];
  const templates = projects.map((folder, index) => copyOf(folder, join(home, `template-${index}`)));
  for (const folder of templates) {
    const { code, err } = await command(folder, ['--yes', '--set', `generators=${IDS.join(',')}`]);
    expect(code, err).toBe(0);
  }
  for (let seed = FIRST; seed < FIRST + LIVES; seed += 1) {
    const folder = copyOf(templates[seed % 2] as string, join(home, `life-${seed}`));
    await new Life(seed, folder, projects[seed % 2] as string, IDS).live();
    removeFolder(folder);
  }
}, 900_000);
