/** What overrides detection, service by service. */
import { confirm, integer, select, text } from '../../define.ts';
import { place, seen, serviceOf } from './names.ts';

const PATH = { pattern: /^\/[A-Za-z0-9/._~-]*$/, expected: 'a path like /healthz' } as const;

export const servicePath = text('services.*.path', {
  message: 'Where does {service} live?',
  help: 'The folder of the service, relative to the root. Written once, so that the name stays its name.',
  // Folders have the names that people give them; what we write ourselves must be readable again.
  pattern: /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\r\n\t]+$/,
  expected: 'a folder relative to the root',
  required: false,
});

export const serviceSetUp = confirm('services.*.setUp', {
  message: 'Set up {service}?',
  help: 'False leaves the service alone.',
  required: false,
});

export const serviceKind = select(
  'services.*.kind',
  [
    { value: 'web', title: 'A web service', hint: 'listens on a port' },
    { value: 'worker', title: 'A worker', hint: 'runs, listens on nothing' },
    { value: 'cron', title: 'A job', hint: 'starts, works, ends' },
    { value: 'cli', title: 'A command-line tool' },
    { value: 'library', title: 'A library' },
  ],
  {
    message: 'What is {service}?',
    help: 'What kind of unit the service is, where detection errs.',
    required: false,
    suggest: ({ facts, service }) => seen(serviceOf(facts, service)?.kind),
  },
);

export const servicePort = integer('services.*.port', {
  message: 'Which port does {service} listen on?',
  help: 'The port, where detection did not find it or errs.',
  ask: 'open',
  minimum: 1,
  maximum: 65_535,
  suggest: ({ facts, service }) => seen(serviceOf(facts, service)?.port),
});

export const serviceStart = text('services.*.start', {
  message: 'How is {service} started in production, without a package manager?',
  help: 'The start command as words, e.g. `node dist/server.js`; no shell, no npm.',
  ask: 'open',
  // A package manager in between keeps SIGTERM from the service.
  pattern: /^(?!(npm|npx|pnpm|yarn|bunx)( |$))[A-Za-z0-9_@%+=:,./-]+( [A-Za-z0-9_@%+=:,./-]+)*$/,
  expected: 'plain words separated by single spaces, without a package manager, e.g. node dist/server.js',
  suggest: ({ facts, service }) => {
    const start = serviceOf(facts, service)?.start;
    return start ? { value: start.value.join(' '), source: 'detected', why: place(start.evidence) } : undefined;
  },
});

export const serviceHealth = text('services.*.health', {
  message: 'Which path of {service} tells that it is alive?',
  help: 'The liveness path, where detection did not find it.',
  ...PATH,
  required: false,
  suggest: ({ facts, service }) => seen(serviceOf(facts, service)?.endpoints.health),
});

export const serviceReady = text('services.*.ready', {
  message: 'Which path of {service} tells that it can take traffic?',
  help: 'The readiness path, where detection did not find it.',
  ...PATH,
  required: false,
  suggest: ({ facts, service }) => seen(serviceOf(facts, service)?.endpoints.ready),
});

export const serviceMetrics = text('services.*.metrics', {
  message: 'Which path of {service} serves Prometheus metrics?',
  help: 'The metrics path, where detection did not find it.',
  ...PATH,
  required: false,
  suggest: ({ facts, service }) => seen(serviceOf(facts, service)?.endpoints.metrics),
});
