/** Permissions, pins, secrets, injection: what an attacker would look for. */

import actions from './actions.json' with { type: 'json' };
import { each, type Rule } from './types.ts';
import { actionOf, deploys, jobsOf, publishes, type Step, stepsOf } from './workflow.ts';

type Known = Readonly<{
  known: readonly Readonly<{ sha: string; tag: string; runtime: string }>[];
  inputs: Readonly<{ required: readonly string[]; deprecated: readonly string[]; all: readonly string[] }>;
}>;
const ACTIONS = actions as Readonly<Record<string, Known>>;

/** Scope → does this step need it. */
const NEEDS: Readonly<Record<string, (step: Step) => boolean>> = {
  contents: (step) => /^actions\/(checkout|dependency-review-action)$/.test(actionOf(step)),
  'pull-requests': (step) => actionOf(step) === 'dorny/paths-filter',
  'security-events': (step) => actionOf(step).startsWith('github/codeql-action/'),
  issues: (step) => /\bgh issue\b/.test(step.run ?? ''),
  'id-token': (step) => /^(aws-actions|azure\/login|google-github-actions)/.test(actionOf(step)),
};

const CLOUD_KEYS = /AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|KUBECONFIG|AZURE_CREDENTIALS|GOOGLE_CREDENTIALS|GCP_SA_KEY/i;

