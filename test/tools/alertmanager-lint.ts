/** What amtool lets pass in an alertmanager.yml: who is told when, secrets in the text, files that are not there, inhibition of strangers. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { SECRETS_FOLDER } from '../../generators/shared/alert-channels.ts';

type Route = {
  receiver?: string;
  matchers?: string[];
  group_by?: string[];
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  routes?: Route[];
  continue?: boolean;
};
type Effective = Required<Pick<Route, 'receiver' | 'group_by' | 'group_wait' | 'group_interval' | 'repeat_interval'>>;
type Config = {
  route: Route;
  templates: string[];
  receivers: ({ name: string } & Record<string, unknown>)[];
  inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[];
};

const DEFAULTS = { group_by: [], group_wait: '30s', group_interval: '5m', repeat_interval: '4h' };
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Findings; none: the file keeps what was promised. `file` is where it stands, for the templates beside it. */
export function lint(text: string, file: string, secrets: readonly string[]): string[] {
  const config = parse(text) as Config;
  return [
    ...timings(config),
    ...routes(config.route),
    ...inhibition(config),
    ...secretsOf(text, config, secrets),
    ...config.templates
      .filter((glob) => !existsSync(join(dirname(file), glob)))
      .map((glob) => `no template is at ${glob}`),
  ];
}

function timings(config: Config): string[] {
  const critical = effective(config, { severity: 'critical', alertname: 'X', service: 's' });
  const warning = effective(config, { severity: 'warning', alertname: 'X', service: 's' });
  const info = effective(config, { severity: 'info', alertname: 'X', service: 's' });
  const watchdog = effective(config, { severity: 'none', alertname: 'Watchdog' });
  const unlabelled = effective(config, { alertname: 'X' });
  const has = (receiver: string) => kinds(config, receiver).length > 0;
  const anybody = has(critical.receiver) || has(warning.receiver);
  return [
    ...(seconds(critical.group_wait) > 0 ? ['critical alerts wait'] : []),
    ...(critical.group_by.includes('alertname') && critical.group_by.includes('service')
      ? []
      : ['a second critical alert waits for the interval of the first']),
    ...(seconds(warning.group_wait) + seconds(warning.group_interval) > 900 ? ['warnings take over 15 minutes'] : []),
    ...(info.group_by.includes('alertname') || seconds(info.group_wait) < 1800 ? ['info is not collected'] : []),
    ...(seconds(watchdog.repeat_interval) > 300 || !kinds(config, watchdog.receiver).includes('webhook_configs')
      ? ['the watchdog does not beat']
      : []),
    ...(anybody && !has(unlabelled.receiver) ? ['nobody is told of alerts without a severity'] : []),
  ];
}

function routes(route: Route): string[] {
  const below = route.routes ?? [];
  return [
    ...('match' in route || 'match_re' in route ? ['match is of old'] : []),
    ...below.flatMap((child, i) =>
      (child.matchers ?? []).length === 0 && i < below.length - 1 ? ['a route makes those behind it unreachable'] : [],
    ),
    ...below.flatMap(routes),
  ];
}

function inhibition({ inhibit_rules }: Config): string[] {
  const demands = (matchers: readonly string[]) => matchers.includes('family!=""');
  return inhibit_rules.flatMap(({ source_matchers, target_matchers, equal }) =>
    demands(source_matchers) && demands(target_matchers) && equal.includes('family') && equal.includes('service')
      ? []
      : ['an alert can silence one of another family'],
  );
}

function secretsOf(text: string, config: Config, secrets: readonly string[]): string[] {
  const named = [...text.matchAll(/_file: (\S+)/g)].map(([, path = '']) => path);
  const known = secrets.map((file) => `${SECRETS_FOLDER}/${file}`);
  const written = JSON.stringify(config).match(
    /"(?:routing_key|service_key|url|api_url|slack_api_url|webhook_url|smtp_auth_password|auth_password)":"[^"]+"/g,
  );
  return [
    ...(written ?? []).map((pair) => `a secret in the text: ${pair}`),
    ...(/https?:\/\/|\$\{/.test(text.replace(/^\s*#.*$/gm, '')) ? ['an address or a variable in the text'] : []),
    ...named.filter((path) => !known.includes(path)).map((path) => `nobody makes the file ${path}`),
    ...known.filter((path) => !named.includes(path)).map((path) => `${path} is read by nobody`),
  ];
}

function effective(config: Config, labels: Readonly<Record<string, string>>): Effective {
  let current = { ...DEFAULTS, ...config.route } as Effective & Route;
  for (;;) {
    const next = (current.routes ?? []).find((route) => (route.matchers ?? []).every((one) => fits(one, labels)));
    if (!next) return current;
    current = { ...current, routes: [], ...next } as Effective & Route;
  }
}

function fits(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, label = '', operator, value = ''] = /^(\w+)(=~|!=|!~|=)"(.*)"$/.exec(matcher) ?? [];
  const own = labels[label] ?? '';
  const same = operator === '=~' || operator === '!~' ? new RegExp(`^(?:${value})$`).test(own) : own === value;
  return operator === '=' || operator === '=~' ? same : !same;
}

function kinds(config: Config, name: string): string[] {
  const receiver = config.receivers.find((candidate) => candidate.name === name) ?? {};
  return Object.keys(receiver).filter((key) => key.endsWith('_configs'));
}

function seconds(duration: string): number {
  return [...duration.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, n, unit = '']) => sum + Number(n) * (SECONDS[unit] ?? 0),
    0,
  );
}
