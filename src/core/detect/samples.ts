/** `.env.example` and its siblings: names, sample values, lines. A real `.env` is never opened. */
import type { Evidence } from '../../model.ts';
import type { Package } from './package.ts';
import { at } from './repo.ts';

export type SampleEntry = Readonly<{ name: string; value: string; line: number }>;
export type SampleFile = Readonly<{ file: string; entries: readonly SampleEntry[] }>;

const SAMPLE =
  /^(?:\.env\.(?:example|sample|template|dist|defaults?|development\.example|example\.local|local\.example|production\.example)|\.?env[.-](?:example|sample|template)[\w-]*|example\.env|sample\.env|\.env-(?:example|sample)|(?:config|docker|env)\/\.env\.(?:example|sample|template))$/;

/** The sample files of a package; a member of a workspace without one of its own reads the root's. */
export function sampleFiles(pkg: Package): readonly SampleFile[] {
  return pkg.repo.once(`samples ${pkg.path}`, () => {
    const own = pkg.files.filter((f) => SAMPLE.test(f)).map((f) => pkg.at(f) as string);
    return own.map((file) => ({ file, entries: readEntries(pkg.repo.text(file) ?? '') }));
  });
}

/** The plain sample of a folder; a word more in the name makes it a variant (`env-example-relational`, `.env.production.example`). */
const MAIN =
  /(?:^|\/)(?:\.env\.(?:example|sample|template|dist|defaults?)|(?:example|sample)\.env|\.?env[.-](?:example|sample|template))$/;

/**
 * The value that the samples give a variable; null where they give none or do not agree. What only one of several variants says belongs to
 * that variant: values of two of them are never put together.
 */
export function sampleValue(pkg: Package, name: string): Readonly<{ value: string; evidence: Evidence }> | null {
  const samples = sampleFiles(pkg);
  const given = samples.flatMap(({ file, entries }) => {
    const entry = entries.find((e) => e.name === name);
    return entry === undefined ? [] : [{ value: entry.value, evidence: at(file, entry.line) }];
  });
  const [first] = given;
  if (first === undefined || first.value === '' || given.some((g) => g.value !== first.value)) return null;
  const everywhere = given.length === samples.length || given.some((g) => MAIN.test(g.evidence.file));
  return everywhere || !areVariants(pkg) ? first : null;
}

/** True when one name has different values in the samples. */
function areVariants(pkg: Package): boolean {
  return pkg.repo.once(`variants ${pkg.path}`, () => {
    const values = new Map<string, string>();
    return sampleFiles(pkg).some(({ entries }) =>
      entries.some(({ name, value }) => {
        const known = values.get(name) ?? value;
        values.set(name, known);
        return known !== value;
      }),
    );
  });
}

/** `NAME=value` rows; a row that is commented out is a name that may be left out, so it is none here. */
export function readEntries(text: string): SampleEntry[] {
  return text.split('\n').flatMap((row, index) => {
    const m = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(row);
    if (m === null) return [];
    const raw = m[2] as string;
    const quoted = /^(["'`])(.*?)\1/.exec(raw);
    const value = quoted === null ? raw.replace(/(?:^|\s+)#.*$/, '') : (quoted[2] as string);
    return [{ name: m[1] as string, value, line: index + 1 }];
  });
}