const usesOf = (text: string) => [...text.matchAll(/^\s*(?:- )?uses: (\S+?)@(\S+)(?: # (\S+))?\s*$/gm)];

export const SAFETY: readonly Rule[] = [
  each('GH-PERM-TOP', ({ permissions }) => {
    if (permissions === undefined) return ['no permissions at the top'];
    const wide = typeof permissions === 'string' ? [permissions] : Object.values(permissions);
    return wide.some((scope) => !['read', 'none'].includes(scope)) ? ['more than reading is allowed at the top'] : [];
  }),
  each('GH-PERM-JOB', (workflow) =>
    jobsOf(workflow).flatMap(([id, job]) => {
      if (job.permissions === undefined) return [`${id} declares no permissions`];
      if (typeof job.permissions === 'string') return [`${id} takes ${job.permissions}`];
      return Object.keys(job.permissions)
        .filter((scope) => !(job.steps ?? []).some((step) => NEEDS[scope]?.(step)))
        .map((scope) => `${id} takes ${scope}, which no step needs`);
    }),
  ),
  each('GH-PERM-COMMENT', ({ text }) =>
    [...text.matchAll(/^\s+([a-z-]+): (read|write)(.*)$/gm)]
      .filter(([, , , rest = '']) => !/ # \S/.test(rest))
      .map(([line]) => `"${line.trim()}" does not say why`),
  ),
  each('GH-PIN-SHA', (workflow) => [
    ...stepsOf(workflow)
      .map(({ step }) => step.uses ?? '')
      .filter((uses) => uses !== '' && !uses.startsWith('./'))
      .filter((uses) => !(uses.startsWith('docker://') ? /@sha256:[0-9a-f]{64}$/ : /@[0-9a-f]{40}$/).test(uses)),
    ...jobsOf(workflow)
      .flatMap(([, job]) => Object.values(job.services ?? {}).map(({ image }) => image))
      .filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image)),
  ]),
  each('GH-PIN-COMMENT', ({ text }) =>
    usesOf(text).flatMap(([, name = '', sha, comment]) => {
      const pin = ACTIONS[name]?.known.find((known) => known.sha === sha);
      return pin && pin.tag !== comment ? [`${name} says ${comment ?? 'nothing'}, and is ${pin.tag}`] : [];
    }),
  ),
  each('GH-PIN-KNOWN', ({ text }) =>
    usesOf(text)
      .filter(([, name = '', sha]) => !ACTIONS[name]?.known.some((known) => known.sha === sha))
      .map(([, name, sha]) => `${name}@${sha} is not a known pin`),
  ),
  each('GH-INPUTS', (workflow) =>
    stepsOf(workflow).flatMap(({ step }) => {
      const inputs = ACTIONS[actionOf(step)]?.inputs;
      if (!inputs) return [];
      const given = Object.keys(step.with ?? {});
      return [
        ...given.filter((key) => !inputs.all.includes(key)).map((key) => `${actionOf(step)} has no input ${key}`),
        ...given
          .filter((key) => inputs.deprecated.includes(key))
          .map((key) => `${actionOf(step)}: ${key} is deprecated`),
        ...inputs.required.filter((key) => !given.includes(key)).map((key) => `${actionOf(step)} wants ${key}`),
      ];
    }),
  ),
  each('GH-RUNTIME', ({ text }) =>
    usesOf(text).flatMap(([, name = '', sha]) => {
      const pin = ACTIONS[name]?.known.find((known) => known.sha === sha);
      return pin && /^node(12|16|20)$/.test(pin.runtime) ? [`${name} runs on ${pin.runtime}`] : [];
    }),
  ),
  each('GH-CHECKOUT-CREDS', (workflow) =>
    stepsOf(workflow)
      .filter(({ step }) => actionOf(step) === 'actions/checkout' && step.with?.['persist-credentials'] !== false)
      .map(({ id }) => `${id} keeps the token in .git/config`),
  ),
  each('GH-INJECT', (workflow) =>
    stepsOf(workflow)
      .filter(({ step }) => `${step.run ?? ''}${step.with?.script ?? ''}`.includes('${{'))
      .map(({ id, step }) => `${id}: "${step.name}" pastes an expression into a script`),
  ),
  each('GH-TRIGGER', ({ on, text }) => [
    ...['pull_request_target', 'workflow_run'].filter((event) => event in on),
    ...(text.includes('allow-unsafe-pr-checkout') ? ['allow-unsafe-pr-checkout'] : []),
  ]),
  each('GH-OIDC', (workflow) => [
    ...(CLOUD_KEYS.test(workflow.text) ? ['a long-lived cloud key'] : []),
    ...jobsOf(workflow)
      .filter(([, job]) => typeof job.permissions === 'object' && 'id-token' in job.permissions && !deploys(job))
      .map(([id]) => `${id} asks for an identity and deploys nothing`),
  ]),
  each('GH-SECRETS', (workflow, { project }) => [
    ...(/secrets: inherit|toJSON\(secrets\)|fromJSON\(secrets/i.test(workflow.text) ? ['all secrets at once'] : []),
    ...jobsOf(workflow).flatMap(([id, { steps = [], ...job }]) => [
      ...(/secrets\./.test(JSON.stringify(job)) ? [`${id}: every step sees a secret`] : []),
      ...steps.flatMap(({ env, with: input, ...step }) => {
        // Tokens of a registry are for pull requests too, so no environment can hold them.
        const place = JSON.stringify({ env, build: input?.secrets });
        const elsewhere = JSON.stringify({ ...step, with: { ...input, secrets: undefined } });
        const names = [...place.matchAll(/secrets\.(\w+)/g)].map(([, name = '']) => name);
        return [
          ...(/secrets\./.test(elsewhere) ? [`${id}: "${step.name}" has a secret outside its env`] : []),
          ...names
            .filter((name) => !project.registryTokens.includes(name) && !job.environment)
            .map((name) => `${id}: ${name} is in reach of every branch`),
        ];
      }),
    ]),
  ]),
  each('GH-CACHE-RELEASE', (workflow) =>
    jobsOf(workflow)
      .filter(([, job]) => publishes(job))
      .filter(([, { steps = [] }]) =>
        steps.some((step) => step.with?.cache || step.with?.['cache-from'] || actionOf(step) === 'actions/cache'),
      )
      .map(([id]) => `${id} publishes what a cache may have changed`),
  ),
  each('GH-SELF-REPO', (workflow) =>
    stepsOf(workflow)
      .filter(({ step }) => step.uses?.startsWith('$/'))
      .map(({ id }) => `${id} uses $/, which actionlint up to 1.7.7 refuses`),
  ),
  each('GH-SUPERFLUOUS', (workflow) =>
    stepsOf(workflow)
      .map(({ step }) => actionOf(step))
      .filter((action) =>
        /^(softprops\/action-gh-release|peter-evans\/create-pull-request|dtolnay\/rust-toolchain)$/.test(action),
      ),
  ),
  each('GH-TOOLS-PINNED', (workflow) =>
    stepsOf(workflow).flatMap(({ id, step }) => [
      ...(actionOf(step) === 'aquasecurity/trivy-action' && !/^v\d+\.\d+\.\d+$/.test(String(step.with?.version ?? ''))
        ? [`${id}: Trivy's version is open`]
        : []),
      ...(actionOf(step) === 'oven-sh/setup-bun' && !/^\d+\.\d+\.\d+$/.test(String(step.with?.['bun-version'] ?? ''))
        ? [`${id}: Bun's version is open`]
        : []),
      ...(/npm (install|i) (-g|--global)|@latest|curl [^|]*\| *(ba)?sh/.test(step.run ?? '')
        ? [`${id}: "${step.name}" fetches a tool outside any lock file`]
        : []),
      ...(/docker run/.test(step.run ?? '') && !/@sha256:[0-9a-f]{64}/.test(JSON.stringify(step))
        ? [`${id}: "${step.name}" runs an image without a digest`]
        : []),
    ]),
  ),
];
