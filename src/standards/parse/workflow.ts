/** A GitHub workflow as typed data with lines. Lenient: what has another shape than it should is left out, and CI-017 says so. */
import { type Plain, record, text, texts } from './plain.ts';
import type { YamlFile } from './yaml.ts';

export type Step = Readonly<{
  job: string;
  index: number;
  name: string | null;
  id: string | null;
  uses: string | null;
  /** `uses` without what stands behind `@`. */
  action: string | null;
  with: Plain;
  run: string | null;
  env: Plain;
  if: string | null;
  continueOnError: boolean;
  /** Folder that `run` starts in; `.` is the root of the repository. */
  folder: string;
  line: number;
  lineOf: (key: string, inside?: number) => number;
}>;

export type Job = Readonly<{
  id: string;
  name: string | null;
  needs: readonly string[];
  if: string | null;
  timeout: number | null;
  /** Undefined where it says nothing. */
  permissions: unknown;
  services: Plain;
  env: Plain;
  outputs: Plain;
  environment: unknown;
  continueOnError: boolean;
  steps: readonly Step[];
  line: number;
  lineOf: (key: string) => number;
  data: Plain;
}>;

export type Workflow = Readonly<{
  path: string;
  yaml: YamlFile;
  data: Plain;
  on: ReadonlyMap<string, Plain>;
  jobs: readonly Job[];
  job: (id: string) => Job | null;
  /** Every job that has to end before this one starts. */
  ancestors: (id: string) => ReadonlySet<string>;
  steps: readonly Step[];
}>;

export function readWorkflow(yaml: YamlFile): Workflow {
  const data = record(yaml.data);
  const top = folderOf(data);
  const jobs = Object.entries(record(data.jobs)).map(([id, value]) => readJob(yaml, id, record(value), top));
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const ancestors = new Map<string, ReadonlySet<string>>();
  return {
    path: yaml.path,
    yaml,
    data,
    on: triggers(data.on),
    jobs,
    job: (id) => byId.get(id) ?? null,
    ancestors: (id) => {
      const found = ancestors.get(id) ?? ancestorsOf(byId, id);
      ancestors.set(id, found);
      return found;
    },
    steps: jobs.flatMap((job) => job.steps),
  };
}

function readJob(yaml: YamlFile, id: string, data: Plain, top: string | null): Job {
  const folder = folderOf(data) ?? top ?? '.';
  const steps = Array.isArray(data.steps) ? data.steps : [];
  return {
    id,
    name: text(data.name),
    needs: texts(data.needs),
    if: text(data.if),
    timeout: typeof data['timeout-minutes'] === 'number' ? data['timeout-minutes'] : null,
    permissions: data.permissions,
    services: record(data.services),
    env: record(data.env),
    outputs: record(data.outputs),
    environment: data.environment,
    continueOnError: isTrue(data['continue-on-error']),
    steps: steps.map((value, index) => readStep(yaml, id, index, record(value), folder)),
    get line() {
      return yaml.line(['jobs', id]);
    },
    lineOf: (key) => yaml.line(['jobs', id, key]),
    data,
  };
}

function readStep(yaml: YamlFile, job: string, index: number, data: Plain, folder: string): Step {
  const place = ['jobs', job, 'steps', index];
  const uses = text(data.uses);
  return {
    job,
    index,
    name: text(data.name),
    id: text(data.id),
    uses,
    action: uses?.split('@')[0] ?? null,
    with: record(data.with),
    run: text(data.run),
    env: record(data.env),
    if: text(data.if),
    continueOnError: isTrue(data['continue-on-error']),
    folder: (text(data['working-directory']) ?? folder).replace(/^\.\/(?=.)|\/$/g, ''),
    get line() {
      return yaml.line(place);
    },
    lineOf: (key, inside) =>
      inside === undefined ? yaml.line([...place, ...key.split('/')]) : yaml.lineInside([...place, key], inside),
  };
}

function folderOf(data: Plain): string | null {
  return text(record(record(data.defaults).run)['working-directory']);
}

function triggers(on: unknown): ReadonlyMap<string, Plain> {
  if (typeof on === 'string' || Array.isArray(on)) return new Map(texts(on).map((event) => [event, {}]));
  return new Map(Object.entries(record(on)).map(([event, value]) => [event, record(value)]));
}

/** An expression may be true as well. */
function isTrue(value: unknown): boolean {
  return value !== undefined && value !== false && value !== 'false';
}

function ancestorsOf(jobs: ReadonlyMap<string, Job>, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(jobs.get(id)?.needs ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(jobs.get(next)?.needs ?? []));
  }
  return found;
}
