/** Mutations of the checks on images and the local stack. */
import {
  both,
  breaking,
  CI,
  COMPOSE,
  DOCKERFILE,
  drop,
  every,
  IGNORE,
  inside,
  type Mutation,
  remove,
  replace,
  replaceLast,
} from './mutation.ts';

const RUNTIME = /^FROM base AS runtime/m;
const FIRST = /^ {2}[\w-]+:$/;

export const dockerMutations: readonly Mutation[] = [
  ...breaking('DOCKER-001', [
    [
      'a build in the last stage',
      replace(DOCKERFILE, RUNTIME, 'FROM base AS runtime\nRUN npm run build'),
      /npm run build/,
    ],
    [
      'compilers in the last stage',
      replace(DOCKERFILE, RUNTIME, 'FROM base AS runtime\nRUN apt-get update && apt-get install -y g++'),
      /g\+\+/,
    ],
    [
      'nothing is copied from a build',
      every(replace(DOCKERFILE, /^COPY --from=\w+ /m, 'COPY ')),
      /FROM base AS runtime/,
    ],
  ]),
  ...breaking('DOCKER-002', [
    ['a fat base', replace(DOCKERFILE, /^FROM \S+@sha256/m, 'FROM node:22-bookworm@sha256'), /^FROM node:22-bookworm@/],
    [
      'the whole repository',
      both(replace(IGNORE, /^\*\*$/m, '# everything'), replace(IGNORE, /^\*\*\/\.env\*\n/m, '')),
      /^!/,
    ],
    [
      'development dependencies',
      (files) => {
        const dockerfile = [...files].find(
          ([path, text]) =>
            DOCKERFILE.test(path) && /COPY --from=deps \S*node_modules/.test(text) && !/prune|focus/.test(text),
        );
        return dockerfile
          ? replace(
              DOCKERFILE,
              /(^FROM manifests AS deps\n(?:.*\n)*?.*) (--omit=dev|--prod(?:uction)?)\b/m,
              '$1',
            )(files)
          : null;
      },
      /COPY --from=deps/,
    ],
  ]),
  ...breaking('DOCKER-003', [
    ['a base that moves', replace(DOCKERFILE, /^FROM (\S+?):[^@\s]+@sha256:[0-9a-f]+/m, 'FROM $1:latest'), /^FROM/],
    ['a base without its digest', replace(DOCKERFILE, /^(FROM \S+)@sha256:[0-9a-f]+/m, '$1'), /^FROM/],
    ['an install beside the lock file', replace(DOCKERFILE, /\bnpm ci\b/, 'npm install'), /^RUN/],
    ['an install that may change the lock file', replace(DOCKERFILE, / --(frozen-lockfile|immutable)\b/, ''), /^RUN/],
    [
      'an unverified download',
      replace(DOCKERFILE, RUNTIME, 'FROM base AS runtime\nRUN curl -fsSL https://example.com/install.sh | sh'),
      /curl/,
    ],
  ]),
  ...breaking('DOCKER-004', [
    ['root', replaceLast(DOCKERFILE, /^USER .*/m, 'USER root'), /USER root/],
    ['no user', every(replace(DOCKERFILE, /^USER .*\n/m, '')), /^FROM/],
    ['new privileges', inside(COMPOSE, FIRST, /\n {4}security_opt:\n {6}- .*/, ''), FIRST],
    ['all capabilities', inside(COMPOSE, FIRST, /\n {4}cap_drop:\n {6}- ALL/, ''), FIRST],
    ['files that can be changed', inside(COMPOSE, FIRST, /read_only: true/, 'read_only: false'), /read_only/],
  ]),
  ...breaking('DOCKER-005', [
    [
      'healthy after a minute, on AWS',
      replace(/cdktf\/lib\/containers\.ts$/, /startPeriod: \d+/, 'startPeriod: 60'),
      /startPeriod/,
    ],
    ['healthy after a minute', replace(DOCKERFILE, /--start-period=\d+s/, '--start-period=1m'), /^HEALTHCHECK/],
    ['no probe', replace(DOCKERFILE, /^HEALTHCHECK --(?:.*\\\n)*.*$/m, 'HEALTHCHECK NONE'), /^FROM/],
    [
      'healthy after a minute, locally',
      inside(COMPOSE, FIRST, /start_period: 20s/, 'start_period: 60s'),
      /start_period/,
    ],
    [
      'the probe is off, locally',
      inside(COMPOSE, FIRST, /( {4}healthcheck:)\n/, '$1\n      disable: true\n'),
      /healthcheck/,
    ],
  ]),
  ...breaking('DOCKER-006', [
    ['a tag that moves, in CI', replace(CI, /(tags: \S+?):\$\{\{ github\.sha \}\}/, '$1:latest'), /- name: Build/],
    [
      'a tag that does not name the commit',
      replace(CI, /(tags: \S+?):\$\{\{ github\.sha \}\}/, '$1:build'),
      /- name: Build/,
    ],
    ['a tag that moves, locally', replace(COMPOSE, /image: (\S+?):\S+/, 'image: $1:latest'), /image:/],
  ]),
  ...breaking('DOCKER-008', [
    ['no limits', replace(COMPOSE, /\n {4}deploy:(\n {6,}.*)+/, ''), FIRST],
    ['no limit of memory', replace(COMPOSE, /\n {10}memory: .*/, ''), /deploy/],
    ['a datastore that nobody can wait for', replace(COMPOSE, /\n {4}healthcheck:\n {6}test:.*(\n {6}.*)+/, ''), FIRST],
    ['started is not healthy', replace(COMPOSE, /service_healthy/, 'service_started'), /^ {6}[\w-]+:/],
    [
      'no datastore',
      (files) => drop(COMPOSE, /^ {2}(postgresql|postgres|redis|mongodb|mysql|rabbitmq|kafka):$/)(files),
      /^services:|depends_on/,
    ],
    ['no service', drop(COMPOSE, FIRST), /^services:/],
  ]),
  ...breaking('DOCKER-009', [
    ['no ignore file beside the Dockerfile', remove(/^infrastructure\/docker\/\.dockerignore$/), null],
  ]),
];
