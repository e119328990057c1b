/** The CDKTF application of a fixture as a user would have it on the disk, with packages that were installed once. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cdktfAws } from '../../generators/cdktf-aws.ts';
import { generators } from '../../generators/index.ts';
import { detect } from '../../src/core/detect/index.ts';
import { pinsFrom } from '../../src/core/pins.ts';
import { houseQuestions } from '../../src/core/questions/index.ts';
import { renderFile } from '../../src/core/render/render.ts';
import { resolve } from '../../src/core/resolve/index.ts';
import { buildSystem } from '../../src/core/system/index.ts';
import * as pinData from '../../src/generated/pins.ts';
import { templates } from '../../src/generated/templates.ts';
import type { ProjectFiles, System } from '../../src/model.ts';
import { type RunResult, runFile } from '../tools/judges.ts';
import { git } from './project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `stacks` is the folder of the application. */
export type App = Readonly<{ system: System; stacks: string; remove: () => void }>;

/** Stack → what Terraform reads. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of hundreds of kinds of resources
export type Synthesized = ReadonlyMap<string, any>;

/** Packages of the flavour that is a dependency of this repository. */
export const OWN_MODULES = join(ROOT, 'node_modules');

export const pins = pinsFrom(pinData);

/** Only the files of this generator, for a System in which all generators run. `modules` is a node_modules that is there already. */
export function emitApp(
  fixture: string,
  { flags = {}, modules = OWN_MODULES }: { flags?: Readonly<Record<string, string>>; modules?: string } = {},
): App {
  const folder = join(ROOT, 'test/fixtures', fixture);
  const system = systemOf(folder, fixture, flags);
  const root = mkdtempSync(join(tmpdir(), `create-devops-setup-stacks-${fixture}-`));
  for (const spec of cdktfAws.files({ system, answers: {}, outputs: {}, pins })) {
    const { path, text, mode } = renderFile(templates, cdktfAws.id, spec);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  }
  const stacks = join(root, system.layout.stacks);
  if (!existsSync(stacks)) throw new Error(`${fixture}: no stacks were emitted`);
  symlinkSync(modules, join(stacks, 'node_modules'));
  return { system, stacks, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The same application in a folder of its own, so that it can be changed. */
export function copyApp(app: App): App {
  const stacks = mkdtempSync(join(tmpdir(), 'create-devops-setup-stacks-copy-'));
  cpSync(app.stacks, stacks, { recursive: true, verbatimSymlinks: true });
  return { ...app, stacks, remove: () => rmSync(stacks, { recursive: true, force: true }) };
}

/** Changes a file as a user would; what is not there cannot be changed. */
export function edit(app: App, path: string, from: string, to: string): void {
  const place = join(app.stacks, path);
  const before = readFileSync(place, 'utf8');
  if (!before.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(place, before.replace(from, to));
}

/** The configuration with a domain: only then are there a certificate, a firewall and a load balancer that faces the internet. */
export function giveDomain(app: App): void {
  edit(app, 'config/base.ts', 'domain: null', "domain: { name: 'orders.example.com', hostedZoneId: 'Z0123456789ABC' }");
}

/** One of its npm scripts. What this test run is told by its environment is none of the application's business. */
export function npm(
  app: Pick<App, 'stacks'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const ours = Object.keys(process.env).filter((name) => /^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|CI$|npm_)/.test(name));
  const without = Object.fromEntries(ours.map((name) => [name, undefined]));
  return runFile('npm', args, { cwd: app.stacks, env: { ...without, NO_COLOR: '1', ...env } });
}

/** What `npm run synth` left, without the metadata of the constructs. */
export function synthesized(app: App): Synthesized {
  const folder = join(app.stacks, 'cdktf.out/stacks');
  const parse = (stack: string) => JSON.parse(readFileSync(join(folder, stack, 'cdk.tf.json'), 'utf8'), dropMetadata);
  return new Map(
    readdirSync(folder)
      .sort()
      .map((stack) => [stack, parse(stack)]),
  );
}

function dropMetadata(key: string, value: unknown): unknown {
  return key === '//' ? undefined : value;
}

/** Detection, the given answers and the model: the tool's own first steps, on a clone of `acme/<fixture>`. */
function systemOf(dir: string, name: string, flags: Readonly<Record<string, string>>): System {
  const list = walk(dir, '');
  const files: ProjectFiles = {
    list: () => list,
    exists: (path) => existsSync(join(dir, path)),
    mode: (path) => (list.includes(path) ? 0o644 : null),
    read: (path) => (list.includes(path) ? readFileSync(join(dir, path), 'utf8') : null),
  };
  const clone = git({
    HEAD: 'ref: refs/heads/main\n',
    'refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/main\n',
    config: `[remote "origin"]\n\turl = https://github.com/acme/${name}.git\n`,
  });
  const resolution = resolve(detect(files, clone), houseQuestions(generators), {
    flags: new Map(Object.entries(flags)),
    prompted: new Map(),
    answersFile: null,
    config: null,
  });
  const tool = { name: 'create-devops-setup', version: '0.0.0' };
  return buildSystem({ facts: detect(files, clone), resolution, generators, pins, tool, pinned: {} });
}

function walk(dir: string, prefix: string): string[] {
  return readdirSync(join(dir, prefix), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? walk(dir, path) : [path];
    })
    .sort();
}
