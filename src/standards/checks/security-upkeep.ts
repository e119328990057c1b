/** SEC-006, SEC-008 and SEC-020: scans of every layer and between changes, updates, reports that are kept. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { list, record, text } from '../parse/plain.ts';
import type { Step, Workflow } from '../parse/workflow.ts';
import { buildsImage, isScanner, readyScan, scanOf, workflowsOf } from './places.ts';
import { audits } from './scanners.ts';

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
          hint: 'Restore the file: create-devops-setup restore <file>.',
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
      .map(({ files }) => ({ name: 'docker', directory: slash(parent(input.place(files.dockerfile))) })),
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

export const securityUpkeep: readonly Check[] = [everywhere, updates, tracked];
