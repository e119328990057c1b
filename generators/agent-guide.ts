/** A section of AGENTS.md: what a coding agent has to know before it touches what is generated here. Only where somebody asks for it. */
import { defineGenerator } from '../src/define.ts';
import type { System, View } from '../src/model.ts';

/** Folder or file of a generator → what stands there, in the words of the section. */
const PLACES: readonly Readonly<{ generator: string; place: (system: System) => string; what: string }>[] = [
  { generator: 'ci-github', place: ({ layout }) => layout.ci, what: 'continuous integration' },
  { generator: 'compose', place: ({ layout }) => layout.compose, what: 'the local stack' },
  {
    generator: 'cdktf-aws',
    place: ({ layout }) => `${layout.stacks}/`,
    what: 'AWS stacks, a project of its own with its own tests',
  },
  {
    generator: 'prometheus',
    place: ({ layout }) => layout.prometheus.config,
    what: 'scraping; rules and their unit tests beside it',
  },
  { generator: 'alertmanager', place: ({ layout }) => layout.alertmanager.config, what: 'who is told of which alert' },
  {
    generator: 'runbooks',
    place: ({ layout }) => `${layout.runbooks}/`,
    what: 'one page for each alert, and what to do in an incident',
  },
  {
    generator: 'configuration',
    place: ({ layout }) => layout.configuration,
    what: 'every variable that the code reads',
  },
];

export const agentGuide = defineGenerator({
  id: 'agent-guide',
  title: 'Guide for coding agents',
  summary: 'a section of AGENTS.md: what is generated, how to change it, how to check it (only when asked for)',
  files: ({ system }) => [
    {
      path: 'AGENTS.md',
      template: 'agent-guide/agents.md.ejs',
      view: guideView(system),
      ownership: 'merge:markdown-section',
    },
  ],
});

function guideView(system: System): View {
  return {
    tool: system.tool.name,
    alerts: system.generators.includes('prometheus'),
    places: PLACES.filter(({ generator }) => system.generators.includes(generator)).map(({ place, what }) => ({
      place: place(system),
      what,
    })),
    images: system.generators.includes('docker')
      ? [...new Set(system.services.filter(({ start }) => start !== null).map(({ files }) => files.dockerfile))]
      : [],
  };
}
