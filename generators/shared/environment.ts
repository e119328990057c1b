/** Where each variable that a service reads gets its value on a workstation: written in Compose, or in a git-ignored file of secrets. */
import { isBuildArgument } from '../../src/define.ts';
import type { Datastore, EnvironmentVariable, Service, System } from '../../src/model.ts';
import { address, datastoreManual } from './datastores.ts';
import { exporterAccesses } from './exporter-access.ts';
import { runsLocally } from './local-stack.ts';
import { isHostVariable } from './network.ts';

/** A line of a secrets file. `random`: made once. `derived`: follows another line. `given`: only a person knows it. */
export type SecretLine = Readonly<{ file: string; name: string }> &
  (
    | Readonly<{ kind: 'random' }>
    | Readonly<{ kind: 'derived'; before: string; of: Readonly<{ file: string; name: string }>; after: string }>
    | Readonly<{ kind: 'given'; seenAt: string }>
  );

export type LocalEnvironment = Readonly<{
  /** Plain values, sorted by name. */
  settings: readonly Readonly<{ name: string; value: string }>[];
  secrets: readonly SecretLine[];
}>;

/** Name of a container's file of secrets, in the folder `layout.localSecrets`. */
export function secretsFile(name: string): string {
  return `${name}.env`;
}

/** Passwords of a datastore. */
function datastoreSecrets(store: Datastore, system: System): readonly SecretLine[] {
  const file = secretsFile(store.name);
  return datastoreManual(store, system).passwords.map((name) => ({ file, name, kind: 'random' }));
}

/** What one service gets. Variables that the image sets itself are left out. */
export function localEnvironment(service: Service, system: System): LocalEnvironment {
  const file = secretsFile(service.name);
  const settings = new Map<string, string>();
  const secrets: SecretLine[] = [];
  for (const [name, part] of linkedVariables(service, system)) {
    if (part.kind === 'plain') settings.set(name, part.value);
    else secrets.push({ file, name, kind: 'derived', before: part.before, of: part.of, after: part.after });
  }
  for (const variable of service.environment) {
    const { name, required, from, seenAt } = variable;
    if (settings.has(name) || secrets.some((line) => line.name === name)) continue;
    if (setByImage(service, name) || isBuildArgument(service, name)) continue;
    const value = settingOf(variable);
    if (bindsTo(service, name)) settings.set(name, '0.0.0.0');
    else if (value !== null && from === 'setting') settings.set(name, value);
    else if (!required) continue;
    else if (from === 'secret' && isOwnSecret(name)) secrets.push({ file, name, kind: 'random' });
    else secrets.push({ file, name, kind: 'given', seenAt });
  }
  const byName = <T extends { name: string }>(a: T, b: T) => (a.name < b.name ? -1 : 1);
  return {
    settings: [...settings].map(([name, value]) => ({ name, value })).sort(byName),
    secrets: secrets.sort(byName),
  };
}

/** Secrets that the service agrees on with nobody but itself: any random word does. */
const OWN_SECRET =
  /^(?:SECRET(?:_KEY)?|(?:AUTH|TOKEN|API)_SECRET)$|^(?:APP(?:LICATION)?|SERVER|ADMIN|INTERNAL)_(?:\w+_)?(?:SECRET|KEY|TOKEN|PASSWORD)$|(?:^|_)(?:JWT|SESSIONS?|COOKIES?|CSRF|XSRF|ENCRYPTION|ENCRYPT|SIGNING|SALT|PEPPER|PASETO|HASH|HMAC|NEXTAUTH|BETTER_AUTH|(?:ACCESS|REFRESH|RESET|FORGOT|CONFIRM|VERIFY)(?:_(?:EMAIL|PASSWORD|TOKEN))*_SECRET)(?:_|$)/;

/** What a person gets from a service of somebody else, and what has a form that no random word has. */
const FROM_ELSEWHERE =
  /^(?:AWS|AZURE|GCP|GOOGLE|FIREBASE|GITHUB|GITLAB|FACEBOOK|TWITTER|APPLE|AUTH0|OKTA|CLERK|KINDE|WORKOS|STRIPE|PAYPAL|SUPABASE|OPENAI|ANTHROPIC|SENTRY|TWILIO|SENDGRID|SLACK|DISCORD|SHOPIFY|MUX|SVIX|PUSHER|ALGOLIA|LIVEKIT)_|(?:^|_)(?:URL|URI|DSN|ENDPOINT|HOST|USER|USERNAME|EMAIL|ACCESS_KEY_ID|CLIENT_SECRET|WEBHOOK_SECRET|PRIVATE_KEY|PUBLIC_KEY)$/;

