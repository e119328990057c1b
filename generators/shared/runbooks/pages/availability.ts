/** Whether the service is there at all. */
import type { Page, Step } from '../page.ts';
import {
  changedRow,
  logSays,
  restart,
  rollBack,
  row,
  serviceAnswers,
  targetsDown,
  tasksRun,
  whatChanged,
} from '../steps.ts';
import { ask, asked, firstOf, here, runs, type Tools } from '../tools.ts';

const START = { risk: 'none', undo: 'not needed' };

export function serviceDown(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning: 'No instance of the service is left: no task runs, or none that is scraped answers.',
    impact: 'Nobody is served. Declare a critical incident now, look for the reason afterwards.',
    steps: [tasksRun(tools), whatChanged(tools), whyStopped(tools), logSays(tools, '?error ?Error ?FATAL ?listen')],
    diagnosis: [
      ...changedRow(tools),
      ...row('Exit code 137', firstOf(aws?.stopped(), local?.tasks()), 'Killed for memory: roll back, or give it more'),
      ...row(
        'It ends right after its start',
        firstOf(aws?.log('?Error ?Cannot'), local?.log(80)),
        'A variable or a migration is missing',
      ),
      ...row(
        'The image cannot be pulled, or no place for it',
        firstOf(aws?.events(), local?.all()),
        'The registry or the name of the tag is wrong',
      ),
      ...row('Tasks run and are healthy', ask('up'), 'Only the scraping is broken: network rules or name service'),
    ],
    mitigation: [
      rollBack(tools),
      restart(tools),
      { title: 'Start the service again', runs: runs(here(local?.start())), ...START },
    ],
    specialist: 'service-owner',
    after: 'Find out why the health check did not stop the deployment, and make it do so.',
  };
}

function whyStopped({ aws, local }: Tools) {
  return {
    title: 'Why did the last task stop?',
    runs: runs(
      aws === null ? null : { place: 'aws' as const, command: aws.stopped(), expected: 'no stopped task' },
      here(local?.all(), 'Up'),
    ),
    good: 'it did not crash within the hour',
    bad: 'by its exit code: 137 is memory, 143 a wanted stop, 1 the code',
  };
}

export function targetDown(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning: 'One target of several does not answer its scrape. The others carry the load.',
    impact: 'Less capacity; as a rule users feel nothing. A second one that goes makes it an incident.',
    steps: [
      {
        title: 'Which one?',
        runs: runs(asked(tools, 'up == 0', '"instance":')),
        good: 'the label instance names it',
        bad: 'all answer again: go to Verification',
      },
      tasksRun(tools),
      whatChanged(tools),
      logSays(tools),
    ],
    diagnosis: [
      ...row(
        'A deployment goes on',
        firstOf(aws?.deployments(), local?.tasks()),
        'It is being replaced: wait until it is done',
      ),
      ...row('Its container is gone', firstOf(aws?.stopped(), local?.all()), 'It crashed: read the exit code'),
      ...row(
        'It runs and does not answer in time',
        ask('scrape_duration_seconds > 3'),
        'It is overloaded, or its event loop is blocked: see EventLoopLagHigh',
      ),
      ...changedRow(tools),
    ],
    mitigation: [restart(tools), rollBack(tools)],
    specialist: 'service-owner',
    after: 'If targets go with every deployment for longer than the rule waits, give the rule more time.',
  };
}

export function probeFailed(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning: probed(tools),
    impact: 'New requests fail for everybody who takes the same way. Declare a critical incident.',
    steps: [serviceAnswers(tools), tasksRun(tools), probeReason(tools), whatChanged(tools)],
    diagnosis: [
      ...row(
        'Tasks are healthy, the probe fails',
        firstOf(aws?.targets(), local?.health()),
        'The way is broken: load balancer, security group, name, certificate',
      ),
      ...row('The certificate has ended', aws?.certificates(), 'See "Certificate expiry" in the index'),
      ...row(
        'The health check says 503',
        firstOf(aws?.log('?503 ?health'), local?.log(80)),
        'A dependency that it asks is down',
      ),
      ...changedRow(tools),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'Where the probe alone was wrong, correct its address; a probe that cries wolf is switched off by people.',
  };
}

/** Where no service has a health path, only its port is tried. */
function probed({ system }: Tools): string {
  return system.services.some(({ kind, health }) => kind === 'web' && health.kind === 'http')
    ? 'A request over the network to its health check gets no good answer, whatever the service says about itself.'
    : 'It does not accept connections over the network, whatever it says about itself.';
}

function probeReason(tools: Tools): Step {
  return {
    title: 'What does the prober see?',
    runs: runs(asked(tools, 'probe_success', '"value":')),
    good: 'a 1 at the end is a good answer, a 0 is none',
    bad: 'there is no such series: the prober itself is down, see ExporterDown',
  };
}

export function exporterDown(tools: Tools): Page {
  const { local, watched, system } = tools;
  return {
    meaning: 'An exporter does not answer. What it watches may be well; its own alerts are blind until it is back.',
    impact: 'None for users. Alerts of one datastore, of the host or of the prober cannot fire.',
    steps: [
      {
        title: 'Which one?',
        runs: runs(asked(tools, 'up{job!="application"} == 0', '"job":')),
        good: 'the label job names it; its container is called instance, without the port; for the job probe it is the prober',
        bad: 'all answer again: go to Verification',
      },
      {
        title: 'Does its container run?',
        runs: runs(here(watched === null ? null : `${watched.observability} ps --all`, 'prometheus')),
        good: 'the list shows its state: Exited, as a rule, means that its settings are wrong',
        bad: 'the profile is not started: start it as Mitigation says',
      },
      targetsDown(tools),
    ],
    diagnosis: [
      ...row(
        'The exporter says that it cannot log in',
        watched === null ? null : `${watched.observability} logs --since 30m --tail 40`,
        'Password or user of the datastore changed: make its file of secrets anew',
      ),
      ...row(
        'The datastore is down as well',
        firstOf(local?.all(), ask('up')),
        `Mend it first (${system.datastores.map(({ name }) => name).join(', ') || 'no datastore here'})`,
      ),
      ...row(
        'Only the scrape takes too long',
        ask('scrape_duration_seconds{job!="application"}'),
        'A busy server: look at what it serves',
      ),
      ...changedRow(tools),
    ],
    mitigation: [
      {
        title: 'Start the profile again',
        runs: runs(here(watched === null ? null : `${watched.observability} up --detach --wait`)),
        risk: 'none: what runs stays',
        undo: 'not needed',
      },
    ],
    specialist: 'service-owner',
    after: 'While it was down nobody watched: read the log of what it serves for that time.',
  };
}
