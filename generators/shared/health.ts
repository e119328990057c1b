/** How a container proves that it is alive, and what becomes of SIGTERM, with nothing but the runtime that is in the image. */
import type { Service } from '../../src/model.ts';
import { MANAGEMENT_HEALTH, managementEndpoint, TELEMETRY } from './telemetry.ts';

/** Programs of the image are written here as text; this is the object of theirs, not of ours. */
const PROCESS = 'process';

/** JavaScript for the port that the process listens on: the variable that moves it, else the number. */
function portExpression(service: Service): string {
  const { port, portVariable } = service;
  return portVariable ? `(${PROCESS}.env.${portVariable}||${port})` : String(port);
}

/**
 * The probe as the words of a command. Exit code 0: healthy. A worker is asked at the management port, where it has one; where nothing listens,
 * being alive is that the first process is there. A HEALTHCHECK of NONE would be honest too, but `docker compose up --wait` fails on it.
 */
export function probe(service: Service): readonly string[] {
  const { health, port, runtime } = service;
  const program = runtime.name;
  const management = managementEndpoint(service);
  if (port === null && management) return fetches(program, `'http://127.0.0.1:${management.port}${MANAGEMENT_HEALTH}'`);
  if (port === null || health.kind === 'none') return [program, '-e', `${PROCESS}.kill(1,0)`];
  if (health.kind === 'tcp') {
    const connect = `require('node:net').connect(${portExpression(service)},'127.0.0.1')`;
    return [program, '-e', `${connect}.on('connect',()=>${PROCESS}.exit(0)).on('error',()=>${PROCESS}.exit(1))`];
  }
  const path = JSON.stringify(health.path).slice(1, -1).replaceAll("'", "\\'");
  const url = service.portVariable
    ? `'http://127.0.0.1:'+${portExpression(service)}+'${path}'`
    : `'http://127.0.0.1:${port}${path}'`;
  // Nobody knows which Node an image of the user's has: fetch came with 18.
  if (service.files.dockerfileOwner === 'user') {
    const answered = `r=>${PROCESS}.exit(r.statusCode<400?0:1)`;
    // An error that nobody handles ends the probe with 1, which is what it has to say.
    return [program, '-e', `require('http').get(${url},${answered})`];
  }
  return fetches(program, url);
}

/** `url` is an expression of the program's. */
function fetches(program: string, url: string): readonly string[] {
  return [program, '-e', `fetch(${url}).then(r=>${PROCESS}.exit(r.ok?0:1),()=>${PROCESS}.exit(1))`];
}

/** Next.js ends its server on SIGTERM by itself. */
export function endsOnSigterm(service: Service): boolean {
  return service.handlesSigterm || service.framework === 'nextjs';
}

/**
 * Ends the process on SIGTERM with 143, as the kernel does for every process but the first of a container. Stands back as soon as the
 * application has a handler of its own.
 */
const DEFAULT_SIGTERM = `${PROCESS}.once('SIGTERM',()=>${PROCESS}.listenerCount('SIGTERM')||${PROCESS}.exit(143))`;

/** Bun preloads files only. */
const BUN_PRELOAD = '/usr/local/lib/sigterm.js';

/** The start command, and the file that it preloads where it has to be written first. */
export type Command = Readonly<{ words: readonly string[]; file: Readonly<{ path: string; text: string }> | null }>;

/** The start command with what is loaded before the application: our metrics, which know SIGTERM's default, or that default alone. */
export function command(service: Service, start: readonly string[]): Command {
  const [program, ...rest] = start;
  if (managementEndpoint(service) && program === 'node')
    return { words: ['node', '--import', `${TELEMETRY}/register.mjs`, ...rest], file: null };
  if (endsOnSigterm(service)) return { words: start, file: null };
  if (program === 'node')
    return { words: ['node', '--import', `data:text/javascript,${DEFAULT_SIGTERM}`, ...rest], file: null };
  if (program === 'bun') {
    return { words: ['bun', '--preload', BUN_PRELOAD, ...rest], file: { path: BUN_PRELOAD, text: DEFAULT_SIGTERM } };
  }
  return { words: start, file: null };
}

/** True where nothing in the image ends the process on SIGTERM, so that whoever runs it has to bring an init. */
export function needsInit(service: Service): boolean {
  const program = service.start?.[0];
  if (service.files.dockerfileOwner === 'user') return !endsOnSigterm(service);
  return !endsOnSigterm(service) && program !== undefined && program !== 'node' && program !== 'bun';
}
