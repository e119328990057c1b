/** X-PINS: what is fetched from outside is fixed. GH-PIN-SHA, GH-PIN-COMMENT, GH-TOOLS-PINNED of `pipeline-rules.json`. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { record, text } from '../parse/plain.ts';
import type { Step, Workflow } from '../parse/workflow.ts';
import { composeOf, perInput, workflowsOf } from './places.ts';

/** X-PINS: actions by commit with their release beside it, images by digest. GH-PIN-SHA, GH-PIN-COMMENT, GH-TOOLS-PINNED. */
const pins: Check = {
  id: 'X-PINS',
  applies: (input) => workflowsOf(input).length > 0 || composeOf(input) !== null || 'nothing is fetched from outside',
  run: (input) => [
    ...workflowsOf(input).flatMap((workflow) => [
      ...workflow.steps.flatMap((step) => pinnedAction(input, workflow, step)),
      ...workflow.jobs.flatMap((job) =>
        Object.entries(job.services).flatMap(([name, value]) =>
          pinnedImage(
            workflow.path,
            () => workflow.yaml.line(['jobs', job.id, 'services', name, 'image']),
            text(record(value).image),
          ),
        ),
      ),
    ]),
    ...(composeOf(input)?.services ?? []).flatMap((service) =>
      service.build ? [] : pinnedImage(input.system.layout.compose, () => service.lineOf('image'), service.image),
    ),
  ],
};

function pinnedAction(input: CheckInput, workflow: Workflow, step: Step): readonly Defect[] {
  if (step.uses === null || step.uses.startsWith('./')) return [];
  const file = workflow.path;
  if (step.uses.startsWith('docker://')) {
    return pinnedImage(file, () => step.lineOf('uses'), step.uses.slice('docker://'.length));
  }
  const hint = 'Write name@<40 hexadecimal digits> # vX.Y.Z.';
  if (!/@[0-9a-f]{40}$/.test(step.uses)) {
    const message = `${step.uses} is not pinned to a commit: whoever moves its tag runs code here.`;
    return [{ file, line: step.lineOf('uses'), message, hint }];
  }
  const defects: Defect[] = [];
  const bare = bareUses(input)(file).get(step.uses);
  if (bare?.has(step.lineOf('uses'))) {
    const message = `Nobody can tell which release ${step.action} is: its tag is not beside the commit.`;
    defects.push({ file, line: step.lineOf('uses'), message, hint });
  }
  if (step.action === 'aquasecurity/trivy-action' && step.with.version === undefined) {
    const message = 'The version of Trivy is not pinned inside the pinned action.';
    defects.push({ file, line: step.line, message, hint: 'Set version.' });
  }
  return defects;
}

/** Path → `uses` → the lines where no release stands behind it. Comments are not part of the parsed data. */
const bareUses = perInput((input) => {
  const known = new Map<string, ReadonlyMap<string, ReadonlySet<number>>>();
  return (path: string): ReadonlyMap<string, ReadonlySet<number>> => {
    const found = known.get(path);
    if (found) return found;
    const made = new Map<string, Set<number>>();
    (input.artifact(path)?.text ?? '').split('\n').forEach((line, index) => {
      const [, uses = '', rest = ''] = /\buses:\s*["']?([^\s"']+)["']?(.*)$/.exec(line) ?? [];
      if (uses === '' || /#\s*v?\d+(\.\d+)*/.test(rest)) return;
      made.set(uses, (made.get(uses) ?? new Set()).add(index + 1));
    });
    known.set(path, made);
    return made;
  };
});

function pinnedImage(file: string, lineOf: () => number, image: string | null): readonly Defect[] {
  if (image === null || /@sha256:[0-9a-f]{64}$/.test(image)) return [];
  return [
    {
      file,
      line: lineOf(),
      message: `${image} is fixed by its tag only, and tags move.`,
      hint: 'Add the digest behind the tag: @sha256:….',
    },
  ];
}

export const pinChecks: readonly Check[] = [pins];
