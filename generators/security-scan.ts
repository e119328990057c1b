/** Scans of secrets, dependencies, configuration, code and images on GitHub Actions, and the bot that keeps dependencies current. */
import { defineGenerator, type NextStep, type Pins } from '../src/define.ts';
import type { FileSpec, System, View } from '../src/model.ts';
import { hasImage } from './shared/ci-jobs.ts';
import { compareStep, keepsItsOwn, requireCheck } from './shared/ci-next-steps.ts';
import { runsOnAws } from './shared/cloud.ts';
import { preloads } from './shared/telemetry.ts';
import { imageOf, notifyOf, trivyOf } from './shared/workflow-image.ts';

const GATE_NAME = 'Security OK';

export const securityScan = defineGenerator({
  id: 'security-scan',
  title: 'Security scans and update bot on GitHub',
  summary:
    'Secrets, dependencies, configuration, code and images: what a change adds at once, what is there every week',
  applies: (system) => {
    if (system.delivery.platform !== 'github-actions') return `the pipeline runs on ${system.delivery.platform}`;
    return system.services.length > 0 || 'there is no package to scan';
  },
  files: ({ system, pins }) => [
    {
      path: system.layout.securityScan,
      template: 'security-scan/.github/workflows/security-scan.yml.ejs',
      view: viewOf(system, pins),
    },
    ...dependabotOf(system),
  ],
  nextSteps: ({ system }) => [
    ...(keepsItsOwn(system, system.layout.securityScan)
      ? [compareStep(system.layout.securityScan)]
      : [requireCheck(system, GATE_NAME, 'CI-012'), ...withoutCodeScanning(system)]),
    ...otherBot(system),
    ...binaryLocks(system),
  ],
});

function viewOf(system: System, pins: Pins): View {
  const { budgetMinutes } = system.delivery;
  const { codeScanning } = system.security;
  // Each scan may take what the sum at the end leaves of the budget.
  const timeout = Math.max(1, budgetMinutes - 1);
  const images = system.services.filter((service) => hasImage(system, service));
  const alone = images.length === 1;
  const codeql = codeScanning
    ? { init: pins.action('github/codeql-action/init'), analyze: pins.action('github/codeql-action/analyze') }
    : null;
  const jobs = [
    'secrets',
    'repository',
    ...(codeScanning ? ['dependency-review', 'codeql'] : []),
    ...images.map((service) => (alone ? 'image' : `image-${service.name}`)),
  ];
  return {
    project: system.project.name,
    branches: [system.project.defaultBranch],
    schedule: scheduleOf(system.project.slug),
    timeout,
    checkout: pins.action('actions/checkout'),
    gitleaks: pins.imageOf('ghcr.io/gitleaks/gitleaks').reference,
    trivy: trivyOf(system, pins),
    upload: pins.action('actions/upload-artifact'),
    sarif: codeScanning ? pins.action('github/codeql-action/upload-sarif') : null,
    review: codeScanning ? pins.action('actions/dependency-review-action') : null,
    codeql,
    images: images.map((service) => ({
      id: alone ? 'image' : `image-${service.name}`,
      name: `Image ${service.image}`,
      ...imageOf(system, service, pins),
    })),
    gate: { name: GATE_NAME, needs: jobs, timeout: 1 },
    notify: notifyOf(system, 'Security'),
  };
}

/** A minute and hour of Monday morning that differ between projects: GitHub is crowded on the hour, and late then. */
export function scheduleOf(slug: string): Readonly<{ minute: number; hour: number }> {
  let hash = 0;
  for (const char of slug) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return { minute: 1 + (hash % 59), hour: 2 + (hash % 4) };
}

function foreignBot(system: System): string | null {
  return (
    system.project.existing.find(({ role, system: bot }) => role === 'update-bot' && bot !== 'dependabot')?.path ?? null
  );
}

function dependabotOf(system: System): readonly FileSpec[] {
  if (foreignBot(system)) return [];
  const { services, generators, layout, project } = system;
  const images = services.filter((service) => hasImage(system, service));
  const ecosystems = [
    ...entries(
      'npm',
      services
        .filter(({ packageManager }) => packageManager.name !== 'bun')
        .map(({ packageManager }) => packageManager.installRoot)
        .concat(runsOnAws(system) ? [layout.stacks] : [], services.some(preloads) ? [layout.telemetry] : []),
    ),
    ...entries(
      'bun',
      services
        .filter(({ packageManager }) => packageManager.name === 'bun')
        .map(({ packageManager }) => packageManager.installRoot),
    ),
    ...entries('github-actions', ['.']),
    ...entries(
      'docker',
      images.map(({ files }) => parent(files.dockerfile)),
    ),
    ...entries('docker-compose', generators.includes('compose') ? [parent(layout.compose)] : []),
  ];
  return [
    {
      path: layout.dependabot,
      template: 'security-scan/.github/dependabot.yml.ejs',
      view: { project: project.name, ecosystems },
    },
  ];
}

/** One entry for each folder, in Dependabot's spelling. */
function entries(name: string, folders: readonly string[]) {
  return [...new Set(folders)].sort().map((folder) => ({
    name,
    directory: folder === '.' ? '/' : `/${folder}`,
    packages: name === 'npm' || name === 'bun',
  }));
}

function parent(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}

function withoutCodeScanning(system: System): readonly NextStep[] {
  if (system.security.codeScanning) return [];
  return [
    {
      text: 'Code is not analysed statically: CodeQL and dependency review need GitHub Code Security in a private repository. With a licence, set security.codeScanning to true and run the set-up again; reports are kept as artifacts meanwhile.',
      standard: 'SEC-002',
    },
  ];
}

function otherBot(system: System): readonly NextStep[] {
  const path = foreignBot(system);
  if (path === null) return [];
  return [
    {
      text: `${path} already configures an update bot, so there is no ${system.layout.dependabot}. See that it covers packages, actions and images, and waits seven days before it takes a new release (minimumReleaseAge).`,
      standard: 'SEC-008',
    },
  ];
}

/** Trivy reads bun.lock, not the binary format before it. */
function binaryLocks(system: System): readonly NextStep[] {
  return system.services
    .filter(({ packageManager }) => packageManager.lockFile?.endsWith('bun.lockb'))
    .map(({ packageManager }) => ({
      text: `${packageManager.lockFile} is binary, and no scanner reads it: turn it into bun.lock, so that dependencies are checked.`,
      command: 'bun install --save-text-lockfile --frozen-lockfile --lockfile-only',
      standard: 'SEC-001',
    }));
}
