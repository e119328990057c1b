/** Artifacts → what checks look at: roles by the System, every file parsed once, also over two looks at the same text. */
import type { System } from '../model.ts';
import type { CheckInput, CheckRequest, Parsed, Parser, Role, RoledArtifact } from './check.ts';
import { type ComposeFile, readCompose } from './parse/compose.ts';
import { parseDockerfile } from './parse/dockerfile.ts';
import { readWorkflow, type Workflow } from './parse/workflow.ts';
import { parseYaml } from './parse/yaml.ts';

/** Parses for as many looks as are taken: a path whose text is the same as before is not parsed again. */
export function openParser(): Parser {
  return { yaml: lastText(parseYaml), dockerfile: lastText(parseDockerfile) };
}

export function checkInput(request: CheckRequest): CheckInput {
  const { system, artifacts, exists, expected = [], place = (path) => path, parser = openParser() } = request;
  const roles = rolesOf(system);
  const roled = artifacts
    .map((artifact): RoledArtifact => ({ ...artifact, role: roles(artifact.path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const byPath = new Map(roled.map((artifact) => [artifact.path, artifact]));
  const textOf = (path: string) => byPath.get(path)?.text ?? null;
  const problems: { file: string; line: number; message: string }[] = [];

  const parsed = <T>(parse: (path: string, text: string) => Parsed<T>) =>
    once((path): T | null => {
      const text = textOf(path);
      if (text === null) return null;
      const result = parse(path, text);
      for (const problem of result.problems) problems.push({ file: path, ...problem });
      return result.file;
    });
  const yaml = parsed(parser.yaml);
  const dockerfile = parsed(parser.dockerfile);
  const workflow = once((path): Workflow | null => {
    const file = yaml(path);
    return file && readWorkflow(file);
  });
  const compose = once((path): ComposeFile | null => {
    const file = yaml(path);
    return file && readCompose(file);
  });
  return {
    system,
    artifacts: roled,
    artifact: (path) => byPath.get(path) ?? null,
    byRole: (role) => roled.filter((artifact) => artifact.role === role),
    exists: (path) => byPath.has(path) || exists(path),
    expected: [...expected].sort(),
    place,
    yaml,
    dockerfile,
    workflow,
    compose,
    syntax: () => {
      for (const { path, role } of roled) {
        if (YAML_ROLES.has(role) || /\.ya?ml$/.test(path)) yaml(path);
        if (role === 'dockerfile') dockerfile(path);
      }
      return problems;
    },
  };
}

const YAML_ROLES: ReadonlySet<Role> = new Set(['ci', 'security-scan', 'dependabot', 'compose']);

/** Path → role. The System decides; only what has a fixed name everywhere is known by it. */
function rolesOf({ layout, services }: System): (path: string) => Role {
  const fixed = new Map<string, Role>([
    ...services.flatMap(({ files }): [string, Role][] => [
      [files.dockerfile, 'dockerfile'],
      [files.dockerignore, 'dockerignore'],
      ...(files.dockerignoreCopy ? [[files.dockerignoreCopy, 'dockerignore'] as [string, Role]] : []),
    ]),
    [layout.ci, 'ci'],
    [layout.securityScan, 'security-scan'],
    [layout.dependabot, 'dependabot'],
    [layout.compose, 'compose'],
    [layout.configuration, 'configuration'],
  ]);
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const known = fixed.get(path);
    if (known) return known;
    if (name === '.gitignore') return 'gitignore';
    if (name === '.trivyignore') return 'scan-ignore';
    return /^\.env\.(example|sample|template|dist)$/.test(name) ? 'env-sample' : 'other';
  };
}

function once<T>(make: (path: string) => T): (path: string) => T {
  const made = new Map<string, T>();
  return (path) => {
    if (!made.has(path)) made.set(path, make(path));
    return made.get(path) as T;
  };
}

function lastText<T>(parse: (path: string, text: string) => T): (path: string, text: string) => T {
  const last = new Map<string, Readonly<{ text: string; result: T }>>();
  return (path, text) => {
    const known = last.get(path);
    if (known?.text === text) return known.result;
    const result = parse(path, text);
    last.set(path, { text, result });
    return result;
  };
}
