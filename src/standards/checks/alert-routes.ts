/** ALERT-007 to ALERT-009, ALERT-018, ALERT-019 and OBS-016: whom an alert reaches, by what, and how soon. */
import type { Applies, Check, CheckInput, Defect } from '../check.ts';
import { type AlertmanagerConfig, allRoutes, type Receiver, type Route, routesFor } from '../parse/alertmanager.ts';
import { record, text } from '../parse/plain.ts';
import { realAlerts } from './alert-labels.ts';
import {
  type AlertRule,
  alertmanagerOf,
  alertsOf,
  duration,
  measuredBy,
  prometheusOf,
  RESTORE,
  readyAlertmanager,
  readyAlerts,
  readyPrometheus,
  ruleTestsOf,
} from './operations.ts';
import { all } from './places.ts';

type Delivery = Readonly<{ route: Route; receiver: Receiver | null }>;

/** Where an alert of this severity ends up. */
function deliveries(config: AlertmanagerConfig, labels: Readonly<Record<string, string>>): readonly Delivery[] {
  return routesFor(config.root, labels).map((route) => ({ route, receiver: config.receiver(route.receiver) }));
}

const sample = (severity: string) => ({
  alertname: 'Sample',
  severity,
  service: 'sample',
  family: 'sample',
  team: 'sample',
});

function about(config: AlertmanagerConfig, { path }: Route, key: string, message: string, hint = RESTORE): Defect {
  return { file: config.yaml.path, line: config.yaml.line([...path, key]), message, hint };
}

/** Channels that wake somebody. */
const PAGERS = new Set(['pagerduty', 'opsgenie', 'victorops', 'pushover']);
const isReached = ({ receiver }: Delivery) => (receiver?.channels.length ?? 0) > 0;
const pages = ({ receiver }: Delivery) => (receiver?.channels ?? []).some(({ kind }) => PAGERS.has(kind));

/** What nobody has chosen a channel for cannot be delivered: that is a next step, not a defect of the routes. */
function hasChat({ system }: CheckInput): boolean {
  const { kind, channel } = system.observability.chat;
  if (kind !== 'email') return kind !== 'none';
  return channel.includes('@') && typeof system.options.alertmanager?.smarthost === 'string';
}

const hasPager = ({ system }: CheckInput) => system.observability.pager !== 'none';
const chatChosen = (input: CheckInput): Applies => hasChat(input) || 'no channel was chosen to tell people by';
const anyChosen = (input: CheckInput): Applies => hasPager(input) || chatChosen(input);

/** ALERT-007: critical alerts page, at once and always. */
const critical: Check = {
  id: 'ALERT-007',
  applies: (input) => all(readyAlertmanager(input), anyChosen(input)),
  open: (input) =>
    hasPager(input) ? null : 'critical alerts go to the chat at once; nobody chose a pager to be woken by',
  run: (input) => {
    const config = alertmanagerOf(input);
    if (!config) return [];
    const found = deliveries(config, sample('critical'));
    const first = found[0]?.route ?? config.root;
    const paged = found.some(hasPager(input) ? pages : isReached);
    return [
      ...(paged ? [] : [about(config, first, 'receiver', 'A critical alert wakes nobody.')]),
      ...found.flatMap(({ route }) => [
        ...(route.wait > 30
          ? [about(config, route, 'group_wait', `A critical alert waits ${duration(route.wait)}; 30 s are the most.`)]
          : []),
        ...(route.muted.length > 0
          ? [
              about(
                config,
                route,
                'mute_time_intervals',
                `Critical alerts are muted at times (${route.muted.join(', ')}).`,
              ),
            ]
          : []),
      ]),
    ];
  },
};

/** ALERT-008: warnings reach the channel within 15 minutes. */
const warnings: Check = {
  id: 'ALERT-008',
  applies: (input) => all(readyAlertmanager(input), chatChosen(input)),
  run: (input) => {
    const config = alertmanagerOf(input);
    if (!config) return [];
    const found = deliveries(config, sample('warning'));
    const [route] = found.map((one) => one.route);
    if (!route || !found.some(isReached))
      return [about(config, route ?? config.root, 'receiver', 'A warning reaches nobody.')];
    const late = (held: number) => held + route.wait + route.interval > 900;
    const sum = (held: number) =>
      `${duration(held + route.wait + route.interval)} after its cause (${duration(held)} for + ${duration(route.wait)} wait + ${duration(route.interval)} interval); 15 minutes are the most`;
    if (late(0))
      return [
        about(config, route, route.wait > 600 ? 'group_wait' : 'group_interval', `A warning may arrive ${sum(0)}.`),
      ];
    return alertsOf(input)
      .filter((rule) => rule.labels.severity === 'warning' && late(rule.for))
      .map((rule) => ({
        file: rule.file,
        line: rule.lineOf('for'),
        message: `${rule.alert} may arrive ${sum(rule.for)}.`,
        hint: 'Shorten for, or the waits of the route.',
        with: config.yaml.path,
      }));
  },
};

/** ALERT-009: info is gathered. */
const digest: Check = {
  id: 'ALERT-009',
  applies: (input) => all(readyAlertmanager(input), chatChosen(input)),
  run: (input) => {
    const config = alertmanagerOf(input);
    return (config ? deliveries(config, sample('info')) : []).flatMap((one): readonly Defect[] => {
      if (!config) return [];
      const { route } = one;
      return [
        ...(pages(one) ? [about(config, route, 'receiver', 'Information wakes somebody.')] : []),
        ...(route.interval < 3600 || route.wait + route.interval < 3600
          ? [
              about(
                config,
                route,
                'group_interval',
                `Information is sent every ${duration(route.interval)}; a digest comes once an hour at most.`,
              ),
            ]
          : []),
        ...(route.repeat < 3600
          ? [about(config, route, 'repeat_interval', `Information is repeated every ${duration(route.repeat)}.`)]
          : []),
      ];
    });
  },
};

