/** What kind of thing a package is, by what its code does. */
import type { Evidence, Fact, Framework, ServiceKind } from '../../model.ts';
import { text } from './json.ts';
import type { Package } from './package.ts';
import { at, fact } from './repo.ts';
import { codeMatches } from './scan.ts';

const CONSUMERS: readonly (readonly [string, RegExp])[] = [
  ['bullmq', /\bnew\s+(?:\w+\.)?Worker\s*(?:<[^()]*>)?\(|@Processor\s*\(|\bextends\s+WorkerHost\b/],
  ['@nestjs/bullmq', /@Processor\s*\(/],
  ['@nestjs/bull', /@Processor\s*\(/],
  ['bull', /\.process\s*\(/],
  ['bee-queue', /\.process\s*\(/],
  ['amqplib', /\.consume\s*\(/],
  ['amqp-connection-manager', /\.consume\s*\(/],
  ['rabbitmq-client', /createConsumer\s*\(/],
  ['@golevelup/nestjs-rabbitmq', /@Rabbit(?:Subscribe|RPC)\s*\(/],
  ['kafkajs', /\.consumer\s*\(/],
  ['node-rdkafka', /KafkaConsumer\b/],
  ['pg-boss', /\.work\s*\(/],
  ['graphile-worker', /\brun\s*\(/],
  ['agenda', /\.define\s*\(/],
  ['@temporalio/worker', /Worker\.create\s*\(/],
  ['sqs-consumer', /Consumer\.create\s*\(/],
  ['@aws-sdk/client-sqs', /ReceiveMessageCommand/],
];
const SCHEDULERS: readonly (readonly [string, RegExp])[] = [
  ['node-cron', /\.schedule\s*\(/],
  ['cron', /\bnew\s+CronJob\s*\(|CronJob\.from\s*\(/],
  ['croner', /\bnew\s+Cron\s*\(|\bCron\s*\(/],
  ['node-schedule', /\.scheduleJob\s*\(/],
  ['bree', /\bnew\s+Bree\s*\(/],
  ['@nestjs/schedule', /@Cron\s*\(|@Interval\s*\(/],
  ['toad-scheduler', /\bnew\s+\w*Scheduler\s*\(/],
];
const SERVER_TOOLS = [
  '@hapi/hapi',
  'restify',
  'polka',
  'elysia',
  '@trpc/server',
  'apollo-server',
  '@apollo/server',
  'h3',
  'nitropack',
  'micro',
  '@adonisjs/core',
  '@feathersjs/feathers',
  '@strapi/strapi',
  'moleculer-web',
  'nuxt',
  '@remix-run/serve',
  '@react-router/serve',
  '@sveltejs/kit',
  'astro',
  'sails',
  'payload',
];

/** `server` is where the code listens; `starts` whether there is a command that starts something. */
export function detectKind(
  pkg: Package,
  framework: Fact<Framework> | null,
  server: Evidence | null,
  starts: Evidence | null,
  declared: boolean,
): Fact<ServiceKind> {
  if (framework?.value === 'nextjs') return fact('web', framework.evidence);
  if (framework?.value === 'nestjs') {
    const nest = nestKind(pkg);
    if (nest !== null) return nest;
  }
  const tool = pkg.dependency(...SERVER_TOOLS);
  if (server !== null && (framework !== null || tool !== null || starts !== null)) return fact('web', server);
  if (!declared && starts !== null && server === null) return undeclared(pkg);
  const consumer = used(pkg, CONSUMERS);
  if (consumer !== null) return fact('worker', consumer);
  const scheduler = used(pkg, SCHEDULERS);
  if (scheduler !== null && starts !== null) return fact('cron', scheduler);
  if (pkg.manifest.bin !== undefined) return fact('cli', pkg.evidence('bin'));
  const production = tool !== null && pkg.isProduction(tool.value);
  if (starts !== null && (framework !== null || production))
    return fact('web', framework?.evidence ?? tool?.evidence ?? starts);
  if (isStaticSite(pkg))
    return fact('library', {
      ...(pkg.dependency('vite', 'react-scripts', '@angular/core', '@vue/cli-service')?.evidence ?? at(pkg.file)),
      note: 'a front end that is built to static files: no server process',
    });
  if (starts !== null && starts.file !== pkg.file)
    return fact('worker', { ...starts, note: 'it is started, and neither a server nor a queue was seen' });
  const started = ['start', 'start:prod', 'worker'].find((s) => pkg.scripts[s] !== undefined);
  if (starts !== null && started !== undefined && !isPublished(pkg))
    return fact('worker', {
      ...pkg.evidence('scripts', started),
      note: 'it is started, and neither a server nor a queue was seen',
    });
  const field = ['exports', 'main', 'module', 'types', 'files'].find((f) => pkg.manifest[f] !== undefined);
  return fact('library', field === undefined ? { ...pkg.evidence(), note: 'nothing starts it' } : pkg.evidence(field));
}

/** Only the `main` field names the file: what others import, unless it consumes or schedules by itself and nobody can import it. */
function undeclared(pkg: Package): Fact<ServiceKind> {
  if (pkg.manifest.bin !== undefined) return fact('cli', pkg.evidence('bin'));
  const field = ['exports', 'main', 'module', 'types', 'files'].find((f) => pkg.manifest[f] !== undefined);
  return fact('library', field === undefined ? { ...pkg.evidence(), note: 'nothing starts it' } : pkg.evidence(field));
}

function isPublished(pkg: Package): boolean {
  return (
    pkg.manifest.private !== true &&
    (pkg.manifest.files !== undefined || pkg.manifest.publishConfig !== undefined) &&
    (pkg.manifest.types !== undefined || pkg.manifest.exports !== undefined)
  );
}

/** True for a single-page application. */
export function isStaticSite(pkg: Package): boolean {
  const bundler = pkg.dependency(
    'vite',
    'react-scripts',
    '@angular/core',
    '@vue/cli-service',
    'parcel',
    '@rsbuild/core',
  );
  return (
    bundler !== null &&
    (pkg.has('index.html') || pkg.has('public/index.html') || pkg.has('src/index.html')) &&
    text(pkg.manifest.main) === null
  );
}

function used(pkg: Package, table: readonly (readonly [string, RegExp])[]): Evidence | null {
  for (const [name, use] of table) {
    if (!pkg.isProduction(name)) continue;
    for (const source of pkg.sources(use)) {
      for (const m of codeMatches(source, use)) return at(source.file, source.lineAt(m.index));
    }
  }
  return null;
}

function nestKind(pkg: Package): Fact<ServiceKind> | null {
  const patterns: readonly (readonly [RegExp, ServiceKind])[] = [
    [/\bNestFactory\s*\.\s*create\s*(?:<[^()]*>)?\(/, 'web'],
    [/\bNestFactory\s*\.\s*createMicroservice\s*(?:<[^()]*>)?\(/, 'worker'],
    [/\bNestFactory\s*\.\s*createApplicationContext\s*\(/, 'worker'],
  ];
  for (const [pattern, kind] of patterns) {
    // A context that seeds or migrates stands beside the application and is not it: only the entry counts.
    for (const source of pkg
      .sources(/NestFactory/)
      .filter((s) => kind === 'web' || /(?:^|\/)(?:main|worker|index|app)[\w.-]*\.[jt]s$/.test(s.file))) {
      for (const m of codeMatches(source, pattern)) return fact(kind, at(source.file, source.lineAt(m.index)));
    }
  }
  return null;
}
