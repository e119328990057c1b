/** The snapshot table: a fixture, what is answered, and the tree that comes out. One row a case; `snapshots/<name>/` holds the tree. */

export type Case = Readonly<{
  name: string;
  fixture: string;
  /** Flags besides `--yes`. */
  flags?: readonly string[];
  /** Files laid over the fixture before the run: what a user already has. */
  overlay?: Readonly<Record<string, string>>;
  /** What the case is there to show. */
  shows: string;
}>;

const persona = (id: string): Case => ({
  name: `persona-${id}`,
  fixture: 'express-postgres',
  flags: ['--persona', id],
  shows: `the defaults of the preset ${id}`,
});

export const CASES: readonly Case[] = [
  {
    name: 'express-postgres',
    fixture: 'express-postgres',
    shows: 'Express, TypeScript, npm, PostgreSQL; the default persona',
  },
  { name: 'fastify-redis', fixture: 'fastify-redis', shows: 'Fastify, pnpm, Redis, readiness and metrics endpoints' },
  { name: 'nextjs', fixture: 'nextjs', shows: 'Next.js without standalone output' },
  { name: 'nestjs-yarn', fixture: 'nestjs-yarn', shows: 'NestJS with yarn berry' },
  { name: 'pnpm-workspace', fixture: 'pnpm-workspace', shows: 'two services and a shared package' },
  {
    name: 'plain-http-js',
    fixture: 'plain-http-js',
    shows: 'no TypeScript, no framework, no health endpoint, no tests',
  },
  { name: 'bun-hono', fixture: 'bun-hono', shows: 'bun as runtime and package manager' },
  { name: 'worker-only', fixture: 'worker-only', shows: 'a queue consumer without a port' },
  {
    name: 'prisma-native',
    fixture: 'prisma-native',
    shows: 'prisma generate, native modules, husky, a private registry',
  },
  { name: 'yarn-classic-koa-mongo', fixture: 'yarn-classic-koa-mongo', shows: 'Koa, yarn 1, MongoDB' },
  {
    name: 'express-metrics',
    fixture: 'express-metrics',
    shows: 'metrics of its own: prom-client with a histogram that it declares; all five families',
  },
  { name: 'express-mysql', fixture: 'express-mysql', shows: 'MySQL in Compose, on RDS, and its exporter' },
  {
    name: 'worker-preload',
    fixture: 'worker-only',
    flags: ['--set', 'observability.instrument=true'],
    shows: 'a worker that gets metrics, /health and /ready by a preloaded module',
  },
  {
    name: 'nowhere-yet',
    fixture: 'express-postgres',
    flags: [
      '--set',
      'infrastructure.target=none',
      '--set',
      'observability.pager=none',
      '--set',
      'observability.chat.kind=teams',
    ],
    shows: 'no stacks; runbooks for the local stack alone; Teams and nobody who is paged',
  },
  {
    name: 'cdktn',
    fixture: 'pnpm-workspace',
    flags: [
      '--set',
      'infrastructure.cdk=cdktn',
      '--set',
      'observability.chat.kind=email',
      '--set',
      'observability.chat.channel=ops@shop.test',
    ],
    shows: 'the fork of CDKTF: another package.json, the same stacks; e-mail',
  },
  { name: 'library', fixture: 'library', shows: 'CI only: nothing to run' },
  persona('automator'),
  persona('buddy-specialist'),
  persona('workflow'),
  persona('battra-contributor'),
  {
    name: 'agent-guide',
    fixture: 'plain-http-js',
    flags: ['--set', 'generators=ci-github,docker,configuration,agent-guide'],
    overlay: { 'AGENTS.md': '# Agents\n\nBe brief.\n' },
    shows: 'a section of AGENTS.md, asked for, beside what people wrote there',
  },
  {
    name: 'private-repository',
    fixture: 'fastify-redis',
    flags: ['--set', 'security.codeScanning=false'],
    shows: 'scans that need neither code scanning nor dependency review',
  },
  {
    name: 'existing-compose',
    fixture: 'express-postgres',
    overlay: {
      'compose.yaml': 'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n',
    },
    shows: "a user's Compose file stays; nothing promises the containers that are not in it",
  },
  {
    name: 'existing-files',
    fixture: 'express-postgres',
    overlay: {
      Dockerfile: '# Written by hand, stays as it is.\nFROM node:22\nCOPY . .\nCMD ["npm", "start"]\n',
      '.gitignore': 'node_modules\n# mine\n*.log\n',
      'README.md': '# Orders\n\nOur own words.\n',
    },
    shows: "a user's Dockerfile is left alone, .gitignore and README.md get additive edits",
  },
];
