/** What the ignore file of a build lets through, and what never. */
import type { Service, System } from '../../src/model.ts';
import { manifestCopies } from './image-install.ts';
import { stagesOf } from './image-stages.ts';
import { telemetryPaths } from './telemetry.ts';

/** Everything that a COPY takes from the build context, sorted: what the ignore file has to let through. */
export function allowedPaths(service: Service, system: System): readonly string[] {
  const stages = stagesOf(service, system);
  const all = [...manifestCopies(service, system), ...(stages.build?.copies ?? []), ...stages.copies];
  const paths = all.filter(({ stage }) => stage === null).flatMap(({ from }) => from);
  return [...new Set([...paths, ...telemetryPaths(service, system)])].sort();
}

/** What stays out even below a folder that is let in: secrets, and what every machine makes for itself. */
const NEVER_ALLOWED = [
  '**/.DS_Store',
  '**/.env*',
  '**/.git',
  '**/.next',
  '**/*.key',
  '**/*.log',
  '**/*.pem',
  '**/*.spec.[jt]s',
  '**/*.spec.[jt]sx',
  '**/*.test.[jt]s',
  '**/*.test.[jt]sx',
  '**/*.tsbuildinfo',
  '**/__tests__',
  '**/coverage',
  '**/dist',
  '**/node_modules',
];

/**
 * A folder that is let in by its name (a committed `dist`) is no longer among them; and where the build compiles the tests too, because the
 * layout of its output depends on them, they are let in.
 */
export function neverAllowed(allowed: readonly string[]): readonly string[] {
  const all = `/${allowed.join('/')}/`;
  const tests = /\/(?:__tests__|tests?|specs?)\//.test(all);
  return NEVER_ALLOWED.filter(
    (pattern) => !all.includes(`/${pattern.slice(3)}/`) && !(tests && /__tests__|\.(?:test|spec)\./.test(pattern)),
  );
}
