/** Where the files of operations stand, and what checks read in them: Prometheus, Alertmanager, runbooks, the application in the stacks. */
import type { Service } from '../../model.ts';
import type { Applies, CheckInput, RoledArtifact } from '../check.ts';
import { type AlertmanagerConfig, readAlertmanager } from '../parse/alertmanager.ts';
import { type PrometheusConfig, type Rule, readPrometheus, readRules } from '../parse/prometheus.ts';
import { type RuleTest, readRuleTests } from '../parse/rule-tests.ts';
import { type Runbook, readRunbook } from '../parse/runbook.ts';
import { readStackServices, type StackServices } from '../parse/stack-services.ts';
import { perInput, ready } from './places.ts';

/** The configuration of the local stack and, where there is one, that for ECS. */
export const prometheusOf = perInput((input): PrometheusConfig | null => {
  const yaml = input.yaml(input.system.layout.prometheus.config);
  return yaml && readPrometheus(yaml);
});

export const ecsPrometheusOf = perInput((input): PrometheusConfig | null => {
  const yaml = input.yaml(input.system.layout.prometheus.ecsConfig);
  return yaml && readPrometheus(yaml);
});

export function prometheusConfigs(input: CheckInput): readonly PrometheusConfig[] {
  return [prometheusOf(input), ecsPrometheusOf(input)].filter((config) => config !== null);
}

export const alertmanagerOf = perInput((input): AlertmanagerConfig | null => {
  const yaml = input.yaml(input.system.layout.alertmanager.config);
  return yaml && readAlertmanager(yaml);
});

/** Files of rules: one for all, or one a group, as the layout says. */
export const ruleFilesOf = perInput((input): readonly RoledArtifact[] => {
  const { rules, recordingRules, alertRules } = input.system.layout.prometheus;
  return input.artifacts.filter(
    ({ path }) => path === recordingRules || path === alertRules || (inFolder(path, rules) && /\.ya?ml$/.test(path)),
  );
});

export const rulesOf = perInput((input): readonly Rule[] =>
  ruleFilesOf(input).flatMap(({ path }) => {
    const yaml = input.yaml(path);
    return yaml ? readRules(yaml) : [];
  }),
);

export type AlertRule = Rule & Readonly<{ alert: string }>;

export const alertsOf = perInput((input): readonly AlertRule[] =>
  rulesOf(input).filter((rule): rule is AlertRule => rule.alert !== null),
);

export const ruleTestsOf = perInput((input): readonly RuleTest[] =>
  input.artifacts
    .filter(({ path }) => inFolder(path, input.system.layout.prometheus.tests) && /\.ya?ml$/.test(path))
    .flatMap(({ path, text }) => readRuleTests(path, text)),
);

/** Expression of a rule with every recorded series replaced by what records it: what is really measured. */
export const measuredBy = perInput((input) => {
  const recorded = new Map<string, Rule[]>();
  for (const rule of rulesOf(input)) {
    if (rule.record !== null) recorded.set(rule.record, [...(recorded.get(rule.record) ?? []), rule]);
  }
  const below = (rule: Rule, seen: ReadonlySet<Rule>): readonly Rule[] =>
    rule.promql.selectors.flatMap(({ metric }) =>
      (recorded.get(metric ?? '') ?? []).flatMap((source) =>
        seen.has(source) ? [] : [source, ...below(source, new Set([...seen, source]))],
      ),
    );
  /** The rule itself and all recording rules that it stands on. */
  return (rule: Rule): readonly Rule[] => [...new Set([rule, ...below(rule, new Set([rule]))])];
});

/** Pages of alerts by the name of their file; other runbooks by theirs. */
export const runbooksOf = perInput((input): ReadonlyMap<string, Runbook> => {
  const { runbooks } = input.system.layout;
  return new Map(
    input.artifacts
      .filter(({ path }) => inFolder(path, runbooks) && path.endsWith('.md'))
      .map(({ path, text }) => [path.slice(runbooks.length + 1, -'.md'.length), readRunbook(path, text)]),
  );
});

export function runbook(input: CheckInput, name: string): Runbook | null {
  return runbooksOf(input).get(name) ?? null;
}

export const alertPagesOf = perInput((input): ReadonlyMap<string, Runbook> => {
  const pages = [...runbooksOf(input)].filter(
    ([name]) => name.startsWith('alerts/') && !/\/(README|index)$/i.test(name),
  );
  return new Map(pages.map(([name, page]) => [name.slice('alerts/'.length), page]));
});

export function stackServicesPath({ system }: CheckInput): string {
  return `${system.layout.stacks}/config/services.json`;
}

export const stackServicesOf = perInput((input): StackServices | null => {
  const yaml = input.yaml(stackServicesPath(input));
  return yaml && readStackServices(yaml);
});

/** Our files below a folder of the stacks. */
export function stackFiles(input: CheckInput, folder: string): readonly RoledArtifact[] {
  return input.artifacts.filter(({ path }) => inFolder(path, `${input.system.layout.stacks}/${folder}`));
}

export function inFolder(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

export function readyPrometheus(input: CheckInput): Applies {
  return ready(input, 'prometheus', input.system.layout.prometheus.config, prometheusOf(input));
}

export function readyAlertmanager(input: CheckInput): Applies {
  return ready(input, 'alertmanager', input.system.layout.alertmanager.config, alertmanagerOf(input));
}

/** True where there are alerts to judge. */
export function readyAlerts(input: CheckInput): Applies {
  if (alertsOf(input).length > 0) return true;
  const { rules, alertRules } = input.system.layout.prometheus;
  return ready(input, 'prometheus', alertRules ?? `${rules}/`, null);
}

export function readyRunbooks(input: CheckInput, name?: string): Applies {
  const { runbooks } = input.system.layout;
  if (name === undefined) return runbooksOf(input).size > 0 ? true : ready(input, 'runbooks', `${runbooks}/`, null);
  return ready(input, 'runbooks', `${runbooks}/${name}.md`, runbook(input, name));
}

export function readyStacks(input: CheckInput): Applies {
  return ready(input, 'cdktf-aws', stackServicesPath(input), stackServicesOf(input));
}

/** Services that run for long: what is observed and what runs on AWS. */
export function runningServices({ system }: CheckInput): readonly Service[] {
  return system.services.filter(({ start, kind }) => start !== null && (kind === 'web' || kind === 'worker'));
}

/** Services whose metrics Prometheus reads. */
export function measuredServices(input: CheckInput): readonly Service[] {
  return runningServices(input).filter(({ metrics }) => metrics !== null);
}

/** `5 min 0 s`, `30 s`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round((seconds - minutes * 60) * 10) / 10;
  return minutes === 0 ? `${rest} s` : `${minutes} min ${rest} s`;
}

/** How a file comes back as we write it; `<file>` becomes the finding's own. */
export const RESTORE = 'Take ours again: create-devops-setup restore <file>.';
