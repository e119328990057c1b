/** Mutations of the checks that compare files. */
import {
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
  SCAN,
} from './mutation.ts';

const FIRST = /^ {2}[\w-]+:$/;

export const agreementMutations: readonly Mutation[] = [
  ...breaking('X-PINS', [
    [
      'an action by its tag',
      replace(CI, /(uses: actions\/checkout)@[0-9a-f]{40} # (v[\d.]+)/, '$1@$2'),
      /actions\/checkout/,
    ],
    [
      'a commit of no release',
      replace(CI, /(uses: actions\/checkout@[0-9a-f]{40}) # v[\d.]+/, '$1'),
      /actions\/checkout/,
    ],
    ['a datastore by its tag, in CI', replace(CI, /(\n {8}image: [^@\n]+)@sha256:[0-9a-f]+/, '$1'), /image:/],
    ['a datastore by its tag, locally', replace(COMPOSE, /(image: [^@\n]+)@sha256:[0-9a-f]+/, '$1'), /image:/],
    ['any version of the scanner', replace(SCAN, /\n {10}version: v.*/, ''), /- name:/],
  ]),
  ...breaking('X-WORKFLOW', [
    [
      'an expression in a script',
      replace(CI, /run: npm run lint/, 'run: npm run lint -- ${{ github.head_ref }}'),
      /head_ref/,
    ],
    ['rights for strangers', replace(CI, /^ {2}pull_request:/m, '  pull_request_target:'), /pull_request_target/],
    ['a token that stays', replace(CI, /\n {8}with:\n {10}persist-credentials: false/, ''), /- name: Check out/],
    ['every secret', replace(CI, /toJSON\(needs\)/, 'toJSON(secrets)'), FIRST],
    ['everything twice', inside(CI, /^ {2}push:/, /\n {4}branches: .*/, ''), /push/],
    ['no merge queue', replace(CI, /^ {2}merge_group:\n/m, ''), /^on:/],
    [
      'a filter on the trigger',
      replace(CI, /^ {2}pull_request:.*$/m, '  pull_request:\n    paths: [src/**]'),
      /pull_request/,
    ],
    ['every run is cancelled', replace(CI, /cancel-in-progress: .*/, 'cancel-in-progress: true'), /concurrency/],
    [
      'any version of the packages',
      replace(
        CI,
        /run: (npm ci|pnpm install --frozen-lockfile|yarn install --(?:frozen-lockfile|immutable)|bun install --frozen-lockfile)/,
        'run: npm install',
      ),
      /run:/,
    ],
    ['a step without a name', replace(CI, /- name: Lint\n +run/, '- run'), /- run/],
    ['any runner', replace(CI, /ubuntu-24\.04/, 'ubuntu-latest'), /ubuntu-latest/],
    ['on the full hour', replace(SCAN, /cron: "\d+ /, 'cron: "0 '), /cron/],
  ]),
  ...breaking('X-PORT', [
    ['EXPOSE another port', replace(DOCKERFILE, /^EXPOSE \d+/m, 'EXPOSE 9999'), /EXPOSE/],
    ['EXPOSE nothing', replace(DOCKERFILE, /^EXPOSE \d+\n/m, ''), /^FROM/],
    ['another port in the image', replace(DOCKERFILE, /^((?:ENV .*\\\n)?\s*(?:ENV )?PORT)=\d+/m, '$1=9999'), /ENV/],
    ['the probe asks another port', replace(DOCKERFILE, /(CMD \[.*\|\|)\d+/, '$19999'), /HEALTHCHECK/],
    [
      'Compose publishes another port',
      replace(COMPOSE, /(127\.0\.0\.1:\$\{(?!PROMETHEUS|ALERTMANAGER)\w+:-\d+\}):\d+/, '$1:9999'),
      /9999/,
    ],
  ]),
  ...breaking('X-HEALTH', [
    ['the probe asks another path', replace(DOCKERFILE, /(^HEALTHCHECK[\s\S]*?)\/healthz/m, '$1/other'), /HEALTHCHECK/],
    [
      'Compose asks another path',
      inside(COMPOSE, FIRST, /( {4}healthcheck:)\n/, '$1\n      test: [CMD, curl, "http://127.0.0.1:3000/other"]\n'),
      /test/,
    ],
  ]),
  ...breaking('X-USER', [
    ['another user', replaceLast(DOCKERFILE, /^USER .*/m, 'USER 1000:1000'), /USER/],
    ['another group', replace(DOCKERFILE, /--gid \d+/, '--gid 1000'), /RUN/],
    [
      'another user, locally',
      inside(COMPOSE, FIRST, /\n {4}read_only: true/, '\n    user: "1000:1000"\n    read_only: true'),
      /user/,
    ],
  ]),
  ...breaking('X-IMAGE', [
    ['another name in CI', replace(CI, /(\n {10}tags: )[\w-]+:/, '$1other:'), /tags/],
    ['another name locally', replace(COMPOSE, /\n {4}image: [\w-]+:dev/, '\n    image: other:dev'), /image/],
    ['another Dockerfile', replace(CI, /\n {10}file: .*/, '\n          file: other/Dockerfile'), /file/],
    ['a scan of another image', inside(CI, /^\s*- name: Scan$/, /image-ref: .*/, 'image-ref: other:1'), /image-ref/],
  ]),
  ...breaking('X-VARIABLES', [
    [
      'a variable that nothing sets',
      (files) => {
        const script = every(drop(/\.sh$/, /^(once|follow|given) \S+ SESSION_SECRET\b/))(files);
        return script;
      },
      FIRST,
    ],
  ]),
  ...breaking('X-DATASTORE', [
    ['another version in CI', replace(CI, /\n {8}image: [^\s@]+@/, '\n        image: other:1@'), /image:/],
    ['another version locally', replace(COMPOSE, /image: [^\s@]+@/, 'image: other:1@'), /image:/],
  ]),
  ...breaking('X-RUNTIME', [
    ['the image ships another runtime', replace(DOCKERFILE, /^FROM node:\d+/m, 'FROM node:18'), /^FROM/],
    [
      'CI runs another runtime',
      replace(CI, /node-version-file: .*|node-version: .*/, 'node-version: "18"'),
      /node-version/,
    ],
    [
      'CI reads another file',
      replace(CI, /node-version-file: .*/, 'node-version-file: other/.nvmrc'),
      /node-version-file/,
    ],
  ]),
  ...breaking('X-SYNTAX', [
    ['YAML that does not parse', replace(CI, /^jobs:$/m, 'jobs: ]'), /jobs/],
    ['a key twice', replace(COMPOSE, /^name: .*$/m, 'name: one\nname: two'), /name/],
    ['no instruction', replace(DOCKERFILE, /^STOPSIGNAL/m, 'STOPSIGNL'), /STOPSIGNL/],
  ]),
  ...breaking('X-FILES', [
    ['no CI', remove(CI), null],
    ['no security scan', remove(SCAN), null],
    ['no Dockerfile', remove(DOCKERFILE), null],
    ['no Compose file', remove(COMPOSE), null],
    ['no guide', remove(/configuration\.md$/), null],
  ]),
  ...breaking('X-COPY', [
    ['a source that is kept out', replace(IGNORE, /^!package\.json\n/m, ''), /COPY/],
    ['a stage that does not exist', replace(DOCKERFILE, /COPY --from=\w+/, 'COPY --from=nowhere'), /nowhere/],
  ]),
  ...breaking('X-TARGET', [
    ['a stage that does not exist', replace(COMPOSE, /target: runtime/, 'target: nowhere'), /target/],
  ]),
  ...breaking('X-LOCKFILE', [
    [
      'the cache of another lock file',
      replace(CI, /cache-dependency-path: .*/, 'cache-dependency-path: elsewhere/yarn.lock'),
      /cache-dependency-path/,
    ],
    [
      'the key of another lock file',
      replace(CI, /hashFiles\('[^']*bun\.lock[^']*'\)/, "hashFiles('elsewhere/bun.lock')"),
      /key/,
    ],
    [
      'a copy of another lock file',
      replace(DOCKERFILE, /(COPY .*?)(package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)/, '$1elsewhere/$2'),
      /COPY/,
    ],
  ]),
  ...breaking('X-COMMANDS', [
    [
      'a script that the stacks do not have',
      inside(CI, /^ {2}aws-stacks:/, /npm run synth/, 'npm run synthesize'),
      /npm run synthesize/,
    ],
    [
      'a script that does not exist',
      replace(CI, /run: (npm|pnpm|yarn|bun) run lint/, 'run: $1 run lint:everything'),
      /lint:everything/,
    ],
  ]),
];
