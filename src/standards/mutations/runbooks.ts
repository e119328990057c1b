/** Mutations of the checks on runbooks. */
import {
  ALERT_PAGE,
  breaking,
  drop,
  every,
  inside,
  type Mutation,
  RULES,
  remove,
  replace,
  SERVICES,
} from './mutation.ts';

const DEPLOYMENT = /runbooks\/deployment\.md$/;
const INCIDENT = /runbooks\/incident-response\.md$/;
const ROLLBACK = /runbooks\/rollback\.md$/;
const DISASTER = /runbooks\/disaster-recovery\.md$/;
const CRITICAL_PAGE = /runbooks\/alerts\/(ServiceDown|ProbeFailed|HighErrorRate)\.md$/;
const TOP = /^(---|# )/;

export const runbookMutations: readonly Mutation[] = [
  ...breaking('RUN-001', [
    ['a part is missing', replace(ALERT_PAGE, /^## Escalation$/m, '## More'), TOP],
    [
      'another order',
      replace(ALERT_PAGE, /^## Impact$([\s\S]*?)^## First 5 minutes$/m, '## First 5 minutes$1## Impact'),
      /^## (Impact|First)/,
    ],
    ['a part that says nothing', replace(ALERT_PAGE, /^(## Impact\n)[\s\S]*?(?=^## First)/m, '$1\n'), /^## Impact/],
    [
      'more steps than minutes',
      replace(ALERT_PAGE, /^(## Diagnosis)$/m, '6. **x**\n7. **x**\n8. **x**\n9. **x**\n10. **x**\n\n$1'),
      /\*\*x\*\*/,
    ],
    [
      'no commands',
      replace(
        ALERT_PAGE,
        /^## First 5 minutes$[\s\S]*?^## Diagnosis$/m,
        '## First 5 minutes\n\n1. Look, expect nothing.\n\n## Diagnosis',
      ),
      /^## First/,
    ],
    ['nobody knows what to expect', every(replace(ALERT_PAGE, /^( *)Expected:/m, '$1Shows:')), /^## First/],
    ['a block in no language', replace(ALERT_PAGE, /^( *)```bash$/m, '$1```'), /```/],
    [
      'no way back',
      every(replace(ALERT_PAGE, /Undo:|roll(s|ed)? ?back|back again|revert/i, 'Then:')),
      /^## Mitigation/,
    ],
    [
      'nobody knows when to call',
      every(replace(ALERT_PAGE, /(\d+) min(?=[\s\S]*^## After)/m, '$1 units')),
      /^## Escalation/,
    ],
    [
      'nothing shows that it is over',
      replace(
        ALERT_PAGE,
        /^## Verification$[\s\S]*?^## Escalation$/m,
        '## Verification\n\nLook again.\n\n## Escalation',
      ),
      /^## Verification/,
    ],
  ]),
  ...breaking('RUN-002', [
    ['no page of deployments', remove(DEPLOYMENT), null],
    ['no page of incidents', remove(INCIDENT), null],
    ['something to be written', replace(DISASTER, /^(## .*)$/m, '$1\n\nTODO: write this.'), /TODO/],
    ['a name to be filled in', replace(DEPLOYMENT, /^(## .*)$/m, '$1\n\nCall <your team>.'), /<your/],
  ]),
  ...breaking('RUN-003', [
    ['no word about migrations', replace(ROLLBACK, /^## Database migration$/m, '## More'), TOP],
    ['no limit', every(replace(ROLLBACK, /\b2 minutes/, 'a while')), TOP],
  ]),
  ...breaking('RUN-004', [
    ['no page of a critical alert', remove(CRITICAL_PAGE), /alert"?:/],
    ['the page takes it lightly', replace(CRITICAL_PAGE, /^severity: critical$/m, 'severity: info'), /severity: info/],
  ]),
  ...breaking('RUN-005', [
    ['nobody says when it was tried', replace(CRITICAL_PAGE, /^last_tested: .*\n/m, ''), TOP],
    ['nobody owns it', replace(DISASTER, /^owner: .*\n/m, ''), TOP],
    ['tried at some time', replace(DEPLOYMENT, /^last_tested: .*$/m, 'last_tested: recently'), /last_tested/],
  ]),
  ...breaking('RUN-006', [
    ['a phase is missing', replace(INCIDENT, /^## Investigate$/m, '## Look'), TOP],
    [
      'another order',
      replace(INCIDENT, /^## Mitigate$([\s\S]*?)^## Investigate$/m, '## Investigate$1## Mitigate'),
      /^## (Mitigate|Investigate)/,
    ],
  ]),
  ...breaking('RUN-008', [
    ['a severity without a row', every(replace(INCIDENT, /^\| warning \|/m, '| caution |')), TOP],
  ]),
  ...breaking('ALERT-017', [
    ['no minutes', every(replace(INCIDENT, /\b(\d+) min/, '$1 units')), TOP],
    ['nobody is named', every(replace(INCIDENT, /contacts\.yml/, 'people.yml')), TOP],
    ['no contacts', remove(/runbooks\/contacts\.yml$/), null],
  ]),
  ...breaking('DR-003', [
    ['another objective', every(replace(DISASTER, /\b60 min|\b1 h/i, '90 min')), /RTO/],
    ['no objective', every(replace(DISASTER, /RPO/, 'target')), /./],
  ]),
  ...breaking('DR-004', [
    [
      'help comes after an hour',
      replace(CRITICAL_PAGE, /(^## Escalation$[\s\S]*?)\b\d+ min/m, '$165 min'),
      /^## Escalation/,
    ],
  ]),
  ...breaking('IAC-007', [
    ['nobody says how the state comes back', every(replace(DISASTER, /^(#+) .*\bstate\b.*$/im, '$1 More')), TOP],
  ]),
  ...breaking('RUN-007', [
    ['components come first', replace(INCIDENT, /^( *)(Impact:.*)\n( *)(Severity:.*)$/m, '$1$4\n$3$2'), /```/],
    [
      'no message',
      replace(INCIDENT, /^## Communicate$[\s\S]*?^## Mitigate$/m, '## Communicate\n\nTalk.\n\n## Mitigate'),
      /## Communicate/,
    ],
  ]),
  ...breaking('RUN-010', [
    ['no prevention', replace(INCIDENT, /^\| Prevention .*\n/m, ''), /## Review/],
    ['another order', replace(INCIDENT, /^(\| Timeline .*\n)(\| Root cause .*\n)/m, '$2$1'), /Root cause|Timeline/],
    ['nobody owns the actions', replace(INCIDENT, /owner and due date/, 'a number'), /Action/],
  ]),
  ...breaking('CD-028', [
    ['one point less', replace(DEPLOYMENT, /^- \[ \] .*\n/m, ''), /## Before/],
    ['no list', replace(DEPLOYMENT, /^## After$/m, '## Later'), TOP],
  ]),
  ...breaking('X-RUNBOOKS', [
    ['an alert without a page', remove(ALERT_PAGE), /alert/],
    ['a page without an alert', drop(RULES, /- alert: (TargetDown|ExporterDown|HighMemory)$/), /^---/],
    [
      'a page without an alarm',
      replace(SERVICES, /"alert": "(Service|Database)CpuHigh"/, '"alert": "Other"'),
      /---|Other/,
    ],
    ['a link to nowhere', replace(RULES, /(runbook_url: .*)\/alerts\//, '$1/elsewhere/'), /runbook_url/],
    [
      'a link to another page',
      inside(RULES, /- alert: LowDisk/, /alerts\/LowDisk\.md/, 'alerts/HighCpu.md'),
      /runbook_url/,
    ],
    ['another repository', replace(RULES, /(runbook_url: .*https:\/\/[\w.]+\/)[\w-]+/, '$1somebody'), /runbook_url/],
    ['a heading that is not there', replace(RULES, /(runbook_url: .*\.md)/, '$1#nowhere'), /runbook_url/],
    ['a page of another name', replace(ALERT_PAGE, /^alert: .*$/m, 'alert: Other'), /alert: Other/],
  ]),
];