/** Settings that hold a credential; each has a twin that names a file. */
const INLINE =
  /^(routing_key|service_key|api_url|api_key|webhook_url|auth_password|auth_secret|smtp_auth_password|slack_api_url|opsgenie_api_key|victorops_api_key|password|credentials|bot_token|token|user_key)$/;

/** ALERT-018: the channels of each severity, their credentials in files. */
const channels: Check = {
  id: 'ALERT-018',
  applies: readyAlertmanager,
  run: (input) => {
    const config = alertmanagerOf(input);
    if (!config) return [];
    const file = config.yaml.path;
    const inline = (data: unknown, path: readonly (string | number)[]): readonly Defect[] => {
      if (Array.isArray(data)) return data.flatMap((one, index) => inline(one, [...path, index]));
      return Object.entries(record(data)).flatMap(([key, value]) => [
        ...(INLINE.test(key) && text(value)
          ? [
              {
                file,
                line: config.yaml.line([...path, key]),
                message: `${key} is written down here.`,
                hint: `Name a file: ${key}_file.`,
              },
            ]
          : []),
        ...inline(value, [...path, key]),
      ]);
    };
    const named = new Set(config.receivers.map(({ name }) => name));
    return [
      ...inline(config.data.global, ['global']),
      ...inline(config.data.receivers, ['receivers']),
      ...allRoutes(config.root)
        .filter(({ receiver }) => !named.has(receiver))
        .map((route) => about(config, route, 'receiver', `There is no receiver ${route.receiver}.`)),
    ];
  },
};

/** ALERT-019: a test that fires and one that stays quiet for each rule; a route for each severity. */
const tested: Check = {
  id: 'ALERT-019',
  applies: readyAlerts,
  run: (input) => {
    const tests = ruleTestsOf(input);
    const of = (alert: string, fires: boolean) => tests.some((test) => test.alert === alert && test.fires === fires);
    const known = new Set(alertsOf(input).map(({ alert }) => alert));
    const config = alertmanagerOf(input);
    return [
      ...alertsOf(input).flatMap((rule) => {
        const lacking = [
          ...(of(rule.alert, true) ? [] : ['that it fires']),
          ...(of(rule.alert, false) || alwaysFires(rule) ? [] : ['that it stays quiet']),
        ];
        return lacking.map((what) => ({
          file: rule.file,
          line: rule.line,
          message: `No test shows of ${rule.alert} ${what}.`,
          hint: `Add it below ${input.system.layout.prometheus.tests}/.`,
        }));
      }),
      ...tests
        .filter(({ alert }) => !known.has(alert))
        .map(({ file, line, alert }) => ({
          file,
          line,
          message: `The test asks for ${alert}, which is no alert: it passes whatever happens.`,
          hint: 'Name an alert of the rules.',
        })),
      ...[...(anyChosen(input) === true ? ['critical'] : []), ...(hasChat(input) ? ['warning', 'info'] : [])]
        .filter((severity) => config && !deliveries(config, sample(severity)).some(isReached))
        .map((severity) => ({
          file: config?.yaml.path ?? '',
          line: config?.yaml.line(['route']) ?? 1,
          message: `A test alert of severity ${severity} would reach nobody.`,
          hint: RESTORE,
        })),
    ];
  },
};

/** `vector(1)`: there is no quiet. */
function alwaysFires({ promql }: AlertRule): boolean {
  return promql.selectors.length === 0;
}

/** OBS-016: scrape, evaluation, hold time and group wait of what pages stay below 5 minutes. */
const timeToPage: Check = {
  id: 'OBS-016',
  applies: (input) => all(readyPrometheus(input), readyAlerts(input), readyAlertmanager(input)),
  run: (input) => {
    const config = alertmanagerOf(input);
    const prometheus = prometheusOf(input);
    if (!config || !prometheus) return [];
    return realAlerts(input)
      .filter(({ labels }) => labels.severity === 'critical')
      .flatMap((rule): readonly Defect[] => {
        const below = measuredBy(input)(rule);
        const jobs = new Set(
          below.flatMap(({ promql }) =>
            promql.selectors.flatMap(({ matchers }) =>
              matchers.filter(({ label, op }) => label === 'job' && op === '=').map(({ value }) => value),
            ),
          ),
        );
        const scraped = prometheus.jobs.filter(({ name }) => jobs.size === 0 || jobs.has(name));
        const intervals = scraped.map(({ interval }) => interval);
        const scrape = intervals.length > 0 ? Math.max(...intervals) : (prometheus.scrape ?? 60);
        const evaluation = (prometheus.evaluation ?? 60) * (below.length > 1 ? 2 : 1);
        const wait = Math.max(
          ...routesFor(config.root, { alertname: rule.alert, ...rule.labels }).map((route) => route.wait),
        );
        const total = scrape + evaluation + rule.for + wait;
        if (total < 300) return [];
        return [
          {
            file: rule.file,
            line: rule.lineOf('for'),
            message: `${rule.alert} pages after ${duration(total)}; the standard asks for less than 5 minutes (${duration(scrape)} scrape + ${duration(evaluation)} evaluation + ${duration(rule.for)} for + ${duration(wait)} wait).`,
            hint: 'Shorten for, or group_wait of the route for critical alerts.',
          },
        ];
      });
  },
};

export const alertRoutes: readonly Check[] = [critical, warnings, digest, channels, tested, timeToPage];
