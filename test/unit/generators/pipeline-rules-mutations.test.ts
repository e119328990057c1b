/** Each rule has to find what it is there for: one wound per rule, cut into a pipeline that is whole. */
import { describe, expect, it } from 'vitest';
import { ciGithub } from '../../../generators/ci-github.ts';
import { securityScan } from '../../../generators/security-scan.ts';
import { judgePipeline, PIPELINE_RULES } from '../../helpers/pipeline-rules.ts';
import { baseSystem } from '../../helpers/system.ts';
import { renderAll } from '../../helpers/templates.ts';

type Wound = Readonly<{ in?: 'ci' | 'scan' | 'bot'; find: string | RegExp; put: string }>;

const DEPLOYMENT = `  deploy:
    name: Deploy
    runs-on: ubuntu-24.04
    timeout-minutes: 1
    permissions: {}
    steps:
      - name: Apply
        run: kubectl apply --filename k8s

  ci-ok:
`;
const PUSH: Wound = { find: 'load: true', put: 'push: true' };
const DEPLOY: Wound = { find: '  ci-ok:\n', put: DEPLOYMENT };

const WOUNDS: Readonly<Record<string, Wound>> = {
  'GH-PERM-TOP': { find: '\npermissions: {}', put: '\npermissions: write-all' },
  'GH-PERM-JOB': { find: 'contents: read # check out', put: 'contents: read # check out\n      packages: write # ?' },
  'GH-PERM-COMMENT': { find: 'contents: read # check out', put: 'contents: read' },
  'GH-PIN-SHA': { find: /actions\/checkout@\S+/, put: 'actions/checkout@v7' },
  'GH-PIN-COMMENT': { find: '# v7.0.1', put: '# v6.0.0' },
  'GH-PIN-KNOWN': { find: /actions\/checkout@\S+/, put: `actions/chekout@${'a'.repeat(40)}` },
  'GH-INPUTS': { find: 'node-version-file:', put: 'node-version-flie:' },
  'GH-RUNTIME': {
    find: /uses: actions\/checkout@\S+ # v\S+/,
    put: 'uses: pnpm/action-setup@fe02b34f77f8bc703788d5817da081398fad5dd2 # v4.0.0',
  },
  'GH-CHECKOUT-CREDS': { find: 'persist-credentials: false', put: 'persist-credentials: true' },
  'GH-INJECT': { find: 'run: npm run lint', put: 'run: npm run lint -- ${{ github.head_ref }}' },
  'GH-TRIGGER': { find: '  pull_request:', put: '  pull_request:\n  pull_request_target:' },
  'GH-OIDC': { find: '  test:\n', put: '  test:\n    env: { AWS_ACCESS_KEY_ID: AKIA }\n' },
  'GH-SECRETS': { find: '    environment: notifications\n', put: '' },
  'GH-CACHE-RELEASE': PUSH,
  'GH-SELF-REPO': { find: /uses: actions\/checkout@\S+ # v\S+/, put: 'uses: $/.github/actions/checkout' },
  'GH-SUPERFLUOUS': { find: /actions\/checkout@/, put: 'softprops/action-gh-release@' },
  'GH-TOOLS-PINNED': { find: /version: v0\.\d+\.\d+/, put: 'version: latest' },
  'GH-CACHE-CI': { find: /cache: npm/, put: 'check-latest: true' },
  'GH-FROZEN': { find: 'run: npm ci', put: 'run: npm install' },
  'GH-LOCK-EXISTS': { find: 'cache-dependency-path: package-lock.json', put: 'cache-dependency-path: yarn.lock' },
  'GH-CONC-CI': { find: /cancel-in-progress: .*/, put: 'cancel-in-progress: true' },
  'GH-TIMEOUT': { find: /timeout-minutes: \d+\n/, put: 'continue-on-error: false\n' },
  'GH-NAMES': { find: /- name: Lint\n\s+/, put: '- ' },
  'GH-RUNNER': { find: 'ubuntu-24.04', put: 'ubuntu-latest' },
  'GH-DUP-RUNS': { find: 'branches: [main]', put: 'branches: ["**"]' },
  'GH-MERGE-QUEUE': { find: '  merge_group:\n', put: '' },
  'GH-REQUIRED-GATE': {
    find: /needs: \[changes, static, test, integration, image\]\n\s+if: always/,
    put: 'needs: [changes]\n    if: always',
  },
  'GH-PATHS': { find: '  pull_request:', put: '  pull_request:\n    paths: [src/**]' },
  'GH-IF': { find: /if: steps\.findings.*/, put: "if: github.actor != 'dependabot[bot]'" },
  'GH-CRON': { in: 'scan', find: /cron: "\d+ /, put: 'cron: "0 ' },
  'GH-NOTIFY': { find: 'if: failure() && ', put: 'if: ' },
  'GH-SYNTAX': { find: 'needs: [changes]', put: 'needs: [chnages]' },
  'GH-CODEQL': { in: 'scan', find: ', actions]', put: ']' },
  'GH-DEPREVIEW': { in: 'scan', find: 'fail-on-severity: high', put: 'warn-only: true' },
  'GH-UPDATES': { in: 'bot', find: 'default-days: 7', put: 'default-days: 1' },
  'GH-SECRETSCAN': { in: 'scan', find: 'fetch-depth: 0', put: 'fetch-depth: 1' },
  'GH-IMAGE-SCAN': { find: 'exit-code: "1"', put: 'exit-code: "0"' },
  'GH-RELEASE-TAG': PUSH,
  'GH-PROVENANCE': PUSH,
  'GH-LOWERCASE': PUSH,
  'GH-CONC-DEPLOY': DEPLOY,
  'GH-VERIFY-BEFORE': DEPLOY,
  'GH-DIGEST': DEPLOY,
  'GH-ENV': DEPLOY,
  'GH-DEPLOY-VERIFY': DEPLOY,
  'GH-DEPLOY-ROLLBACK': DEPLOY,
  'GH-PREVIEW': DEPLOY,
};

/** A rule that cannot be decided from what we know never applies, so it cannot fail either. */
const UNDECIDABLE = ['GH-SCORECARD'];

const whole = [...renderAll(ciGithub, baseSystem), ...renderAll(securityScan, baseSystem)];
const PATHS = { ci: baseSystem.layout.ci, scan: baseSystem.layout.securityScan, bot: baseSystem.layout.dependabot };

describe('every rule can fail', () => {
  it('has a wound for every rule', () => {
    expect([...Object.keys(WOUNDS), ...UNDECIDABLE].sort()).toEqual(PIPELINE_RULES.map(({ id }) => id).sort());
  });

  it.each(Object.entries(WOUNDS))('%s', (id, wound) => {
    const path = PATHS[wound.in ?? 'ci'];
    const files = whole.map((file) =>
      file.path === path ? { ...file, text: file.text.replace(wound.find, wound.put) } : file,
    );
    expect(files).not.toEqual(whole);
    const judged = judgePipeline(files, baseSystem).find((judgement) => judgement.id === id);
    expect(judged?.findings).not.toEqual([]);
  });
});
