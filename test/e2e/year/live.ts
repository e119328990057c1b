/** Lives through the year: writes, edits, updates twice, and says what is not as it should be. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Case } from '../../cases.ts';
import { BIN } from '../../helpers/cli.ts';
import { buildRelease } from '../../helpers/releases.ts';
import { prepare, treeOf } from '../../helpers/snapshot.ts';
import { EDITS, NEVER_AGAIN } from './edits.ts';
import { AUTUMN, SPRING } from './releases.ts';

export type Releases = Readonly<{ spring: string; autumn: string }>;

export function releases(): Releases {
  return { spring: buildRelease([SPRING]), autumn: buildRelease([SPRING, AUTUMN]) };
}

/** `edits`: the names of those that were made; `problems`: in words, empty when all is well. `folder` holds the result. */
export type Year = Readonly<{ folder: string; edits: readonly string[]; problems: readonly string[] }>;

export function live({ fixture, flags = [], overlay = {} }: Case, { spring, autumn }: Releases): Year {
  const folder = prepare(fixture, overlay);
  const problems: string[] = [];
  const run = (program: string, args: readonly string[], expected: number): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1' },
    });
    if (status !== expected)
      problems.push(`${args.join(' ')} ends with ${status}, not ${expected}:\n${stdout}${stderr}`);
    return stdout;
  };
  const text = (path: string) => readFileSync(join(folder, path), 'utf8');

  run(BIN, ['--yes', ...flags], 0);
  const first = treeOf(folder);
  const { edited, names } = edit(folder, new Set(Object.keys(overlay)));
  const yearsEnd = (release: string): void => {
    for (const [path, stays] of edited)
      for (const [token, times] of stays)
        if (text(path).split(token).length - 1 < times)
          problems.push(`${release}: ${path} lost ${JSON.stringify(token)}`);
    for (const [path, content] of treeOf(folder, { everything: true })) {
      if (/^\.devops\/(base|tx)\//.test(path) || Object.hasOwn(overlay, path)) continue;
      if (/^<{7} |^>{7} /m.test(content)) problems.push(`${release}: ${path} holds marks`);
      problems.push(...invalid(path, content).map((reason) => `${release}: ${path} is invalid: ${reason}`));
      for (const never of NEVER_AGAIN)
        if (content.includes(never)) problems.push(`${release}: ${path} goes back to ${never}`);
    }
  };
  // What both changed has to be answered: first by nobody, then by keeping what the team wrote.
  const conflicts =
    [...edited.keys()].includes('.github/workflows/ci.yml') &&
    text('.github/workflows/ci.yml').includes('retention-days: 30');
  if (conflicts) run(spring, ['update', '--yes'], 1);
  run(spring, ['update', '--yes', '--on-conflict', 'keep'], 0);
  yearsEnd(SPRING.version);
  run(spring, ['update', '--yes'], 0);
  run(autumn, ['update', '--yes', '--on-conflict', 'keep'], 0);
  yearsEnd(AUTUMN.version);
  const before = treeOf(folder, { everything: true });
  run(autumn, ['update', '--yes'], 0);
  const after = treeOf(folder, { everything: true });
  for (const [path, content] of after)
    if (before.get(path) !== content) problems.push(`a second update changes ${path}`);
  run(autumn, ['plan'], 0);
  run(autumn, ['verify'], 0);
  problems.push(...news(first, after));
  return { folder, edits: names, problems };
}

/** Makes the edits. `edited`: path → what has to stay, and how often it was put there. */
function edit(folder: string, theirs: ReadonlySet<string>) {
  const edited = new Map<string, Map<string, number>>();
  const names = new Set<string>();
  for (const path of treeOf(folder).keys()) {
    if (path.startsWith('.devops/') || theirs.has(path)) continue;
    for (const { name, path: where, apply, stays } of EDITS) {
      if (!where.test(path)) continue;
      const before = readFileSync(join(folder, path), 'utf8');
      const after = apply(before);
      if (after === before) continue;
      writeFileSync(join(folder, path), after);
      names.add(name);
      const kept = edited.get(path) ?? new Map<string, number>();
      for (const token of stays) kept.set(token, after.split(token).length - 1);
      edited.set(path, kept);
    }
  }
  return { edited, names: [...names] };
}

function invalid(path: string, content: string): readonly string[] {
  if (/\.ya?ml$/.test(path))
    return parseAllDocuments(content).flatMap(({ errors }) => errors.map(({ message }) => message));
  if (!/(^|\/)(package|cdktf|services)\.json$/.test(path)) return [];
  try {
    JSON.parse(content);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

/** That the news of both releases came in at all: where the old words stood, the new ones stand. */
function news(first: ReadonlyMap<string, string>, last: ReadonlyMap<string, string>): readonly string[] {
  const expected: readonly (readonly [path: string, before: string, after: string])[] = [
    ['infrastructure/cdktf/config/base.ts', 'logRetentionDays: 365', 'logRetentionDays: 400'],
    ['.github/workflows/ci.yml', 'Install dependencies', 'Install what the lock file says'],
    ['docs/runbooks/alerts/TargetDown.md', 'note it, go on. After two', 'go on; after two of them, escalate'],
    ['monitoring/alertmanager/alertmanager.yml', '# One message tells', '# A message tells of one alert'],
  ];
  const missing = expected.filter(
    ([path, before, after]) => first.get(path)?.includes(before) && !last.get(path)?.includes(after),
  );
  const gone = 'infrastructure/cdktf/tests/terraform.check.ts';
  const come = 'infrastructure/cdktf/lib/tags.ts';
  return [
    ...missing.map(([path, , after]) => `${path} has no ${after}`),
    ...(last.has(gone) ? [`${gone} is still there`] : []),
    ...(first.has(gone) && !last.has(come) ? [`${come} has not come`] : []),
  ];
}
