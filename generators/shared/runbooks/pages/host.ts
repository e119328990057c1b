/** The machine that the containers share. On Fargate there is none to look after: these watch workstations and servers of one's own. */
import type { Page } from '../page.ts';
import { changedRow, restart, row } from '../steps.ts';
import { ask, asked, firstOf, here, runs, type Tools } from '../tools.ts';

const whichHost = (tools: Tools, expression: string) => ({
  title: 'Which machine, and how far is it?',
  runs: runs(asked(tools, expression, '"instance":')),
  good: 'the label instance names it, the last number is the figure',
  bad: 'no line: the exporter of the machine is down, see ExporterDown',
});

const containers = (tools: Tools) => ({
  title: 'Which container takes it?',
  runs: runs(here(tools.local?.stats(), '%')),
  good: 'the list shows what each container has; the largest is the suspect',
  bad: 'the engine does not answer: restart Docker on the machine',
});

export function highCpu(tools: Tools): Page {
  return {
    meaning: 'The processors of the machine are busy for minutes on end.',
    impact: 'None by itself. It matters when answers get slow too, and then HighResponseTime says so.',
    steps: [whichHost(tools, 'node_load5'), containers(tools)],
    diagnosis: [
      ...row(
        'One container has it all',
        firstOf(tools.local?.stats(), ask('node_load5')),
        'See what it works on: its log, then a CPU profile',
      ),
      ...row('A build or a scan runs', firstOf(tools.local?.all(), ask('node_load5')), 'Let it end'),
      ...changedRow(tools),
    ],
    mitigation: [restart(tools)],
    specialist: 'service-owner',
    after: 'If nobody had to act three times in a row, raise the threshold.',
  };
}

export function highMemory(tools: Tools): Page {
  return {
    meaning: 'The machine has little memory left that it could give.',
    impact: 'Soon the kernel ends a process of its own choice; databases are large and therefore among the first.',
    steps: [whichHost(tools, 'node_memory_MemAvailable_bytes'), containers(tools)],
    diagnosis: [
      ...row(
        'One container grows without end',
        firstOf(tools.local?.stats(), ask('node_memory_MemAvailable_bytes')),
        'A leak: restart it, then compare with the last deployment',
      ),
      ...row(
        'All grew with the number of containers',
        firstOf(tools.local?.all(), ask('up')),
        'Too many for this machine: stop what is not needed',
      ),
      ...changedRow(tools),
    ],
    mitigation: [restart(tools)],
    specialist: 'service-owner',
    after: 'Add up the memory limits of the containers and keep the sum below what the machine has.',
  };
}

export function lowDisk(tools: Tools): Page {
  return {
    meaning: 'Less than a fifth of a file system is free.',
    impact: 'When it is full, databases stop taking writes, and logs and metrics get lost.',
    steps: [
      whichHost(tools, 'node_filesystem_avail_bytes / node_filesystem_size_bytes'),
      {
        title: 'What takes the room?',
        runs: runs(here(tools.local === null ? null : 'docker system df', 'RECLAIMABLE')),
        good: 'RECLAIMABLE is what no container uses: images and build cache first',
        bad: 'the engine does not answer: look at the machine itself',
      },
      {
        title: 'Does it grow, and how fast?',
        runs: runs(asked(tools, 'predict_linear(node_filesystem_avail_bytes[6h], 86400)', '"value":')),
        good: 'a number below 0 at the end means: full within a day',
        bad: 'no line: too little history, look again in an hour',
      },
    ],
    diagnosis: [
      ...row(
        'Images or build cache are large',
        tools.local === null ? null : 'docker system df',
        'Remove what is unused (below)',
      ),
      ...row(
        'A volume is large',
        tools.local === null ? null : 'docker system df --verbose',
        'Data of a datastore: more disk, or less data; never delete files in it',
      ),
      ...row(
        'It falls by the same amount each day',
        ask('delta(node_filesystem_avail_bytes[1d])'),
        'Plan more disk before the day that the forecast names',
      ),
      ...changedRow(tools),
    ],
    mitigation: [
      {
        title: 'Remove unused build cache and images without a name (the list above says how much)',
        runs: runs(
          here(
            tools.local === null ? null : 'docker system df\ndocker builder prune --force\ndocker image prune --force',
            'RECLAIMABLE',
          ),
        ),
        risk: 'the next build takes longer; volumes are not touched',
        undo: 'build again',
      },
    ],
    specialist: 'database',
    after: 'Set a limit for logs and for the retention of metrics where none is set.',
  };
}
