/** Medians → the Markdown of RESULTS.md: no dates, no machine but its number of cores and its Node. */

const ms = (value) => `${value.toFixed(0)} ms`;
const mib = (value) => (value === null ? 'not measured' : `${value.toFixed(0)} MiB`);
const times = (value) => `${value.toFixed(2)} ×`;

/** As the formatter writes it: every column as wide as its widest cell, numbers to the right. */
function table(head, rows) {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const padded = (cells) =>
    line(cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))));
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [padded(head), line(rule), ...rows.map(padded)].join('\n');
}

/** One row a case; ratios of CPU seconds to the floor and to create-vite of the same run. */
export function timeTable(measured) {
  const floor = measured.get('`node -e 0`');
  const vite = [...measured].find(([id]) => id.startsWith('create-vite'))?.[1];
  const head = ['', 'CPU', 'wall', 'peak memory', 'CPU to `node -e 0`', ...(vite ? ['CPU to create-vite'] : [])];
  const rows = [...measured].map(([id, { cpu, wall, peak }]) => [
    id,
    ms(cpu),
    ms(wall),
    mib(peak),
    times(cpu / floor.cpu),
    ...(vite ? [times(cpu / vite.cpu)] : []),
  ]);
  return table(head, rows);
}

/** What an installation brings. */
export function sizeTable(tools) {
  const name = (id) => (id === 'ours' ? '**create-devops-setup**' : id);
  const vite = tools['create-vite'];
  const rows = Object.entries(tools).map(([id, { packages, files, bytes }]) => [
    name(id),
    String(packages),
    String(files),
    `${(bytes / 1e6).toFixed(2)} MB`,
    times(bytes / vite.bytes),
  ]);
  return table(['', 'packages', 'files', 'unpacked', 'bytes to create-vite'], rows);
}

/** How cost grows with the number of services. What the first service costs (start-up and all) is taken off before dividing. */
export function growthTable(steps) {
  const [first] = steps;
  const each = (step, key, units) =>
    units(step) > units(first) ? (step[key].cpu - first[key].cpu) / (units(step) - units(first)) : null;
  const services = ({ count }) => count;
  const shown = (value) => (value === null ? '' : `${value.toFixed(2)} ms`);
  const rows = (key, unit) =>
    steps.map((step) => {
      const count = step.count.toLocaleString('en');
      if (step.stopped) return [count, '', '', `stopped after ${step.stopped} s`, '', '', ''];
      return [
        count,
        step.managed.toLocaleString('en'),
        `${(step.bytes / 1e6).toFixed(2)} MB`,
        `${(step[key].cpu / 1000).toFixed(2)} s`,
        `${(step[key].wall / 1000).toFixed(2)} s`,
        shown(each(step, key, unit)),
        mib(step[key].peak),
      ];
    });
  const head = (unit) => [
    'services',
    'files written',
    'their size',
    'CPU',
    'wall',
    `CPU for one more ${unit}`,
    'peak memory',
  ];
  const files = ({ managed }) => managed;
  return [
    ['Reading the repository (`facts`)', 'facts', 'service', services],
    ['Reading, rendering, checking, planning (`plan`), nothing written', 'plan', 'service', services],
    ['The whole first set-up (`--yes`)', 'setup', 'service', services],
    ['An update that has nothing to do (`update --yes`)', 'again', 'file', files],
    ['An update by a later release: every image has news, every tenth is merged with an edit', 'renew', 'file', files],
  ]
    .map(([title, key, word, unit]) => `${title}:\n\n${table(head(word), rows(key, unit))}`)
    .join('\n\n');
}

export function results({ machine, rounds, startUp, generation, again, stacks, size, growth }) {
  return `# Benchmarks

Written by \`npm run bench\` on ${machine}. Each number is the median of ${rounds} counted runs after a warm-up; the programs of a table took
turns (A B C A B C …), so that whatever else the machine did met all of them. CPU is user and system time of the whole process tree; peak
memory is that of its largest process. Times differ between machines: compare the ratios. This tool ran from the installed tarball of
\`npm pack\`, every program by \`node <its start file>\`, without npx.

## Start-up

${startUp}

create-vite and hygen have no \`--version\`.

## A full set-up

Into a fresh copy of \`test/fixtures/express-postgres\`. The peers write what they can write: create-vite a React
application, hygen and plop three one-line files, @flydotio/dockerfile a Dockerfile and what belongs to it.

${generation}

## A second run that has nothing to do

${again}

create-vite has no second run: it refuses a folder that is not empty.

## The AWS stacks

What the first set-up writes below \`infrastructure/cdktf\`: three environments of four stacks each, with packages installed already. \`npm test\` synthesizes
all of them too.

${stacks}

## What an installation brings

${size}

## Growth

pnpm workspaces with 1 to 1,000 Express services, all of them set up; the row of 1,000 is the median of 3 runs. What the first service costs is taken off before dividing. With npm, what
is written would grow faster than the number of services: it refuses a lock file that speaks of workspaces which are not there, so each
Dockerfile copies the manifest of each of them.

${growth}
`;
}
