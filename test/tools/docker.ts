import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { baseFor, imagesOf } from './docker-bases.ts';
import { judgesDir, type RunOptions, type RunResult, requireJudge, run, runFile } from './judges.ts';

/**
 * The private Docker engine of tools/docker-engine.sh, for tests that build and run what was generated.
 *
 * It starts with the first call and belongs to the test run: a process beside it stops it, and removes the containers,
 * networks, volumes and tagged images of the run, when the run is over, however it ended. Base images and the build
 * cache stay for the next run. Nothing here listens on TCP except what a test itself publishes.
 */

const TOOLS = fileURLToPath(new URL('../../tools/', import.meta.url));

export type BuildSource = {
  contextDir: string;
  /** Path of the Dockerfile, relative to the context. */
  dockerfile?: string;
  buildArgs?: Record<string, string>;
  /** Stand-ins beside the look-alikes that are found by themselves: image reference → local image. */
  buildContexts?: Record<string, string>;
};
export type CheckFinding = { rule: string; line: number; message: string };
export type Container = { name: string; image: string };

let starting: Promise<void> | undefined;
const bases = new Map<string, Promise<void>>();

/** Runs the docker client against the private engine, which it starts on the first call. */
export async function docker(args: readonly string[], options?: RunOptions): Promise<RunResult> {
  starting ??= startEngine();
  await starting;
  return run('docker', args, options);
}

