/** AWS stacks: a small application that synthesizes plain Terraform for three environments. */
import { posix } from 'node:path';
import { defineGenerator, type Pins } from '../src/define.ts';
import type { Environment, FileSpec, System, View } from '../src/model.ts';
import { cloudServices } from './shared/cloud.ts';
import { stackFacts } from './shared/stacks/facts.ts';
import { stackFiles } from './shared/stacks/files.ts';
import { guideView } from './shared/stacks/guide.ts';
import { stackSteps } from './shared/stacks/next-steps.ts';
import { scannerView } from './shared/stacks/scanner.ts';

export const cdktfAws = defineGenerator({
  id: 'cdktf-aws',
  title: 'AWS stacks',
  summary: 'infrastructure/cdktf: network, data, service and bootstrap stacks for three environments, with tests',
  applies: (system) => {
    if (system.infrastructure.target !== 'aws-ecs-fargate') return 'nothing is deployed to AWS (infrastructure.target)';
    return cloudServices(system).length > 0 || 'no service runs for long, so there is nothing to deploy';
  },
  files: ({ system, pins }) => [...code(system), ...settings(system), ...project(system, pins)],
  nextSteps: ({ system }) => stackSteps(system),
});

/** Sources that are the same in every project: what is different stands in the configuration. */
function code(system: System): readonly FileSpec[] {
  return stackFiles.map((path) => file(system, path, {}));
}

/** The facts of the application, and one file for each environment. IAC-003 IAC-011 */
function settings(system: System): readonly FileSpec[] {
  const { budget } = system.infrastructure;
  return [
    file(system, 'config/services.json', stackFacts(system)),
    file(system, 'config/base.ts', { budget }),
    ...system.environments.map((environment) => file(system, `config/${environment.name}.ts`, sizes(environment))),
  ];
}

function sizes({ cidr, task }: Environment): View {
  return { cidr, cpu: task.cpu, memory: task.memory };
}

/** What makes it a project of its own: packages, compiler, guide, and what git and a scanner leave out. */
function project(system: System, pins: Pins): readonly FileSpec[] {
  const { slug } = system.project;
  const { manifest, lock } = pins.npmProject(system.infrastructure.cdk, `${slug}-infrastructure`);
  return [
    file(system, 'package.json', { manifest }),
    file(system, 'package-lock.json', { lock }),
    file(system, 'cdktf.json', { project: slug }),
    file(system, '.gitignore', {}, 'gitignore'),
    file(system, '.checkov.yaml', scannerView(system), 'checkov.yaml'),
    file(system, 'README.md', guideView(system)),
  ];
}

/** Templates stand where the files stand in the folder of the stacks; `name` where git or a scanner would take the template for its own file. */
function file(system: System, path: string, view: View, name = path): FileSpec {
  return { path: posix.join(system.layout.stacks, path), template: `cdktf-aws/${name}.ejs`, view };
}
