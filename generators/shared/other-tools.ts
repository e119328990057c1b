/** What keeps the project's own tools away from our files: formatters, compilers, linters, workspaces. */
import type { NextStep } from '../../src/define.ts';
import type { FileSpec, System } from '../../src/model.ts';
import { runsOnAws } from './cloud.ts';
import { hasStack } from './local-stack.ts';
import { isObserved } from './observability-stack.ts';
import { preloads } from './telemetry.ts';

/** Additive edits of the tools' own files, where the project has them. */
export function otherTools(system: System): readonly FileSpec[] {
  const { prettier, biome, typescript, eslintIgnore } = system.project.tools;
  const code = codeFolders(system);
  const ignores = (path: string, paths: readonly string[]): FileSpec => ({
    path,
    template: 'configuration/prettierignore.ejs',
    view: { paths },
    ownership: 'merge:ignore-lines',
  });
  const excludes = (path: string, paths: readonly string[], merger: 'biome' | 'tsconfig'): FileSpec => ({
    path,
    template: 'configuration/biome.json.ejs',
    view: { paths },
    ownership: `merge:${merger}-excludes`,
  });
  const compilers = code.length === 0 ? [] : (typescript ?? []);
  return [
    ...(prettier ? [ignores('.prettierignore', formattedPaths(system))] : []),
    // Detection tells the version where it saw no file of settings.
    ...(biome ? [excludes(/\.jsonc?$/.test(biome) ? biome : 'biome.json', ['.devops', ...code], 'biome')] : []),
    ...(eslintIgnore && code.length > 0
      ? [
          ignores(
            eslintIgnore,
            code.map((path) => `/${path}/`),
          ),
        ]
      : []),
    ...compilers.map(({ path, defaults }) =>
      excludes(path, [...defaults.map((name) => `default ${name}`), ...code], 'tsconfig'),
    ),
  ];
}

/** What is code, and no tool can be told additively. */
export function toolSteps(system: System): readonly NextStep[] {
  const { project } = system;
  const code = codeFolders(system);
  if (code.length === 0) return [];
  const { eslintReadsTypescript: eslint, eslintIgnore, workspaceTakes = [] } = project.tools;
  const taken = workspaceTakes.filter((path) => code.includes(path));
  const where = project.workspace?.tool === 'pnpm' ? 'pnpm-workspace.yaml' : 'the workspaces of package.json';
  return [
    ...(eslint && !eslintIgnore
      ? [
          {
            text: `ESLint lints all TypeScript and JavaScript of the project: add \`{ ignores: ${JSON.stringify(code.map((path) => `${path}/**`))} }\` to ${eslint}, or it lints our code by your rules.`,
            standard: 'CI-001',
          },
        ]
      : []),
    ...(taken.length > 0
      ? [
          {
            text: `The patterns of your workspace take ${taken.join(' and ')} for ${taken.length > 1 ? 'members' : 'a member'}, and an install by the lock file fails then: add ${taken.map((path) => `"!${path}"`).join(' and ')} to ${where}.`,
            standard: 'CI-004',
          },
        ]
      : []),
  ];
}

/** Folders of ours with code and a package of their own. */
function codeFolders(system: System): readonly string[] {
  return [
    ...(runsOnAws(system) ? [system.layout.stacks] : []),
    ...(system.services.some(preloads) ? [system.layout.telemetry] : []),
  ];
}

/** What we write in languages that Prettier formats, by its own lights and the project's settings. */
function formattedPaths(system: System): readonly string[] {
  const { layout } = system;
  const of = (generator: string, ...paths: readonly (string | null)[]) =>
    system.generators.includes(generator) ? paths.filter((path) => path !== null) : [];
  const { config, ecsConfig, rules, recordingRules, alertRules, tests } = layout.prometheus;
  const paths = [
    '.devops/',
    ...of('ci-github', layout.ci, layout.dependabot),
    ...of('security-scan', layout.securityScan),
    ...(hasStack(system) ? [layout.compose] : []),
    layout.configuration,
    ...codeFolders(system).map((path) => `${path}/`),
    ...of('prometheus', config, runsOnAws(system) ? ecsConfig : null, recordingRules, alertRules, `${tests}/`),
    ...(layout.prometheus.alertRules === null ? of('prometheus', `${rules}/`) : []),
    ...of('alertmanager', layout.alertmanager.config),
    ...(isObserved(system) ? [layout.blackbox] : []),
    ...of('runbooks', `${layout.runbooks}/`),
  ];
  return [...new Set(paths.map((path) => `/${path}`))].sort();
}