/** As `docker`, where anything but success is an error. */
export async function dockerOrThrow(args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await docker(args, options);
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit code ${code}\n${(stderr || stdout).slice(-4000)}`);
  return stdout.trim();
}

/** Makes the look-alike of a public image where it is missing, and gives its local tag. */
export async function ensureBase(reference: string): Promise<string> {
  const base = baseFor(reference);
  if (base === undefined) {
    throw new Error(`There is no look-alike for the image ${reference}: see tools/base-image.sh --list`);
  }
  const [plain = ''] = reference.split('@');
  const key = `${base.tag} ${plain}`;
  const making = bases.get(key) ?? makeBase(base.kind, base.version, [base.tag, plain]);
  bases.set(key, making);
  await making;
  return base.tag;
}

/** Builds a Dockerfile as it stands, its bases replaced on the command line. */
export async function buildImage(
  source: BuildSource & { tag: string; target?: string; noCache?: boolean },
): Promise<{ id: string; ms: number; log: string }> {
  const began = performance.now();
  const { id, log } = await withDockerfile(source, async (args) => {
    const options = ['--network', 'host', '--progress', 'plain', '--provenance=false', '--tag', source.tag];
    if (source.target !== undefined) options.push('--target', source.target);
    if (source.noCache === true) options.push('--no-cache');
    appendFileSync(join(engineDir(), 'run', 'tags'), `${source.tag}\n`); // taken off when the engine stops
    const { code, stderr } = await docker(['buildx', 'build', ...options, ...args], { timeoutMs: 900_000 });
    if (code !== 0) throw new Error(`docker build of ${source.tag}: exit code ${code}\n${stderr.slice(-6000)}`);
    return { id: await dockerOrThrow(['image', 'inspect', '--format', '{{.Id}}', source.tag]), log: stderr };
  });
  return { id, log, ms: performance.now() - began };
}

/** `docker build --check`: what BuildKit itself says about a Dockerfile, with the lines of the original file. */
export async function check(source: BuildSource): Promise<CheckFinding[]> {
  return withDockerfile(source, async (args, removedLines) => {
    const { stdout, stderr } = await docker(['buildx', 'build', '--call=check,format=json', ...args]);
    if (!stdout.trimStart().startsWith('{'))
      throw new Error(`docker build --check gave no answer:\n${stderr.slice(-4000)}`);
    const answer: CheckAnswer = JSON.parse(stdout);
    const line = (ranges?: Ranges): number => (ranges?.[0]?.start.line ?? 0) + removedLines;
    const findings = (answer.warnings ?? []).map((warning) => ({
      rule: warning.ruleName,
      line: line(warning.location?.ranges),
      message: warning.detail ?? warning.description ?? '',
    }));
    const failure = answer.buildError;
    if (failure !== undefined)
      findings.push({ rule: 'BuildError', line: line(failure.location?.ranges), message: failure.message });
    return findings;
  });
}
type Ranges = { start: { line: number } }[];
type CheckAnswer = {
  warnings?: { ruleName: string; description?: string; detail?: string; location?: { ranges?: Ranges } }[];
  buildError?: { message: string; location?: { ranges?: Ranges } };
};

/** Runs an image as production should: nothing writable but /tmp, no capability, no new privilege, little memory. */
export async function runHardened(
  image: string,
  options: {
    env?: Record<string, string>;
    memory?: string;
    args?: readonly string[];
    command?: readonly string[];
  } = {},
): Promise<Container> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const env = Object.entries(options.env ?? {}).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const hardened = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const limits = ['--memory', options.memory ?? '512m', '--network', 'host'];
  await dockerOrThrow([
    ...['run', '--detach', '--name', name, ...hardened, ...limits, ...env, ...(options.args ?? [])],
    ...[image, ...(options.command ?? [])],
  ]);
  return { name, image };
}

/** Stops a container as an orchestrator does, takes the time, and removes it. */
export async function stopAndInspect(
  container: Container,
  graceSeconds = 10,
): Promise<{ ms: number; exitCode: number; oomKilled: boolean; logs: string }> {
  const began = performance.now();
  await dockerOrThrow(['stop', '--time', String(graceSeconds), container.name]);
  const ms = performance.now() - began;
  const state = JSON.parse(await dockerOrThrow(['inspect', '--format', '{{json .State}}', container.name]));
  const logs = await docker(['logs', container.name]);
  await dockerOrThrow(['rm', '--force', '--volumes', container.name]);
  return { ms, exitCode: state.ExitCode, oomKilled: state.OOMKilled, logs: logs.stdout + logs.stderr };
}

/** What the kernel says about the first process of a running container. */
export async function processFacts(container: Container): Promise<Record<string, string>> {
  const pid = await dockerOrThrow(['inspect', '--format', '{{.State.Pid}}', container.name]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Object.fromEntries([...status.matchAll(/^(\w+):\s*(.*)$/gm)].map((match) => [match[1], match[2]]));
}

/** Waits for an address to answer with success. */
export async function waitForHttp(url: string, timeoutMs = 30_000): Promise<Response> {
  const deadline = performance.now() + timeoutMs;
  for (let last: unknown; ; await sleep(100)) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return response;
      last = `status ${response.status}`;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`${url} does not answer within ${timeoutMs} ms`, { cause: last });
  }
}

/** A port of this machine that is free now: containers share the machine's network. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Calls `use` with the arguments that build a Dockerfile here: bases replaced, `# syntax=` taken off a copy. */
export async function withDockerfile<T>(
  source: BuildSource,
  use: (args: string[], removedLines: number) => Promise<T>,
): Promise<T> {
  const named = source.dockerfile ?? 'Dockerfile';
  const original = isAbsolute(named) ? named : join(source.contextDir, named);
  const text = readFileSync(original, 'utf8');
  // The front end that this line names is an image too, and would be pulled.
  const copied = text.replace(/^#\s*syntax\s*=.*\r?\n/im, '');
  const contexts = new Map(Object.entries(source.buildContexts ?? {}));
  for (const image of imagesOf(text, source.buildArgs)) {
    if (!contexts.has(image)) contexts.set(image, await ensureBase(image));
  }
  const dir = mkdtempSync(join(tmpdir(), 'create-devops-setup-build-'));
  try {
    const copy = join(dir, 'Dockerfile');
    writeFileSync(copy, copied);
    // An ignore file of its own stands beside a Dockerfile, and wins over the context's.
    if (existsSync(`${original}.dockerignore`)) copyFileSync(`${original}.dockerignore`, `${copy}.dockerignore`);
    const args = ['--file', copy];
    for (const [image, local] of contexts) args.push('--build-context', `${image}=docker-image://${local}`);
    for (const [key, value] of Object.entries(source.buildArgs ?? {})) args.push('--build-arg', `${key}=${value}`);
    return await use([...args, source.contextDir], copied === text ? 0 : 1);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function makeBase(kind: string, version: string, tags: readonly string[]): Promise<void> {
  await docker(['version']);
  const wanted = version === '' ? kind : `${kind}:${version}`;
  const script = join(TOOLS, 'base-image.sh');
  const { code, stderr } = await runFile(script, [wanted, requireJudge('docker'), ...tags], { timeoutMs: 900_000 });
  if (code !== 0) throw new Error(`base-image.sh ${wanted}: exit code ${code}\n${stderr.slice(-2000)}`);
}

function engineDir(): string {
  return join(judgesDir(), 'engine');
}

async function startEngine(): Promise<void> {
  requireJudge('docker');
  const args = ['start', engineDir(), '--owner', String(testRun())];
  const { code, stderr } = await runFile(join(TOOLS, 'docker-engine.sh'), args);
  if (code !== 0) throw new Error(`the private Docker engine does not start\n${stderr}`);
}

/** The process whose end is the end of the test run: runners start a process per test file, and outlive it. */
function testRun(): number {
  const isChild = process.env.NODE_TEST_CONTEXT !== undefined || process.env.VITEST !== undefined;
  return isChild && isMainThread ? process.ppid : process.pid;
}
