/** Runbooks: one page for each alert, the pages of how things are done, and the one file that names people. */
import { posix } from 'node:path';
import { defineGenerator, type NextStep } from '../src/define.ts';
import type { FileSpec, System, View } from '../src/model.ts';
import { channelsOf } from './shared/alert-channels.ts';
import { alertsOf } from './shared/alerts/index.ts';
import { runbookPath } from './shared/cloud.ts';
import { alertView, signalsOf } from './shared/runbooks/alert-view.ts';
import {
  deploymentView,
  disasterView,
  incidentView,
  indexView,
  rollbackView,
  scalingView,
} from './shared/runbooks/process-views.ts';
import { type Tools, toolsOf } from './shared/runbooks/tools.ts';

/** Roles that pages name. Who has them is nobody's default. ALERT-017 */
const ROLES = [
  { id: 'on_call_primary', what: 'Answers a page within 5 minutes.' },
  { id: 'on_call_secondary', what: 'Is called when the primary has not answered after 5 minutes.' },
  { id: 'incident_commander', what: 'Leads a critical incident: decides, assigns, watches the clock.' },
  { id: 'service_owner', what: 'Knows the code and decides about releases.' },
  { id: 'database', what: 'Knows the datastores and how they come back.' },
  { id: 'security', what: 'Is called at once when somebody may have broken in.' },
  { id: 'management', what: 'Is called after 30 minutes, and talks to the outside.' },
] as const;

export const runbooks = defineGenerator({
  id: 'runbooks',
  title: 'Runbooks',
  summary: 'one page for each alert, and deployment, rollback, scaling, incidents, disaster recovery',
  applies: (system) => toolsOf(system) !== null || 'no service runs for long, so there is nothing to operate',
  files: ({ system }) => {
    const tools = toolsOf(system);
    return tools === null ? [] : filesOf(system, tools);
  },
  nextSteps: ({ system }) => nextSteps(system),
});

function filesOf(system: System, tools: Tools): readonly FileSpec[] {
  // An alert that nothing in this project raises has no page.
  const alerts = alertsOf(system).filter((alert) => signalsOf(alert, tools).length > 0);
  const page = (name: string, view: View): FileSpec => ({
    path: posix.join(system.layout.runbooks, name),
    template: `runbooks/${name}.ejs`,
    view,
  });
  return [
    page('README.md', indexView(tools, alerts)),
    page('deployment.md', deploymentView(tools, alerts)),
    page('rollback.md', rollbackView(tools)),
    page('incident-response.md', incidentView(tools, alerts)),
    page('scaling.md', scalingView(tools, alerts)),
    page('disaster-recovery.md', disasterView(tools)),
    {
      path: system.layout.contacts,
      template: 'runbooks/contacts.yml.ejs',
      view: contactsView(system),
      ownership: 'once',
    },
    ...alerts.map((alert) => ({
      path: runbookPath(system, alert.name),
      template: 'runbooks/alert.md.ejs',
      view: alertView(alert, tools),
    })),
  ];
}

function contactsView(system: System): View {
  const { chat } = system.observability;
  const critical = channelsOf(system).find(({ role }) => role === 'critical');
  return {
    project: system.project.name,
    kind: chat.kind,
    channel: chat.kind === 'none' ? null : chat.channel,
    pager: critical?.kind ?? 'none',
    roles: ROLES.map((role) => ({ ...role })),
  };
}

function nextSteps(system: System): readonly NextStep[] {
  return [
    {
      text: `Say who is on call in ${system.layout.contacts}, where ${ROLES.length} roles are still empty, and rehearse the runbooks: none has been tested yet (\`last_tested\`).`,
      standard: 'ALERT-017',
    },
  ];
}
