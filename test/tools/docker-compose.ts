import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, docker, dockerOrThrow, ensureBase } from './docker.ts';
import type { RunResult } from './judges.ts';

/** A Compose project as it was generated, run on the private engine. */
export type ComposeProject = {
  name: string;
  /** `docker compose <args>`: exit code and output, findings are no exception. */
  compose(args: readonly string[]): Promise<RunResult>;
  /** Builds and starts everything and waits until it is healthy; an error carries the services' logs. */
  up(services?: readonly string[]): Promise<void>;
  /** Takes everything down with its volumes, and tells what is left of it, which should be nothing. */
  down(): Promise<string[]>;
};

export type ComposeOptions = {
  dir: string;
  /** Compose files, relative to the folder; Compose finds its default names by itself. */
  files?: readonly string[];
  profiles?: readonly string[];
  env?: Record<string, string>;
  /** Stand-ins beside the look-alikes: image reference → local image. */
  images?: Record<string, string>;
};

type Service = {
  image?: string;
  build?: { context: string; dockerfile?: string; target?: string; args?: Record<string, string> };
};

/**
 * Opens a project. An override file beside the user's own replaces images by look-alikes and builds by images that are
 * built beforehand: Compose cannot be told of stand-ins for a Dockerfile's bases in any other way that leaves it as it is.
 */
export async function openCompose(options: ComposeOptions): Promise<ComposeProject> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  const work = mkdtempSync(join(tmpdir(), 'create-devops-setup-compose-'));
  const override = join(work, 'override.yaml');
  const run = (args: readonly string[], extra: readonly string[] = []): Promise<RunResult> =>
    docker(['compose', '--project-name', name, ...filesOf(options, extra), ...profilesOf(options), ...args], {
      cwd: options.dir,
      timeoutMs: 600_000,
      ...(options.env === undefined ? {} : { env: options.env }),
    });
  const listed = await run(['config', '--format', 'json']);
  if (listed.code !== 0) throw new Error(`docker compose config: exit code ${listed.code}\n${listed.stderr}`);
  const services: Record<string, Service> = JSON.parse(listed.stdout).services;
  let prepared: Promise<void> | undefined;
  const compose = async (args: readonly string[]): Promise<RunResult> => {
    prepared ??= prepare(name, services, options, override);
    await prepared;
    return run(args, [override]);
  };
  return {
    name,
    compose,
    async up(only = []) {
      const { code, stderr } = await compose(['up', '--detach', '--wait', '--pull', 'never', '--no-build', ...only]);
      if (code === 0) return;
      const logs = await compose(['logs', '--no-color', '--tail', '30']);
      throw new Error(
        `docker compose up --wait: exit code ${code}\n${stderr.slice(-3000)}\n${logs.stdout.slice(-6000)}`,
      );
    },
    async down() {
      const { code, stderr } = await compose(['down', '--volumes', '--remove-orphans', '--timeout', '10']);
      rmSync(work, { recursive: true, force: true });
      return [...(code === 0 ? [] : [`exit code ${code}: ${stderr.trim()}`]), ...(await remains(name))];
    },
  };
}

async function prepare(
  project: string,
  services: Record<string, Service>,
  options: ComposeOptions,
  override: string,
): Promise<void> {
  const lines = ['services:'];
  for (const [service, { image, build }] of Object.entries(services)) {
    let local: string;
    if (build === undefined) {
      local = options.images?.[image ?? ''] ?? (await ensureBase(image ?? ''));
    } else {
      local = `${project}/${service}:test`;
      const { context, dockerfile, target, args } = build;
      await buildImage({
        tag: local,
        contextDir: context,
        ...(dockerfile === undefined ? {} : { dockerfile }),
        ...(target === undefined ? {} : { target }),
        ...(args === undefined ? {} : { buildArgs: args }),
        ...(options.images === undefined ? {} : { buildContexts: options.images }),
      });
    }
    lines.push(`  ${JSON.stringify(service)}:`, `    image: ${JSON.stringify(local)}`, '    pull_policy: never');
    if (build !== undefined) lines.push('    build: !reset null');
  }
  writeFileSync(override, `${lines.join('\n')}\n`);
}

/** Containers, networks and volumes that still carry the project's label. */
async function remains(project: string): Promise<string[]> {
  const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${project}`];
  const kinds = [
    ['container', 'ls', '--all'],
    ['network', 'ls'],
    ['volume', 'ls'],
  ];
  const left: string[] = [];
  for (const [kind = '', ...list] of kinds) {
    const ids = await dockerOrThrow([kind, ...list, ...filter]);
    left.push(
      ...ids
        .split('\n')
        .filter((id) => id !== '')
        .map((id) => `${kind} ${id}`),
    );
  }
  return left;
}

const profilesOf = ({ profiles = [] }: ComposeOptions): string[] => profiles.flatMap((name) => ['--profile', name]);

/** With an override every file must be named: Compose looks for its default names only when none is given. */
function filesOf({ files }: ComposeOptions, extra: readonly string[]): string[] {
  if (files === undefined && extra.length === 0) return [];
  return [...(files ?? ['compose.yaml']), ...extra].flatMap((file) => ['--file', file]);
}
