/** An Alertmanager configuration: which receiver an alert reaches, when, and what silences what. */
import { list, type Plain, record, seconds, text, texts } from './plain.ts';
import { type Matcher, readPromql } from './promql.ts';
import type { YamlFile, YamlPath } from './yaml.ts';

/** A node of the routing tree with what it inherits. Times are seconds, Alertmanager's own defaults where nobody says more. */
export type Route = Readonly<{
  receiver: string;
  matchers: readonly Matcher[];
  groupBy: readonly string[];
  wait: number;
  interval: number;
  repeat: number;
  /** Named times at which it stays silent, or outside of which it does. */
  muted: readonly string[];
  continues: boolean;
  routes: readonly Route[];
  path: YamlPath;
}>;

export type Receiver = Readonly<{
  name: string;
  /** `pagerduty`, `slack`, `email`, `webhook`, … */
  channels: readonly Readonly<{ kind: string; data: Plain; path: YamlPath }>[];
  line: number;
}>;

export type Inhibition = Readonly<{
  source: readonly Matcher[];
  target: readonly Matcher[];
  equal: readonly string[];
  line: number;
}>;

export type AlertmanagerConfig = Readonly<{
  yaml: YamlFile;
  data: Plain;
  root: Route;
  receivers: readonly Receiver[];
  receiver: (name: string) => Receiver | null;
  inhibitions: readonly Inhibition[];
  templates: readonly string[];
}>;

const DEFAULTS = { groupBy: [] as readonly string[], wait: 30, interval: 300, repeat: 4 * 3600 };

export function readAlertmanager(yaml: YamlFile): AlertmanagerConfig {
  const data = record(yaml.data);
  const receivers = list(data.receivers).map((value, index): Receiver => {
    const receiver = record(value);
    const channels = Object.entries(receiver)
      .filter(([key]) => key.endsWith('_configs'))
      .flatMap(([key, configs]) =>
        list(configs).map((one, at) => ({
          kind: key.slice(0, -'_configs'.length),
          data: record(one),
          path: ['receivers', index, key, at],
        })),
      );
    return {
      name: text(receiver.name) ?? '',
      channels,
      get line() {
        return yaml.line(['receivers', index, 'name']);
      },
    };
  });
  return {
    yaml,
    data,
    root: readRoute(record(data.route), { ...DEFAULTS, receiver: '' }, ['route']),
    receivers,
    receiver: (name) => receivers.find((receiver) => receiver.name === name) ?? null,
    inhibitions: list(data.inhibit_rules).map((value, index) => ({
      source: matchersOf(record(value), 'source_'),
      target: matchersOf(record(value), 'target_'),
      equal: texts(record(value).equal),
      get line() {
        return yaml.line(['inhibit_rules', index]);
      },
    })),
    templates: texts(data.templates),
  };
}

type Inherited = Readonly<{
  receiver: string;
  groupBy: readonly string[];
  wait: number;
  interval: number;
  repeat: number;
}>;

function readRoute(data: Plain, above: Inherited, path: YamlPath): Route {
  const own: Inherited = {
    receiver: text(data.receiver) ?? above.receiver,
    groupBy: data.group_by === undefined ? above.groupBy : texts(data.group_by),
    wait: seconds(data.group_wait) ?? above.wait,
    interval: seconds(data.group_interval) ?? above.interval,
    repeat: seconds(data.repeat_interval) ?? above.repeat,
  };
  return {
    ...own,
    matchers: matchersOf(data, ''),
    muted: [...texts(data.mute_time_intervals), ...texts(data.active_time_intervals)],
    continues: data.continue === true,
    routes: list(data.routes).map((one, index) => readRoute(record(one), own, [...path, 'routes', index])),
    path,
  };
}

/** New spelling (`matchers`) and the old ones (`match`, `match_re`). */
function matchersOf(data: Plain, prefix: string): readonly Matcher[] {
  const plain = (key: string, op: Matcher['op']) =>
    Object.entries(record(data[key])).map(([label, value]): Matcher => ({ label, op, value: text(value) ?? '' }));
  return [
    ...texts(data[`${prefix}matchers`]).flatMap((source) => {
      const inner = source.trim().replace(/^\{|\}$/g, '');
      const quoted = inner.replace(/(=~|!~|!=|=)\s*([^"\s,]+)\s*(?=,|$)/g, '$1"$2"');
      return readPromql(`{${quoted}}`).selectors.flatMap(({ matchers }) => matchers);
    }),
    ...plain(`${prefix}match`, '='),
    ...plain(`${prefix}match_re`, '=~'),
  ];
}

/** Whether labels meet every matcher; a label that is not there is the empty text. */
export function meets(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ label, op, value }) => {
    const found = labels[label] ?? '';
    if (op === '=' || op === '!=') return (found === value) === (op === '=');
    return matchesWhole(value, found) === (op === '=~');
  });
}

function matchesWhole(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return false; // Alertmanager itself refuses it: nothing is routed by it.
  }
}

/** The routes that an alert with these labels ends in, in Alertmanager's order: the deepest that matches; more only by `continue`. */
export function routesFor(route: Route, labels: Readonly<Record<string, string>>): readonly Route[] {
  if (!meets(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const below = routesFor(child, labels);
    found.push(...below);
    if (below.length > 0 && !child.continues) break;
  }
  return found.length > 0 ? found : [route];
}

/** Every route, the root first. */
export function allRoutes(route: Route): readonly Route[] {
  return [route, ...route.routes.flatMap(allRoutes)];
}
