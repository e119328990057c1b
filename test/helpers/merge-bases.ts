/** What the triples begin with: files as they stand in projects, with a few parts more or less. */
import { block, type Item, item, list, map, type Value, word, words } from './merge-model.ts';

/** Numbers to choose by: the same numbers, the same file. */
export type Pick = (below: number) => number;

const hash = (name: string, version: string): string => {
  let value = 7;
  for (const c of name + version) value = (value * 31 + c.charCodeAt(0)) % 0xfffffff;
  return value.toString(16).padStart(8, '0').repeat(5);
};
export const uses = (name: string, version: string): Item => item('uses', `${name}@${hash(name, version)}`, version);
export const image = (name: string, version: string): string =>
  `${name}:${version}@sha256:${hash(name, version).slice(0, 32).repeat(2)}`;

const step = (...parts: Item[]): Value => map(...parts);
const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliet'];

export function workflow(pick: Pick): Value {
  const jobs = WORDS.slice(0, 1 + pick(3)).map((name, index) => {
    const steps = [
      step(uses('actions/checkout', 'v4.1.0')),
      step(
        uses('actions/setup-node', 'v4.0.2'),
        item('with', map(item('node-version', '20.11.0'), item('cache', 'npm'))),
      ),
      step(item('name', `Install ${name}`), item('run', `npm ci --prefix ${name}`)),
      step(item('run', `npm run lint-${name}`)),
      step(item('name', `Test ${name}`), item('run', block(`cd ${name}`, 'npm run build', '', 'npm test'))),
      step(
        item('id', `meta-${name}`),
        uses('docker/metadata-action', 'v5.5.1'),
        item('with', map(item('images', `ghcr.io/acme/${name}`))),
      ),
      step(
        uses('docker/build-push-action', 'v5.1.0'),
        item('with', map(item('push', 'true'), item('tags', `acme/${name}:latest`))),
      ),
    ].slice(0, 3 + pick(5));
    return item(
      name,
      map(
        item('runs-on', 'ubuntu-24.04'),
        item('timeout-minutes', `${10 + pick(20)}`),
        ...(index > 0 ? [item('needs', words('alpha', `gate-${name}`))] : []),
        ...(pick(2) ? [item('env', map(item('CI', 'true'), item(`LOG_${name.toUpperCase()}`, 'info')))] : []),
        item('steps', list(...steps)),
      ),
    );
  });
  return map(
    item('name', 'ci'),
    item(
      'on',
      map(
        item('push', map(item('branches', words('main', 'release')))),
        item('pull_request', map(item('branches', list('main')))),
      ),
    ),
    item('permissions', map(item('contents', 'read'))),
    ...(pick(2) ? [item('concurrency', map(item('group', 'ci-group'), item('cancel-in-progress', 'true')))] : []),
    item('jobs', map(...jobs)),
  );
}

export function rules(pick: Pick): Value {
  const groups = WORDS.slice(0, 1 + pick(3)).map((name) =>
    map(
      item('name', `${name}-rules`),
      item('interval', '30s'),
      item(
        'rules',
        list(
          ...['Latency', 'Errors', 'Saturation', 'Down']
            .slice(0, 1 + pick(4))
            .map((what) =>
              map(
                item('alert', `${name}${what}`),
                item(
                  'expr',
                  pick(2)
                    ? block(
                        `rate(${name}_${what}_total[5m])`,
                        `  / rate(${name}_all_total[5m])`,
                        `  > 0.${1 + pick(9)}`,
                      )
                    : `${name}_${what} > ${pick(90)}`,
                ),
                item('for', `${5 + pick(10)}m`),
                item('labels', map(item('severity', 'warning'), item('team', name))),
                item(
                  'annotations',
                  map(item('summary', `${what} of ${name}`), item('runbook', `runbooks/${name}-${what}.md`)),
                ),
              ),
            ),
        ),
      ),
    ),
  );
  return map(item('groups', list(...groups)));
}

export function compose(pick: Pick): Value {
  const services = WORDS.slice(0, 2 + pick(3)).map((name, index) =>
    item(
      name,
      map(
        item('image', index % 2 ? image(`acme/${name}`, '1.4.2') : image('postgres', '16.1-alpine3.19')),
        item('restart', 'unless-stopped'),
        item(
          'environment',
          pick(2)
            ? map(item('LEVEL', `info-${name}`), item('PORT', `${8000 + pick(99)}`))
            : list(`LEVEL=info-${name}`, `PORT=${8000 + pick(99)}`),
        ),
        item('ports', list(`"${8000 + index}:80"`, `"${9000 + index}:90"`)),
        ...(pick(2) ? [item('command', words('node', `${name}.js`, '--quiet'))] : []),
        item('depends_on', list(...WORDS.slice(0, index + 1).map((other) => `on-${other}`))),
      ),
    ),
  );
  return map(item('name', 'acme'), item('services', map(...services)), item('volumes', map(item('data', map()))));
}

export function packageJson(pick: Pick): Value {
  return map(
    item('name', 'acme'),
    item('version', '1.0.0'),
    item('private', 'true'),
    item('scripts', map(...WORDS.slice(0, 2 + pick(6)).map((name) => item(name, `run ${name} --all`)))),
    item('files', list(...WORDS.slice(0, 1 + pick(4)).map((name) => `dist/${name}`))),
    item('dependencies', map(...WORDS.slice(0, 2 + pick(5)).map((name) => item(`lib-${name}`, `1.${pick(9)}.0`)))),
    item('engines', map(item('node', '20.11.0'))),
  );
}

export function tsconfig(pick: Pick): Value {
  const value = map(
    item('extends', './base.json'),
    item(
      'compilerOptions',
      map(
        item('target', 'es2022'),
        item('strict', 'true'),
        item('lib', words('es2022', 'dom')),
        item('outDir', 'dist'),
      ),
    ),
    item('include', list(...WORDS.slice(0, 1 + pick(4)).map((name) => `src/${name}`))),
    item('exclude', words('node_modules', 'dist')),
  );
  if (value.type === 'map') (value.items[1] as Item).above.push('how it is compiled');
  return value;
}

export function dockerfile(pick: Pick): string[] {
  return [
    '# syntax=docker/dockerfile:1.7',
    `FROM ${image('node', '20.11.0-alpine3.19')} AS build`,
    'WORKDIR /app',
    'ENV NODE_ENV=production',
    'ARG PNPM_VERSION=9.1.0',
    'COPY package.json package-lock.json ./',
    'RUN npm ci',
    ...(pick(2) ? ['# the sources', 'COPY src ./src'] : []),
    'RUN npm run build',
    '',
    `FROM ${image('gcr.io/distroless/nodejs20', '20.11.0')}`,
    'WORKDIR /srv',
    'COPY --from=build /app/dist ./dist',
    ...WORDS.slice(0, pick(4)).map((name) => `LABEL ${name}="of acme"`),
    'USER 1000',
    'EXPOSE 8080',
    'CMD ["dist/server.js"]',
  ];
}

export function markdown(pick: Pick): string[] {
  return WORDS.slice(0, 2 + pick(4)).flatMap((name, index) => [
    `${index === 0 ? '#' : '##'} About ${name}`,
    '',
    `What ${name} does is told here in a sentence.`,
    `It goes on with a second line on ${name}.`,
    '',
    ...(pick(2) ? [`- first of ${name}`, `- second of ${name}`, ''] : []),
  ]);
}

export function text(pick: Pick): string[] {
  return WORDS.slice(0, 4 + pick(6)).flatMap((name) => [`${name} one`, `${name} two`, ...(pick(3) ? [''] : [])]);
}

export { word };
