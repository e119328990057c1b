/** Which base images a Dockerfile asks for, and which look-alike of tools/base-image.sh stands for each. */

/** A kind of tools/images with its version, and the local tag under which the look-alike is kept. */
export type Base = { kind: string; version: string; tag: string };

type Rule = { name: RegExp; kind: string; version: (tag: string, name: string) => string };

const major = (tag: string): string => /^\d+/.exec(tag)?.[0] ?? '';
const suite = (tag: string): string => /^[a-z]+/.exec(tag)?.[0] ?? '';

const RULES: readonly Rule[] = [
  { name: /^node$/, kind: 'node', version: major },
  { name: /^oven\/bun$/, kind: 'bun', version: (tag) => /^\d+(\.\d+)*/.exec(tag)?.[0] ?? '' },
  { name: /^debian$/, kind: 'debian', version: suite },
  { name: /^postgres$/, kind: 'postgres', version: major },
  { name: /^(redis|valkey\/valkey)$/, kind: 'redis', version: () => '' },
  { name: /^(mariadb|mysql)$/, kind: 'mariadb', version: () => '' },
  { name: /^rabbitmq$/, kind: 'rabbitmq', version: () => '' },
  { name: /^nginxinc\/nginx-unprivileged$/, kind: 'nginx', version: () => '' },
  { name: /^prom\/[a-z-]+$/, kind: 'prometheus', version: (_tag, name) => name.slice('prom/'.length) },
  { name: /^prometheuscommunity\/postgres-exporter$/, kind: 'prometheus', version: () => 'postgres-exporter' },
  { name: /^oliver006\/redis_exporter$/, kind: 'prometheus', version: () => 'redis-exporter' },
  { name: /^distroless\/static(-debian\d+)?$/, kind: 'static', version: () => '' },
  {
    name: /^distroless\/nodejs\d+-debian\d+$/,
    kind: 'nodejs',
    version: (_tag, name) => /nodejs(\d+)/.exec(name)?.[1] ?? '',
  },
];

/** The look-alike for an image reference; undefined where there is none. Alpine variants need musl, which Debian has not.
 * The registry's host says nothing. */
export function baseFor(reference: string): Base | undefined {
  const [withoutDigest = ''] = reference
    .replace(/^[^/]*[.:][^/]*\//, '')
    .replace(/^library\//, '')
    .split('@');
  const [, name = '', tag = ''] = /^(.*?)(?::([^/:]+))?$/.exec(withoutDigest) ?? [];
  const rule = RULES.find((candidate) => candidate.name.test(name));
  const servesAnyway = rule !== undefined && ['postgres', 'redis', 'mariadb', 'rabbitmq', 'nginx'].includes(rule.kind);
  if (rule === undefined || (tag.includes('alpine') && !servesAnyway)) return undefined;
  const version = rule.version(tag, name);
  return { kind: rule.kind, version, tag: `local/${rule.kind}:${version || '1'}` };
}

/** Every image that a Dockerfile takes from outside: FROM, COPY --from and RUN --mount=from, arguments filled in. */
export function imagesOf(dockerfile: string, buildArgs: Readonly<Record<string, string>> = {}): string[] {
  const stages = new Set<string>(['scratch']);
  const args: Record<string, string> = {};
  const images = new Set<string>();
  const take = (reference: string): void => {
    const full = expand(reference, args);
    if (full !== '' && !/^\d+$/.test(full) && !stages.has(full.toLowerCase())) images.add(full);
  };
  for (const line of instructionsOf(dockerfile)) {
    const arg = /^ARG\s+(\w+)(?:=(.*))?$/i.exec(line);
    if (arg?.[1] !== undefined) args[arg[1]] ??= buildArgs[arg[1]] ?? expand(unquote(arg[2] ?? ''), args);
    const from = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (from?.[1] !== undefined) take(from[1]);
    if (from?.[2] !== undefined) stages.add(from[2].toLowerCase());
    for (const used of line.matchAll(/^(?:COPY|ADD)\s.*?--from=(\S+)|--mount=\S*\bfrom=([^\s,]+)/gi)) {
      take(used[1] ?? used[2] ?? '');
    }
  }
  return [...images];
}

function instructionsOf(dockerfile: string): string[] {
  const text = dockerfile.replace(/^\s*#.*\n/gm, '').replace(/\\\r?\n/g, ' ');
  return text.split(/\r?\n/).map((line) => line.trim());
}

const unquote = (value: string): string => value.trim().replace(/^(["'])(.*)\1$/, '$2');

function expand(text: string, args: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g, (_all, plain, braced, fallback) => {
    return args[plain ?? braced] || fallback || '';
  });
}
