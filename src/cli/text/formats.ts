/** A report of checks → what other programs read: JSON, SARIF 2.1.0, JUnit XML, Markdown. */
import { createHash } from 'node:crypto';
import type { Finding } from '../../model.ts';
import type { Report } from '../../standards/index.ts';
import type { Standard } from '../../standards/standard.ts';
import { jsonText } from '../json.ts';
import { countsText, countVerdicts } from './findings.ts';

export type Tool = Readonly<{ name: string; version: string }>;

/** Counts, findings and verdicts in the envelope of every command. */
export function jsonReport(report: Report): string {
  const { findings, verdicts } = report;
  return jsonText('verify', { counts: countVerdicts(verdicts), findings, verdicts });
}

const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const;

/** One run; fingerprints do not depend on the line, so that a finding keeps its identity when lines move. */
export function sarifReport(report: Report, catalog: readonly Standard[], tool: Tool): string {
  const used = new Set(report.findings.map(({ standard }) => standard));
  const rules = [...used].sort().map((id) => {
    const standard = catalog.find((entry) => entry.id === id);
    return {
      id,
      shortDescription: { text: standard?.title ?? 'The files agree with each other' },
      fullDescription: { text: standard?.requirement ?? 'A fact stands once and every file says the same.' },
    };
  });
  const results = report.findings.map((finding) => ({
    ruleId: finding.standard,
    level: LEVEL[finding.severity],
    message: { text: `${finding.message} ${finding.hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(finding.file), uriBaseId: '%SRCROOT%' },
          region: { startLine: finding.line ?? 1 },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint(finding) },
  }));
  const driver = { name: tool.name, version: tool.version, rules };
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

function fingerprint({ standard, file, message }: Finding): string {
  return createHash('sha256').update(`${standard}\n${file}\n${message}`).digest('hex').slice(0, 32);
}

/** A test case for each standard that was decided or could not be: what is not checked is `skipped`, never passed. */
export function junitReport(report: Report, tool: Tool): string {
  const counts = countVerdicts(report.verdicts);
  const cases = report.verdicts.map(({ standard, state, reason }) => {
    const name = `    <testcase classname="standards" name="${xml(standard)}"`;
    if (state === 'held') return `${name}/>`;
    if (state !== 'broken') return `${name}><skipped message="${xml(`${state}: ${reason ?? ''}`)}"/></testcase>`;
    const text = report.findings.filter((finding) => finding.standard === standard).map(lineOf);
    return `${name}><failure message="${xml(text[0] ?? standard)}">${xml(text.join('\n'))}</failure></testcase>`;
  });
  const skipped = counts.notApplicable + counts.notChecked;
  const head = `<testsuite name="${xml(tool.name)}" tests="${report.verdicts.length}" failures="${counts.broken}" errors="0" skipped="${skipped}">`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  ${head}`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** A table for a job summary. */
export function markdownReport(report: Report): string {
  const rows = report.findings.map(
    (finding) =>
      `| ${[finding.severity, finding.standard, place(finding), finding.message, finding.hint].map(cell).join(' | ')} |`,
  );
  const table =
    rows.length === 0
      ? []
      : ['', '| severity | standard | place | what | how to mend |', '|---|---|---|---|---|', ...rows];
  return [
    '## Delivery and operations standards',
    '',
    `${countsText(countVerdicts(report.verdicts))}.`,
    ...table,
    '',
  ].join('\n');
}

function lineOf(finding: Finding): string {
  return `${place(finding)}: ${finding.message} ${finding.hint}`;
}

function place({ file, line }: Finding): string {
  return line === undefined ? file : `${file}:${line}`;
}

function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|]/g, '\\$&').replace(/\s+/g, ' ');
}

function xml(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return [...text]
    .map((character) => (character < ' ' && !'\t\n\r'.includes(character) ? ' ' : character)) // XML 1.0 cannot write them
    .join('')
    .replace(/[&<>"]/g, (character) => named[character] ?? '');
}
