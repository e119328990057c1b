/** SEC-001, 002, 004 to 008 and 020: what is scanned, and what a finding does. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { evaluate } from '../parse/condition.ts';
import { list, record, text } from '../parse/plain.ts';
import { shellCommands, swallowed } from '../parse/shell.ts';
import type { Step, Workflow } from '../parse/workflow.ts';
import { all, buildsImage, ciOf, isScanner, readyCi, readyScan, scanOf, tagsOf, workflowsOf } from './places.ts';

/** Whether a step that scans ends its job red. */
function failsOnFindings(workflow: Workflow, step: Step): boolean {
  if (step.continueOnError || workflow.job(step.job)?.continueOnError) return false;
  if (step.run !== null) return swallowed(step.run).length === 0;
  return text(step.with['exit-code']) === '1';
}

function runsOn(workflow: Workflow, step: Step, event: string): boolean {
  return (
    workflow.on.has(event) &&
    evaluate(workflow.job(step.job)?.if ?? null, event) !== false &&
    evaluate(step.if, event) !== false
  );
}

function lacksSeverity(input: CheckInput, step: Step): readonly string[] {
  const listed = new Set(
    String(step.with.severity ?? 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL')
      .split(',')
      .map((one) => one.trim()),
  );
  return input.system.security.failOn.filter((severity) => !listed.has(severity));
}

const AUDIT = /^(npm|pnpm|yarn|bun) (npm )?audit\b|^osv-scanner\b|^trivy (fs|repo|filesystem)\b/;

function audits(step: Step): boolean {
  if (isScanner(step, 'fs'))
    return /vuln/.test(String(step.with.scanners ?? 'vuln')) && step.with['exit-code'] !== undefined;
  return shellCommands(step.run ?? '').some(({ words }) => AUDIT.test(words.join(' ')));
}

/** One scanner: where it is missing, where it runs on no pull request, where it stays green, and which severities it lets pass. */
function scanned(
  input: CheckInput,
  what: string,
  workflows: readonly Workflow[],
  is: (step: Step) => boolean,
): readonly Defect[] {
  const found = workflows.flatMap((workflow) => workflow.steps.filter(is).map((step) => ({ workflow, step })));
  const [first] = workflows;
  if (found.length === 0 && first) {
    return [
      {
        file: first.path,
        line: first.yaml.line(['jobs']),
        message: `Nothing scans ${what}.`,
        hint: 'Restore the file: create-devops-setup init.',
      },
    ];
  }
  const strict = found.filter(({ workflow, step }) => failsOnFindings(workflow, step));
  const [any] = found;
  if (strict.length === 0 && any) {
    const { workflow, step } = any;
    return [
      {
        file: workflow.path,
        line: step.line,
        message: `Findings in ${what} do not fail the job ${step.job}.`,
        hint: 'Let the scan end with exit code 1, without continue-on-error or || true.',
      },
    ];
  }
  const onPull = strict.filter(({ workflow, step }) => runsOn(workflow, step, 'pull_request'));
  const [some] = strict;
  if (onPull.length === 0 && some) {
    const { workflow, step } = some;
    return [
      {
        file: workflow.path,
        line: step.line,
        message: `Pull requests are not scanned for findings in ${what}.`,
        hint: 'Let the scan run on pull_request.',
      },
    ];
  }
  return onPull.flatMap(({ workflow, step }) =>
    (step.uses === null ? [] : lacksSeverity(input, step)).map((severity) => ({
      file: workflow.path,
      line: step.lineOf('with/severity'),
      message: `${severity} findings in ${what} pass; they have to fail the scan.`,
      hint: `Set severity: ${input.system.security.failOn.join(',')}.`,
    })),
  );
}

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
          hint: 'Restore the CodeQL job: create-devops-setup init.',
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
      hint: 'Restore the CodeQL job: create-devops-setup init.',
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

/** SEC-006: from source to image, on a schedule too. A running environment is scanned where one is deployed. */
const everywhere: Check = {
  id: 'SEC-006',
  applies: readyScan,
  open: (input) =>
    input.system.generators.includes('deploy-github')
      ? null
      : 'no generator of this setup deploys, so there is no running environment to scan; source, dependencies, configuration and image are',
  run: (input) => {
    const scan = scanOf(input) as Workflow;
    const workflows = workflowsOf(input);
    const has = (test: (step: Step) => boolean) => workflows.some(({ steps }) => steps.some(test));
    const layers = [
      { what: 'secrets', there: has(({ run, uses }) => /gitleaks|trufflehog/i.test(`${run} ${uses}`)) },
      { what: 'dependencies', there: has(audits) },
      { what: 'configuration', there: has((step) => isScanner(step, 'config')) },
      {
        what: 'source code',
        there:
          !input.system.security.codeScanning ||
          has(({ action, run }) => action === 'github/codeql-action/analyze' || /\bsemgrep\b/.test(run ?? '')),
      },
      { what: 'images', there: !has(buildsImage) || has((step) => isScanner(step, 'image')) },
    ];
    return [
      ...layers
        .filter(({ there }) => !there)
        .map(({ what }) => ({
          file: scan.path,
          line: scan.yaml.line(['jobs']),
          message: `No job scans ${what}.`,
          hint: 'Restore the file: create-devops-setup init.',
        })),
      ...['schedule', 'pull_request']
        .filter((event) => !scan.on.has(event))
        .map((event) => ({
          file: scan.path,
          line: scan.yaml.line(['on']),
          message:
            event === 'schedule'
              ? 'Nothing is scanned between changes, while new vulnerabilities become known every day.'
              : 'Pull requests are not scanned.',
          hint: `Add ${event} under "on".`,
        })),
    ];
  },
};

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

/** SEC-008: each ecosystem in use has an entry of the update bot; people merge. */
const updates: Check = {
  id: 'SEC-008',
  applies: (input) => {
    const { generators, layout, project } = input.system;
    if (input.yaml(layout.dependabot)) return true;
    const other = project.existing.find(({ role, system }) => role === 'update-bot' && system !== 'dependabot');
    if (other) return { notChecked: `${other.path} configures another update bot (${other.system})` };
    if (input.artifact(layout.dependabot)) return { notChecked: `${layout.dependabot} does not parse` };
    return {
      notChecked: generators.includes('security-scan')
        ? `${layout.dependabot} is not there`
        : 'security-scan is not part of this setup',
    };
  },
  run: (input) => {
    const file = input.yaml(input.system.layout.dependabot);
    if (!file) return [];
    const entries = list(record(file.data).updates).map(record);
    const missing = ecosystems(input).filter(
      ({ name, directory }) => !entries.some((entry) => covers(entry, name, directory)),
    );
    return [
      ...missing.map(({ name, directory }) => ({
        file: file.path,
        line: file.line(['updates']),
        message: `Nothing proposes updates of ${name} in ${directory}.`,
        hint: `Add an entry with package-ecosystem: ${name} and directory: ${directory}.`,
      })),
      ...entries.flatMap((entry, index): readonly Defect[] => {
        const place = (key: string) => file.line(['updates', index, key]);
        const name = text(entry['package-ecosystem']) ?? 'an entry';
        const days = Number(text(record(entry.cooldown)['default-days']) ?? 0);
        return [
          ...(text(record(entry.schedule).interval)
            ? []
            : [
                {
                  file: file.path,
                  line: place('schedule'),
                  message: `${name} has no schedule.`,
                  hint: 'Set schedule.interval.',
                },
              ]),
          ...(days >= 7
            ? []
            : [
                {
                  file: file.path,
                  line: place('cooldown'),
                  message: `${name}: releases are proposed after ${days} days; within 7 days most malicious ones are taken back.`,
                  hint: 'Set cooldown.default-days: 7.',
                  severity: 'warning' as const,
                },
              ]),
        ];
      }),
      ...workflowsOf(input).flatMap((workflow) =>
        workflow.steps
          .filter(({ run }) => /gh pr merge\b.*--auto/.test(run ?? ''))
          .map((step) => ({
            file: workflow.path,
            line: step.line,
            message: 'Updates are merged without anybody looking.',
            hint: 'Take the step out.',
          })),
      ),
    ];
  },
};

function covers(entry: Readonly<Record<string, unknown>>, name: string, directory: string): boolean {
  const named = text(entry['package-ecosystem']);
  const folders = [text(entry.directory), ...list(entry.directories).map(text)];
  return named === name && folders.some((folder) => folder === directory || folder === '**/*' || folder === '/**');
}

function ecosystems(input: CheckInput): readonly Readonly<{ name: string; directory: string }>[] {
  const { services, layout } = input.system;
  const slash = (folder: string) => (folder === '.' ? '/' : `/${folder}`);
  const parent = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
  return [
    ...services.map(({ packageManager }) => ({
      name: packageManager.name === 'bun' ? 'bun' : 'npm',
      directory: slash(packageManager.installRoot),
    })),
    { name: 'github-actions', directory: '/' },
    ...services
      .filter(({ files }) => input.artifact(files.dockerfile))
      .map(({ files }) => ({ name: 'docker', directory: slash(parent(files.dockerfile)) })),
    ...(input.artifact(layout.compose) ? [{ name: 'docker-compose', directory: slash(parent(layout.compose)) }] : []),
  ];
}

/** SEC-020: the report behind a finding is retained. Owner and due date are a form of the documents. */
const tracked: Check = {
  id: 'SEC-020',
  applies: readyScan,
  open: (input) =>
    input.system.generators.includes('documents')
      ? null
      : 'the form with owner, severity and due date comes with documents, which is not part of this setup; the reports are kept',
  run: (input) => {
    const scan = scanOf(input) as Workflow;
    const uploads = scan.steps.filter(
      ({ action }) => action === 'actions/upload-artifact' || action === 'github/codeql-action/upload-sarif',
    );
    const kept = uploads.some(
      (step) => step.action === 'github/codeql-action/upload-sarif' || step.with['retention-days'] !== undefined,
    );
    if (kept) return [];
    return [
      {
        file: scan.path,
        line: uploads[0]?.line ?? scan.yaml.line(['jobs']),
        message:
          uploads.length === 0
            ? 'The reports of the scans are not kept.'
            : 'Nobody says how long the reports of the scans are kept.',
        hint: 'Upload them with retention-days, or as SARIF.',
      },
    ];
  },
};

export const securityScans: readonly Check[] = [
  dependencies,
  analysis,
  images,
  severities,
  everywhere,
  misconfiguration,
  updates,
  tracked,
];
