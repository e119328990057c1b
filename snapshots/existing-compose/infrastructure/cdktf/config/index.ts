/** The three environments, checked before anything is made of them. */
import { development } from './development.js';
import { production } from './production.js';
import type { EnvironmentConfig } from './schema.js';
import { facts } from './services.js';
import { staging } from './staging.js';
import { problemsOf } from './validate.js';

export const environments: readonly EnvironmentConfig[] = [development, staging, production];

/** @throws Error that lists every problem at once. */
export function assertValid(all: readonly EnvironmentConfig[]): void {
  const problems = problemsOf(facts, all);
  if (problems.length > 0)
    throw new Error(`The configuration cannot be deployed:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
}
