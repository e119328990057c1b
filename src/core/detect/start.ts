/** The command that starts the service in production, without a package manager and without a development tool. */
import type { Evidence, Fact } from '../../model.ts';
import type { Build } from './build.ts';
import { existingCode, ofLine, ofScript, type Start } from './command.ts';
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { at, choose, fact, join } from './repo.ts';

const PRODUCTION_SCRIPTS = [
  'start:prod',
  'start:production',
  'start-prod',
  'prod',
  'production',
  'start',
  'serve:prod',
  'serve',
  'server',
  'start:server',
  'worker',
  'start:worker',
  'run',
];

const DEVELOPMENT_SCRIPTS = ['start:dev', 'dev', 'develop', 'watch'];

/** All ways to start that were seen, best first. */
export function startCandidates(pkg: Package, build: Build | null): Start[] {
  const found: Start[] = [];
  for (const script of PRODUCTION_SCRIPTS) {
    const start = ofScript(pkg, build, script, []);
    if (start !== null) found.push(start);
  }
  const others: Start[] = [...procfile(pkg, build), ...dockerfile(pkg, build)];
  for (const script of DEVELOPMENT_SCRIPTS) {
    const start = ofScript(pkg, build, script, []);
    if (start !== null) others.push({ ...start, quality: 2 });
  }
  const main = fromMain(pkg, build);
  if (main !== null) others.push(main);
  const all = [...found, ...others];
  // Sorting is stable: within a quality the order above stays.
  return all.sort((a, b) => a.quality - b.quality);
}

/** The chosen command and the file it runs. */
export function detectStart(
  pkg: Package,
  build: Build | null,
): {
  start: Fact<readonly string[]> | null;
  entry: Fact<string> | null;
  variables: Readonly<Record<string, string>>;
  declared: boolean;
} {
  const candidates = startCandidates(pkg, build);
  const best = candidates[0];
  if (best === undefined) return { start: null, entry: null, variables: {}, declared: false };
  const same = candidates.filter((c) => c.quality === best.quality);
  return {
    start: choose(same.map((c) => fact(c.argv, c.evidence))),
    entry: best.entry === null ? null : fact(best.entry, best.evidence),
    variables: best.variables,
    declared: best.declared,
  };
}

function fromMain(pkg: Package, build: Build | null): Start | null {
  const bin = pkg.manifest.bin;
  if (bin !== undefined) return null;
  const main =
    text(pkg.manifest.main) ??
    text(pkg.manifest.module) ??
    text(record(record(pkg.manifest.exports)['.']).import) ??
    text(pkg.manifest.exports);
  const make = (entry: string, evidence: Evidence): Start => ({
    argv: ['node', entry],
    entry,
    quality: 2,
    evidence,
    variables: {},
    declared: false,
  });
  const path = main === null ? null : join('.', main);
  const evidence = pkg.evidence('main');
  if (path !== null) {
    if (build !== null && path.startsWith(`${build.output.value}/`)) return make(path, evidence);
    const source = existingCode(pkg, path);
    if (source !== null) {
      const compiled = /tsx?$/.test(source) ? (build?.outputOf(source) ?? null) : source;
      if (compiled !== null) return make(compiled, evidence);
    }
  }
  for (const name of ['server', 'index', 'main', 'app']) {
    const source = existingCode(pkg, `src/${name}`) ?? existingCode(pkg, name);
    const compiled = source === null ? null : /tsx?$/.test(source) ? (build?.outputOf(source) ?? null) : source;
    if (source !== null && compiled !== null) return make(compiled, at(pkg.at(source) as string));
  }
  return null;
}

function procfile(pkg: Package, build: Build | null): Start[] {
  const path = pkg.at('Procfile') as string;
  const rows = pkg.repo.text(path)?.split('\n') ?? [];
  return rows.flatMap((row, i) => {
    const m = /^(?:web|worker)\s*:\s*(.+)$/.exec(row.trim());
    const start = m === null ? null : ofLine(pkg, build, m[1] as string, at(path, i + 1), []);
    return start === null ? [] : [start];
  });
}

/** The last CMD or ENTRYPOINT of an existing Dockerfile, when it names this package's code. */
function dockerfile(pkg: Package, build: Build | null): Start[] {
  const path = pkg.at('Dockerfile') as string;
  const rows = pkg.repo.text(path)?.split('\n') ?? [];
  const index = rows.findLastIndex((row) => /^\s*(?:CMD|ENTRYPOINT)\b/i.test(row));
  const m = index < 0 ? null : /^\s*(?:CMD|ENTRYPOINT)\s+(.+)$/i.exec(rows[index] as string);
  if (m === null) return [];
  let line = m[1] as string;
  if (line.trim().startsWith('[')) {
    try {
      const words: unknown = JSON.parse(line);
      line = Array.isArray(words) ? words.map(String).join(' ') : '';
    } catch {
      return [];
    }
  }
  const start = ofLine(pkg, build, line, at(path, index + 1), []);
  return start === null ? [] : [{ ...start, quality: start.quality === 0 ? 0 : 1 }];
}
