/**
 * Measures this tool beside its peers in one run and writes RESULTS.md. Run it with `npm run bench`. It never judges: a time is not a test.
 * `ROUNDS=15 npm run bench` counts more runs; the peers are installed once, into a cache below the system's temporary folder.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editImages, laterRelease } from './later.mjs';
import { interleave } from './measure.mjs';
import { hygenProject, install, PEERS, plopProject } from './peers.mjs';
import { growthTable, results, sizeTable, timeTable } from './report.mjs';
import { stackCases } from './stacks.mjs';
import { writeWorkspace } from './workspace.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const cache = join(tmpdir(), 'create-devops-setup-bench');
const rounds = Math.max(Number(process.env.ROUNDS ?? 7), 7);
const sizes = (process.env.SERVICES ?? '1,10,100,1000').split(',').map(Number);
/** A set-up that takes longer than this is not repeated: its row says so. */
const PATIENCE_MS = 120_000;
/** A thousand services are counted less often: one round takes a minute. */
const LARGE_ROUNDS = 3;
const fixture = join(root, 'test/fixtures/express-postgres');
const log = (text) => process.stderr.write(`  ${text}\n`);

const work = mkdtempSync(join(tmpdir(), 'create-devops-setup-run-'));
let counter = 0;

/** Every tool in a folder of its own; ours as people get it: from the tarball of `npm pack`. */
function installAll() {
  mkdirSync(cache, { recursive: true });
  const tools = {};
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(packed);
  tools.ours = install(join(work, 'ours'), 'create-devops-setup', join(work, filename), 'bin/create-devops-setup.js');
  for (const [name, { version, bin }] of Object.entries(PEERS)) {
    log(`install ${name} ${version}`);
    tools[name] = install(join(cache, `${name.replace('/', '+')}@${version}`), name, `${name}@${version}`, bin);
  }
  return tools;
}

function node(tool, ...args) {
  return [process.execPath, tool.start, ...args];
}

function startUpCases(tools) {
  const floor = { id: '`node -e 0`', command: [process.execPath, '-e', '0'], cwd: work };
  const one = (label, tool, flag) => ({ id: `${label} \`${flag}\``, command: node(tool, flag), cwd: work });
  return [
    floor,
    one('**create-devops-setup**', tools.ours, '--version'),
    one('**create-devops-setup**', tools.ours, '--help'),
    one('create-vite', tools['create-vite'], '--help'),
    one('hygen', tools.hygen, '--help'),
    one('plop', tools.plop, '--version'),
    one('plop', tools.plop, '--help'),
    one('@flydotio/dockerfile', tools['@flydotio/dockerfile'], '--version'),
    one('@flydotio/dockerfile', tools['@flydotio/dockerfile'], '--help'),
  ];
}

/** A new folder, filled by `fill`. */
function fresh(fill = () => undefined) {
  const folder = join(work, `case-${++counter}`);
  mkdirSync(folder, { recursive: true });
  fill(folder);
  return folder;
}

const application = (folder) => cpSync(fixture, folder, { recursive: true });

function generators(tools) {
  return [
    { id: '**create-devops-setup** `--yes`', fill: application, command: node(tools.ours, '--yes') },
    {
      id: 'create-vite, react-ts',
      fill: () => undefined,
      command: node(tools['create-vite'], 'app', '--template', 'react-ts', '--no-interactive'),
    },
    { id: 'hygen, 3 files', fill: hygenProject, command: node(tools.hygen, 'service', 'new', '--name', 'orders') },
    { id: 'plop, 3 files', fill: plopProject, command: node(tools.plop, 'service', 'orders') },
    { id: '@flydotio/dockerfile', fill: application, command: node(tools['@flydotio/dockerfile']) },
  ];
}

function generationCases(tools) {
  const floor = { id: '`node -e 0`', command: [process.execPath, '-e', '0'], cwd: work };
  return [floor, ...generators(tools).map(({ id, fill, command }) => ({ id, command, before: () => fresh(fill) }))];
}

/** The same command where everything is there already. create-vite has no second run: it refuses a folder that is not empty. */
function againCases(tools) {
  const floor = { id: '`node -e 0`', command: [process.execPath, '-e', '0'], cwd: work };
  const again = generators(tools)
    .filter(({ id }) => !id.startsWith('create-vite'))
    .map(({ id, fill, command }) => {
      const cwd = fresh(fill);
      execFileSync(command[0], command.slice(1), { cwd, stdio: 'ignore' });
      return { id, command, cwd };
    });
  return [floor, ...again];
}

/** The stacks of one application. */
function stacks(tools) {
  const cases = stackCases({
    folder: fresh(application),
    start: tools.ours.start,
    modules: join(root, 'node_modules'),
  });
  return interleave(cases, { rounds, log: (at) => log(`stacks: ${at}`) });
}

/** Set-up, plan alone, second run and updates of a workspace with `count` services. */
function growth(tool, later, count) {
  const pristine = fresh((folder) => writeWorkspace(folder, count));
  const copy = (from) => {
    const folder = join(work, `copy-${count}`);
    rmSync(folder, { recursive: true, force: true });
    cpSync(from, folder, { recursive: true });
    return folder;
  };
  const lived = () => {
    const folder = copy(done);
    editImages(folder, count);
    return folder;
  };
  const done = fresh((folder) => writeWorkspace(folder, count));
  const first = spawnSync(process.execPath, [tool.start, '--yes'], {
    cwd: done,
    stdio: 'ignore',
    timeout: PATIENCE_MS,
  });
  if (first.error?.code === 'ETIMEDOUT') return { count, stopped: PATIENCE_MS / 1000 };
  if (first.status !== 0) throw new Error(`${count} services: exit ${first.status}`);
  const lock = join(done, '.devops/lock.json');
  const files = existsSync(lock) ? Object.keys(JSON.parse(readFileSync(lock, 'utf8')).files) : [];
  const managed = files.length;
  const bytes = files.reduce((sum, path) => sum + statSync(join(done, path)).size, 0);
  const measured = interleave(
    [
      { id: 'facts', command: node(tool, 'facts'), cwd: pristine },
      { id: 'plan', command: node(tool, 'plan'), cwd: pristine, expect: [1] },
      { id: 'setup', command: node(tool, '--yes'), before: () => copy(pristine) },
      { id: 'again', command: node(tool, 'update', '--yes'), cwd: done },
      { id: 'renew', command: node({ start: later }, 'update', '--yes'), before: lived },
    ],
    { rounds: count < 1000 ? rounds : LARGE_ROUNDS, log: (at) => log(`${count} services: ${at}`) },
  );
  return { count, managed, bytes, ...Object.fromEntries(measured) };
}

try {
  const tools = installAll();
  const later = laterRelease(fresh());
  const text = results({
    machine: `${availableParallelism()} cores, Node ${process.versions.node}`,
    rounds,
    startUp: timeTable(interleave(startUpCases(tools), { rounds, log: (at) => log(`start-up: ${at}`) })),
    generation: timeTable(interleave(generationCases(tools), { rounds, log: (at) => log(`generation: ${at}`) })),
    again: timeTable(interleave(againCases(tools), { rounds, log: (at) => log(`second run: ${at}`) })),
    stacks: timeTable(stacks(tools)),
    size: sizeTable(tools),
    growth: growthTable(sizes.map((count) => growth(tools.ours, later, count))),
  });
  writeFileSync(join(here, 'RESULTS.md'), text);
  process.stdout.write(text);
} finally {
  rmSync(work, { recursive: true, force: true });
}
