/** Mutations of the checks on CI. */
import { both, breaking, CI, COMPOSE, drop, every, file, inside, type Mutation, replace, SCAN } from './mutation.ts';

const LINT = /^\s*- name: Lint/;
const UNIT = /^\s*- name: Unit tests/;
const INTEGRATION = /^\s*- name: Integration tests/;
const JOBS = /^jobs:/;

export const ciMutations: readonly Mutation[] = [
  ...breaking('CI-001', [
    ['no linting', every(drop(CI, LINT)), JOBS],
    [
      'linting may fail',
      inside(CI, LINT, /^(\s*)- name: (.*)$/m, '$1- name: $2\n$1  continue-on-error: true'),
      /continue-on-error/,
    ],
    ['the failure of linting is thrown away', inside(CI, LINT, /run: (.*)$/m, 'run: $1 || true'), /\|\| true/],
    ['not on pull requests', drop(CI, /^ {2}pull_request:/), /^on:/],
    ['not on pushes', drop(CI, /^ {2}push:/), /^on:/],
    ['no scan on pull requests', drop(SCAN, /^ {2}pull_request:/), /^on:/],
  ]),
  ...breaking('CI-002', [
    [
      'a build beside the static checks',
      replace(CI, /needs: \[changes, static[\w-]*(, )?/, 'needs: [changes, '),
      /needs:/,
    ],
    [
      'a build although tests are red',
      inside(CI, /^ {2}(image|build)[\w-]*:/, /if: (.*)/, 'if: always() || $1'),
      /always\(\)/,
    ],
  ]),
  ...breaking('CI-003', [
    ['a job without a limit', replace(CI, /\n +timeout-minutes: \d+/, ''), /^ {2}[\w-]+:/],
    ['a job of an hour', replace(CI, /timeout-minutes: \d+/, 'timeout-minutes: 60'), /timeout-minutes/],
    ['a scan of an hour', replace(SCAN, /timeout-minutes: \d+/, 'timeout-minutes: 60'), /timeout-minutes/],
  ]),
  ...breaking('CI-004', [
    [
      'the stacks are cached by the lock file of the application',
      inside(CI, /^ {2}aws-stacks:/, /cache-dependency-path: .*/, 'cache-dependency-path: package-lock.json'),
      /Install dependencies/,
    ],
    ['no cache of packages', replace(CI, /\n +cache: \w+\n +cache-dependency-path: .*/, ''), /Install dependencies/],
    [
      'the cache of another lock file',
      replace(CI, /cache-dependency-path: .*/, 'cache-dependency-path: elsewhere/package-lock.json'),
      /Install dependencies/,
    ],
    [
      'a cache without a key of the lock file',
      replace(CI, /(\n +key: .*)hashFiles\('[^']+'\)/, '$1github.ref'),
      /Install dependencies/,
    ],
    ['no layers of earlier runs', replace(CI, /\n +cache-from: .*/, ''), /- name: Build/],
    ['layers are not stored', every(replace(CI, /\n +cache-to: .*/, '')), /- name: Build/],
  ]),
  ...breaking('CI-005', [
    [
      'tests wait for the linter',
      (files) => {
        const ci = [...files].find(([path]) => CI.test(path));
        return ci && LINT.test(ci[1].split('\n').find((line) => LINT.test(line)) ?? '') && /^ {2}static:/m.test(ci[1])
          ? inside(CI, /^ {2}test[\w-]*:/, /needs: \[changes\]/, 'needs: [changes, static]')(files)
          : null;
      },
      /needs:/,
    ],
    [
      'integration tests in the job of the unit tests',
      (files) => {
        const ci = [...files.values()].find((text) => /^ {2}integration:/m.test(text)) ?? '';
        const line = /- name: Integration tests\n\s+run: (.*)/.exec(ci)?.[1];
        return line
          ? both(
              drop(CI, INTEGRATION),
              inside(CI, UNIT, /(\n *)(run: .*)/, `$1$2\n      - name: Integration tests\n        run: ${line}`),
            )(files)
          : null;
      },
      /- name: (Integration|Unit) tests/,
    ],
  ]),
  ...breaking('CI-006', [
    [
      'the default branch leaves something out',
      replace(CI, /if: github\.event_name != 'pull_request' \|\| /, 'if: '),
      /if:/,
    ],
    ['an output that nobody sets', replace(CI, /^( {6})(\w[\w-]*): (\$\{\{ steps\.filter)/m, '$1other-$2: $3'), /if:/],
  ]),
  ...breaking('CI-007', [
    ['no unit tests', every(drop(CI, UNIT)), JOBS],
    ['no integration tests', every(drop(CI, INTEGRATION)), JOBS],
    [
      'integration tests without a database',
      inside(CI, /^ {2}integration[\w-]*:/, /\n {4}services:(\n {6,}.*)+/, ''),
      /integration|services|name:/,
    ],
  ]),
  ...breaking('CI-008', [['no contract tests', every(drop(CI, /^\s*- name: Contract tests/)), JOBS]]),
  ...breaking('CI-009', [
    ['half the gate', replace(CI, /(lines"?[=:])80/, '$140'), /lines/],
    [
      'no gate',
      replace(
        CI,
        /(--check-coverage --lines 80|--coverage\.thresholds\.lines=80|--test-coverage-lines=80|--coverageThreshold=\S+)/,
        '',
      ),
      /run/,
    ],
  ]),
  ...breaking('CI-010', [
    ['no coverage report', every(drop(CI, /^\s*- name: Keep the coverage report/)), /- name: Unit tests/],
    [
      'no coverage report when it matters',
      inside(CI, /^\s*- name: Keep the coverage report/, /\n +if: .*/, ''),
      /Keep the coverage report/,
    ],
    [
      'no scan report',
      both(every(drop(SCAN, /^\s*- name: (Upload|Keep) the report/)), (files) => files as Map<string, string>),
      /Report everything/,
    ],
  ]),
  ...breaking('CI-011', [
    ['another branch', replace(CI, /branches: \[.*\]/, 'branches: [release]'), /branches:/],
    [
      'pull requests to another branch',
      replace(CI, /^ {2}pull_request:.*$/m, '  pull_request:\n    branches: [release]'),
      /branches:/,
    ],
  ]),
  ...breaking('CI-012', [
    ['the gate ignores a job', inside(CI, /^ {2}ci-ok:/, /needs: \[[\w-]+(, )?/, 'needs: ['), /needs:/],
    [
      'the gate of the scans ignores a job',
      inside(SCAN, /^ {2}security-ok:/, /needs: \[[\w-]+(, )?/, 'needs: ['),
      /needs:/,
    ],
    ['the gate is always green', inside(CI, /^ {2}ci-ok:/, /exit 1/, 'exit 0'), /steps:/],
    [
      'a cancelled job counts as success',
      inside(CI, /^ {2}ci-ok:/, /\.value\.result != "success"/, '.value.result == "failure"'),
      /steps:/,
    ],
    ['no gate', drop(CI, /^ {2}ci-ok:/), JOBS],
  ]),
  ...breaking('CI-014', [
    ['a file for another platform', file('.gitlab-ci.yml', 'test:\n  script: [npm test]\n'), null],
  ]),
  ...breaking('CI-015', [
    ['nobody is told of a red build', drop(CI, /^ {2}notify:/), JOBS],
    ['nobody is told of a finding', drop(SCAN, /^ {2}notify:/), JOBS],
    [
      'a webhook that everybody can read',
      replace(CI, /WEBHOOK: .*/, 'WEBHOOK: https://chat.example.com/hook'),
      /WEBHOOK/,
    ],
    ['a job that nobody hears of', inside(CI, /^ {2}notify:/, /needs: \[[^\]]*\]/, 'needs: []'), /needs:/],
  ]),
  ...breaking('CI-016', [
    [
      'no signal from the default branch',
      inside(CI, /^ {2}notify:/, /github\.event_name == 'push'/, "github.event_name == 'workflow_dispatch'"),
      /if:/,
    ],
    ['an issue like any other', every(inside(CI, /^ {2}notify:/, /priority:high/, 'question')), /if:/],
  ]),
  ...breaking('CI-017', [
    ['a misspelt key', replace(CI, /runs-on:/, 'run-on:'), /run-on|^ {2}[\w-]+:/],
    ['a job that does not exist', replace(CI, /needs: \[[\w-]+/, 'needs: [nowhere'), /needs:/],
    ['a step that does not exist', replace(CI, /if: steps\.findings\./, 'if: steps.finding.'), /- name:/],
    [
      'a step that does nothing',
      inside(SCAN, /^\s*- name: Search the commits/, /\n( +)run: \|/, '\n$1ran: |'),
      /ran:|- name: Search/,
    ],
    [
      'two steps of one id',
      replace(SCAN, /- name: List what is known/, '- name: List what is known\n        id: before'),
      /- name:/,
    ],
  ]),
  ...breaking('CI-020', [
    ['no summary', every(replace(CI, /GITHUB_STEP_SUMMARY/, 'HOME')), JOBS],
    ['no annotation', replace(CI, /::error::/, ''), JOBS],
  ]),
  ...breaking('CD-021', [
    ['tests without tables', every(drop(CI, /^\s*- name: Migrate the empty database/)), /tests/],
    [
      'a service before its migrations',
      inside(COMPOSE, /^ {2}[\w-]+:$/, /\n {6}[\w-]+-migrations:\n {8}condition: service_completed_successfully/, ''),
      /depends_on|^ {2}[\w-]+:/,
    ],
  ]),
];
