/** Mutations of the checks on scans, permissions and secrets. */
import {
  breaking,
  CI,
  COMPOSE,
  DEPENDABOT,
  DOCKERFILE,
  drop,
  every,
  file,
  inside,
  type Mutation,
  replace,
  SCAN,
} from './mutation.ts';

const JOBS = /^jobs:/;
const AUDIT = /^\s*- name: Check the dependencies/;
const CONFIG = /^\s*- name: Check Dockerfiles/;
const GATE = /^\s*- name: Fail on what this change adds/;

export const securityMutations: readonly Mutation[] = [
  ...breaking('SEC-001', [
    ['no audit', drop(SCAN, AUDIT), JOBS],
    ['an audit that stays green', inside(SCAN, AUDIT, /exit-code: "1"/, 'exit-code: "0"'), AUDIT],
    [
      'an audit that may fail',
      inside(SCAN, AUDIT, /^(\s*)- name: (.*)$/m, '$1- name: $2\n$1  continue-on-error: true'),
      AUDIT,
    ],
    ['an audit of critical ones only', inside(SCAN, AUDIT, /severity: .*/, 'severity: CRITICAL'), /severity/],
    [
      'an audit once a week',
      inside(SCAN, /^ {2}repository:/, /(\n {4})runs-on:/, "$1if: github.event_name == 'schedule'$1runs-on:"),
      AUDIT,
    ],
  ]),
  ...breaking('SEC-002', [
    ['no analysis', drop(SCAN, /^ {2}codeql:/), JOBS],
    [
      'an analysis that may fail',
      inside(SCAN, /^ {2}codeql:/, /(\n {4})runs-on:/, '$1continue-on-error: true$1runs-on:'),
      /- name: Analyse/,
    ],
    [
      'no analysis of pull requests',
      inside(SCAN, /^ {2}codeql:/, /(\n {4})runs-on:/, "$1if: github.event_name == 'push'$1runs-on:"),
      /- name: Analyse/,
    ],
  ]),
  ...breaking('SEC-004', [
    ['a scan of the image that stays green', inside(CI, GATE, /\n +exit-code: "1"/, ''), /- name:/],
    ['no scan of the image', drop(CI, GATE), /- name:/],
    ['a scan of another image', inside(CI, GATE, /image-ref: .*/, 'image-ref: other:1'), /- name:/],
    ['high ones pass', inside(CI, GATE, /severity: .*/, 'severity: CRITICAL'), /severity/],
  ]),
  ...breaking('SEC-005', [
    ['high ones pass', inside(SCAN, AUDIT, /severity: .*/, 'severity: CRITICAL'), /severity/],
    ['ignored for ever', file('.trivyignore', '# reviewed\nCVE-2026-0001\n'), /CVE/],
    ['ignored without a reason', file('.trivyignore', 'CVE-2026-0001 exp:2026-12-31\n'), /CVE/],
  ]),
  ...breaking('SEC-006', [
    ['nothing between changes', drop(SCAN, /^ {2}schedule:/), /^on:/],
    ['no scan of the configuration', drop(SCAN, CONFIG), JOBS],
    ['no search for secrets', every(replace(SCAN, /gitleaks/i, 'nothing')), JOBS],
    ['not on pull requests', drop(SCAN, /^ {2}pull_request:/), /^on:/],
  ]),
  ...breaking('SEC-007', [
    ['a scan that stays green', inside(SCAN, CONFIG, /exit-code: "1"/, 'exit-code: "0"'), CONFIG],
    ['no scan', drop(SCAN, CONFIG), JOBS],
  ]),
  ...breaking('SEC-008', [
    ['no updates of packages', drop(DEPENDABOT, /package-ecosystem: (npm|bun)/), /^updates:/],
    ['no updates of actions', drop(DEPENDABOT, /package-ecosystem: github-actions/), /^updates:/],
    ['no updates of images', drop(DEPENDABOT, /package-ecosystem: docker$/), /^updates:/],
    ['releases of the same day', replace(DEPENDABOT, /default-days: 7/, 'default-days: 0'), /cooldown/],
    ['no schedule', replace(DEPENDABOT, /interval: weekly/, 'day-of: weekly'), /schedule/],
    ['nobody looks', replace(CI, /run: npm run lint/, 'run: gh pr merge --auto --squash && npm run lint'), /- name:/],
  ]),
  ...breaking('SEC-009', [
    ['everything may be written', replace(CI, /^permissions: \{\}/m, 'permissions: write-all'), /^permissions/],
    ['nothing is said at the top', replace(SCAN, /^permissions: \{\}\n/m, ''), /./],
    ['a job that says nothing', replace(CI, /\n {4}permissions:\n {6}contents: read.*/, ''), /^ {2}[\w-]+:/],
    ['a right that no step needs', replace(CI, /contents: read.*/, 'contents: write'), /contents: write/],
  ]),
  ...breaking('SEC-010', [
    [
      'a stored key',
      replace(CI, /(- name: Lint)(\n {8})run:/, '$1$2env:$2  AWS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}$2run:'),
      /- name:/,
    ],
    [
      'a login without a role',
      replace(
        CI,
        /(\n {6})- name: Check out\n/,
        '$1- name: Log in$1  uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3$1  with:$1    aws-region: eu-west-1$1- name: Check out\n',
      ),
      /- name: Log in/,
    ],
  ]),
  ...breaking('SEC-020', [
    ['no report is kept', every(drop(SCAN, /^\s*- name: (Upload|Keep) the report/)), JOBS],
    ['nobody says for how long', replace(SCAN, /\n +retention-days: 30/, ''), /- name:/],
  ]),
  ...breaking('SECRETS-002', [
    [
      'a password in Compose',
      replace(COMPOSE, /(\n {4}environment:)\n/, '$1\n      DB_PASSWORD: hunter22\n'),
      /DB_PASSWORD/,
    ],
    [
      'an address with a password',
      replace(
        CI,
        /(\n {8})run: npm ci/,
        '$1env:$1  DATABASE_URL: postgresql://orders:hunter22@localhost/orders$1run: npm ci',
      ),
      /hunter22/,
    ],
    [
      'a key in the image',
      replace(DOCKERFILE, /^FROM base AS runtime/m, 'FROM base AS runtime\nENV API_TOKEN=abcdefgh'),
      /API_TOKEN/,
    ],
    ['a key of AWS', replace(CI, /^name: CI$/m, 'name: CI # AKIAABCDEFGHIJKLMNOP'), /AKIA/],
    ['git takes .env', replace(/^\.gitignore$/, /^\.env\n/m, ''), /./],
    ['a search through one commit', replace(SCAN, /\n +fetch-depth: 0/, ''), /- name: Check out/],
    ['no search', every(replace(SCAN, /gitleaks/i, 'nothing')), JOBS],
  ]),
];
