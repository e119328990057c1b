/** JSON Schemas of the files that people write, for editors. */
import { configSchema, presetSchema } from '../core/config-file.ts';
import { allQuestions } from '../pipeline.ts';
import { generators } from './ports.ts';

/** File name → text. A project with generators of its own has a schema of its own, `.devops/config.schema.json`. */
export function schemas(): Readonly<Record<'config.schema.json' | 'preset.schema.json', string>> {
  const questions = allQuestions(generators);
  return { 'config.schema.json': configSchema(questions), 'preset.schema.json': presetSchema(questions) };
}
