/** `.env.example` and its siblings: names, sample values, lines. A real `.env` is never opened. */
import type { Package } from './package.ts';

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
