/** Whether the service ends in order when it is told to. */
import type { Fact, Framework } from '../../model.ts';
import type { Package } from './package.ts';
import { at, fact } from './repo.ts';
import { codeMatches } from './scan.ts';

const HANDLER = /\bprocess\s*\.\s*(?:on|once|addListener)\s*\(\s*['"`]SIGTERM['"`]/;
/** `for (const signal of ['SIGTERM', …]) process.on(signal, …)`. */
const LIST = /['"`]SIGTERM['"`]/;
const LIBRARIES: readonly (readonly [string, RegExp])[] = [
  ['close-with-grace', /\bcloseWithGrace\s*\(/],
  ['fastify-graceful-shutdown', /['"]fastify-graceful-shutdown['"]/],
  ['@fastify/graceful-shutdown', /['"]@fastify\/graceful-shutdown['"]/],
  ['@godaddy/terminus', /\bcreateTerminus\s*\(/],
  ['lightship', /\bcreateLightship\s*\(/],
  ['http-graceful-shutdown', /['"]http-graceful-shutdown['"]/],
  ['stoppable', /['"]stoppable['"]/],
  ['death', /['"]death['"]/],
  ['node-graceful-shutdown', /['"]node-graceful-shutdown['"]/],
  ['async-exit-hook', /['"]async-exit-hook['"]/],
  ['exit-hook', /['"]exit-hook['"]/],
  ['@tygra/nestjs-graceful-shutdown', /setupGracefulShutdown/],
  ['nestjs-graceful-shutdown', /setupGracefulShutdown/],
];

/** True with the place of the handler; false when there is code and no handler; null when there is no code to look at. */
export function detectSigterm(
  pkg: Package,
  framework: Framework | null,
  evidence: Fact<boolean>['evidence'] | null,
): Fact<boolean> | null {
  if (framework === 'nextjs')
    return fact(true, { ...(evidence ?? at(pkg.file)), note: 'the Next.js server handles it' });
  for (const source of pkg.sources(/SIGTERM|enableShutdownHooks/)) {
    for (const m of codeMatches(source, /\benableShutdownHooks\s*\(/))
      return fact(true, at(source.file, source.lineAt(m.index)));
    for (const m of codeMatches(source, HANDLER)) return fact(true, at(source.file, source.lineAt(m.index)));
    if (/\bprocess\s*\.\s*(?:on|once)\s*\(\s*(?!['"`])/.test(source.bare)) {
      for (const m of codeMatches(source, LIST)) return fact(true, at(source.file, source.lineAt(m.index)));
    }
  }
  for (const [name, use] of LIBRARIES) {
    if (pkg.dependency(name) === null) continue;
    const source = pkg.sources(use)[0];
    if (source === undefined) continue;
    for (const m of codeMatches(source, use)) return fact(true, at(source.file, source.lineAt(m.index), name));
  }
  return pkg.codeFiles.length === 0 || evidence === null ? null : fact(false, { ...evidence, note: 'no handler seen' });
}
