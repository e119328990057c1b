/** SEC-001, SEC-002, SEC-004, SEC-005 and SEC-007: what is scanned, and what a finding does. */
import type { Check, Defect } from '../check.ts';
import { text } from '../parse/plain.ts';
import type { Workflow } from '../parse/workflow.ts';
import { all, buildsImage, ciOf, isScanner, readyCi, readyScan, scanOf, tagsOf, workflowsOf } from './places.ts';
import { audits, failsOnFindings, lacksSeverity, runsOn, scanned } from './scanners.ts';

/** SEC-001: dependencies are checked in every run. */
const dependencies: Check = {
  id: 'SEC-001',
  applies: readyScan,
  run: (input) =>
    scanned(
      input,
      'dependencies',
      [scanOf(input), ciOf(input)].filter((one) => one !== null),
      audits,
    ),
};

/** SEC-002: static analysis on every pull request. */
const analysis: Check = {
  id: 'SEC-002',
  applies: (input) =>
    all(
      readyScan(input),
      input.system.security.codeScanning ||
        'security.codeScanning is off: in a private repository CodeQL needs a licence (a next step says so)',
    ),
  run: (input) => {
    const scan = scanOf(input) as Workflow;
    const steps = scan.steps.filter(
      ({ action, run }) => action === 'github/codeql-action/analyze' || /\bsemgrep\b/.test(run ?? ''),
    );
    const [step] = steps;
    if (!step)
      return [
        {
          file: scan.path,
          line: scan.yaml.line(['jobs']),
          message: 'No job analyses the source code.',
          hint: 'Restore the CodeQL job: create-devops-setup restore <file>.',
        },
      ];
    const blocked = steps.some((one) => !one.continueOnError && !scan.job(one.job)?.continueOnError);
    const pull = steps.some((one) => runsOn(scan, one, 'pull_request'));
    const problems = [
      ...(pull ? [] : ['does not run on pull requests']),
      ...(blocked ? [] : ['stays green whatever it finds']),
    ];
    return problems.map((problem) => ({
      file: scan.path,
      line: step.line,
      message: `The static analysis ${problem}.`,
      hint: 'Restore the CodeQL job: create-devops-setup restore <file>.',
    }));
  },
};

/** SEC-004: an image is scanned where it is built, before it could be pushed. */
const images: Check = {
  id: 'SEC-004',
  applies: (input) => {
    const built = workflowsOf(input).some(({ steps }) => steps.some(buildsImage));
    return built || (ciOf(input) ? 'no image is built' : readyCi(input));
  },
  run: (input) =>
    workflowsOf(input).flatMap((workflow) =>
      workflow.jobs.flatMap((job): readonly Defect[] => {
        const build = job.steps.find(buildsImage);
        if (!build) return [];
        const tags = tagsOf(build);
        const scans = job.steps.filter(
          (step) => isScanner(step, 'image') && tags.includes(String(step.with['image-ref'] ?? '')),
        );
        const gate = scans.find((step) => failsOnFindings(workflow, step) && step.index > build.index);
        const push = job.steps.find((step) => buildsImage(step) && text(step.with.push) === 'true');
        const defect = (line: number, message: string, hint: string) => [{ file: workflow.path, line, message, hint }];
        if (!gate)
          return defect(
            scans[0]?.line ?? build.line,
            `The image that ${job.id} builds is released whatever a scan finds in it.`,
            'Scan the tag that was built with Trivy, with exit-code "1".',
          );
        if (push && push.index < gate.index)
          return defect(
            push.line,
            'The image is pushed before it is scanned.',
            'Build with load: true, scan, then push.',
          );
        return lacksSeverity(input, gate).flatMap((severity) =>
          defect(
            gate.lineOf('with/severity'),
            `${severity} vulnerabilities of the image pass.`,
            `Set severity: ${input.system.security.failOn.join(',')}.`,
          ),
        );
      }),
    ),
};

/** SEC-005: high and critical stop; what is ignored has an end and a reason. */
const severities: Check = {
  id: 'SEC-005',
  applies: readyScan,
  run: (input) => {
    const gates = workflowsOf(input).flatMap((workflow) =>
      workflow.steps
        .filter((step) => step.action === 'aquasecurity/trivy-action' && text(step.with['exit-code']) === '1')
        .map((step) => ({ workflow, step })),
    );
    const passing = gates.flatMap(({ workflow, step }) =>
      lacksSeverity(input, step).map((severity) => ({
        file: workflow.path,
        line: step.lineOf('with/severity'),
        message: `The step "${step.name ?? step.index}" lets ${severity} pass.`,
        hint: `Set severity: ${input.system.security.failOn.join(',')}.`,
      })),
    );
    const scan = scanOf(input);
    const none =
      gates.length === 0 && scan
        ? [
            {
              file: scan.path,
              line: scan.yaml.line(['jobs']),
              message: 'No scan stops a release.',
              hint: 'Set exit-code: "1" on the scans.',
            },
          ]
        : [];
    return [
      ...none,
      ...passing,
      ...input.byRole('scan-ignore').flatMap(({ path, text: source }) => forEver(path, source)),
    ];
  },
};

/** Entries of `.trivyignore` without `exp:` and without a reason behind `#`. */
function forEver(path: string, source: string): readonly Defect[] {
  return source.split('\n').flatMap((line, index): readonly Defect[] => {
    const entry = /^([A-Z][\w-]+)/.exec(line.trim())?.[1];
    if (!entry) return [];
    const missing = [
      ...(/\bexp:\d{4}-\d{2}-\d{2}/.test(line) ? [] : ['end date']),
      ...(/#\s*\S/.test(line) ? [] : ['reason']),
    ];
    if (missing.length === 0) return [];
    return [
      {
        file: path,
        line: index + 1,
        message: `${entry} is ignored without ${missing.join(' and ')}.`,
        hint: `Write ${entry} exp:YYYY-MM-DD # why.`,
      },
    ];
  });
}

/** SEC-007: misconfiguration is found before it is deployed. */
const misconfiguration: Check = {
  id: 'SEC-007',
  applies: readyScan,
  run: (input) =>
    scanned(
      input,
      'Dockerfiles, manifests and infrastructure code',
      [scanOf(input) as Workflow],
      (step) => isScanner(step, 'config') || /\bcheckov\b|\btrivy config\b/.test(step.run ?? ''),
    ),
};

export const securityScans: readonly Check[] = [dependencies, analysis, images, severities, misconfiguration];