function isOwnSecret(name: string): boolean {
  const upper = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  return OWN_SECRET.test(upper) && !FROM_ELSEWHERE.test(upper);
}

/** What people write into a sample where a value has to come. */
const PLACEHOLDER =
  /^(?:your[-_ ].*|<.*>|\[.*\]|\{\{.*\}\}|change[-_ ]?(?:me|this)\W*|replace[-_ ]?(?:me|this|with.*)|x{3,}|\.{3}|to[-_ ]?do|tbd|fixme|placeholder|insert[-_ ].*|enter[-_ ].*)$|(?:^|[/@:._-])your[-_][\w-]+|<[\w -]+>/i;

/** The value that is known for local work; what stands in a sample only to be replaced is none. */
export function settingOf({ local }: EnvironmentVariable): string | null {
  return local === null || PLACEHOLDER.test(local.trim()) ? null : local;
}

/** Everything that the build of a service is told, with the code's own default. */
export function buildArguments(
  service: Service,
): readonly Readonly<{ name: string; value: string | null; required: boolean }>[] {
  return service.environment
    .filter(({ name }) => isBuildArgument(service, name))
    .map((variable) => ({ name: variable.name, value: settingOf(variable), required: variable.required }));
}

/** NODE_ENV, the port, and the address to bind to are our image's own. */
export function setByImage(service: Service, name: string): boolean {
  if (service.files.dockerfileOwner === 'user') return false;
  return name === 'NODE_ENV' || name === service.portVariable || bindsTo(service, name);
}

function bindsTo(service: Service, name: string): boolean {
  return service.port !== null && isHostVariable(service, name);
}

type Part =
  | Readonly<{ kind: 'plain'; value: string }>
  | Readonly<{ kind: 'secret'; before: string; of: Readonly<{ file: string; name: string }>; after: string }>;

/** The variables by which the service is told where its datastores are. */
function linkedVariables(service: Service, system: System): ReadonlyMap<string, Part> {
  const found = new Map<string, Part>();
  for (const link of service.datastores) {
    const store = system.datastores.find(({ name }) => name === link.datastore);
    if (!store) continue;
    const { url, host, port, user, password, database } = link.variables;
    const manual = datastoreManual(store, system);
    const [own] = manual.passwords;
    const of = own ? { file: secretsFile(store.name), name: own } : null;
    const whole = address(store, system);
    if (url) {
      if (of && whole.after !== null) found.set(url, { kind: 'secret', before: whole.before, of, after: whole.after });
      else found.set(url, { kind: 'plain', value: whole.before });
    }
    if (host) found.set(host, { kind: 'plain', value: store.name });
    if (port) found.set(port, { kind: 'plain', value: String(store.port) });
    if (user && of) found.set(user, { kind: 'plain', value: manual.user(store) });
    if (password && of) found.set(password, { kind: 'secret', before: '', of, after: '' });
    if (database) found.set(database, { kind: 'plain', value: manual.database(store) });
  }
  return found;
}

/** Every line of every file of secrets, datastores first: services are told what they say. */
export function stackSecrets(system: System): readonly SecretLine[] {
  const used = system.datastores.filter(({ name }) =>
    runsLocally(system).some((service) => service.datastores.some(({ datastore }) => datastore === name)),
  );
  return [
    ...used.flatMap((store) => datastoreSecrets(store, system)),
    ...runsLocally(system).flatMap((service) => localEnvironment(service, system).secrets),
    ...exporterSecrets(system),
  ];
}

/** Exporters log in with the password of the datastore that they read. */
function exporterSecrets(system: System): readonly SecretLine[] {
  return exporterAccesses(system).flatMap(({ exporter, password }): readonly SecretLine[] => {
    if (!password) return [];
    const of = { file: secretsFile(password.store), name: password.of };
    return [{ file: secretsFile(exporter.name), name: password.name, kind: 'derived', before: '', of, after: '' }];
  });
}
