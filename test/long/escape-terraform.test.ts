/** Terraform JSON as Terraform evaluates it: outputs only, no provider, no network. Without terraform the test says so and skips. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { escaperFor } from '../../src/core/escape/index.ts';
import { SAMPLES } from '../unit/core/escape/samples.ts';

const available = spawnSync('terraform', ['version']).status === 0;
if (!available) console.warn('SKIPPED: no terraform on PATH; Terraform JSON was not checked against it');

const folder = mkdtempSync(join(tmpdir(), 'escape-terraform-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function terraform(...args: string[]): ReturnType<typeof spawnSync> {
  const env = {
    ...process.env,
    TF_CLI_CONFIG_FILE: '/dev/null',
    CHECKPOINT_DISABLE: '1',
    TF_DATA_DIR: join(folder, '.terraform'),
  };
  return spawnSync('terraform', args, { cwd: folder, env, maxBuffer: 1e9, encoding: 'utf8' });
}

/** Every value as an output and as a key of one; what Terraform makes of them, or its error. */
function evaluate(print: (value: unknown) => string, values: readonly string[]): unknown {
  const outputs = values.map((value, i) => `"o${i}": { "value": { ${print(value)}: ${print(value)} } }`);
  writeFileSync(join(folder, 'main.tf.json'), `{ "output": { ${outputs.join(',\n')} } }`);
  const applied = terraform('apply', '-auto-approve', '-input=false', '-no-color', '-lock=false');
  if (applied.status !== 0) return String(applied.stderr);
  const found = JSON.parse(String(terraform('output', '-json').stdout)) as Record<string, { value: unknown }>;
  return values.map((_, i) => found[`o${i}`]?.value);
}

describe.skipIf(!available)('Terraform JSON, evaluated by terraform', () => {
  // Terraform normalizes Unicode (NFC) in every string; that is not ours to undo.
  const values = SAMPLES.filter((s) => s === s.normalize('NFC'));

  it('is the value', () => {
    expect(evaluate(escaperFor('terraform-json'), values)).toEqual(values.map((value) => ({ [value]: value })));
  });

  it('control: JSON alone is evaluated', () => {
    expect(evaluate(escaperFor('json'), ['${upper("pwn")}'])).toEqual([{ PWN: 'PWN' }]);
    expect(evaluate(escaperFor('json'), ['%{ if true }x'])).toMatch(/Error/);
  });
});
