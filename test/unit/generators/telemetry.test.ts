/** The files of the module that serves metrics: once for the project, with what the pins lock. Whether it works, `test/tools/telemetry.test.ts` tells. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { preloads, telemetryFiles } from '../../../generators/shared/telemetry.ts';
import { compileTemplate } from '../../../src/core/render/compile.ts';
import { renderFile, type TemplateFunction } from '../../../src/core/render/render.ts';
import { preloadedMetrics } from '../../../src/core/system/metrics.ts';
import type { Service } from '../../../src/model.ts';
import { service, system } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';

const FOLDER = fileURLToPath(new URL('../../../templates/', import.meta.url));
const NAMES = ['package.json', 'package-lock.json', 'register.mjs'];
const template = (name: string) => readFileSync(`${FOLDER}prometheus/telemetry/${name}.ejs`, 'utf8');
const templates = Object.fromEntries(
  NAMES.map((name) => {
    const path = `prometheus/telemetry/${name}.ejs`;
    return [path, new Function(`return (${compileTemplate(path, template(name))})`)() as TemplateFunction];
  }),
);
const shown = (change: Partial<Service> = {}) => {
  const plain = service({ ...change, metrics: null });
  return { ...plain, metrics: preloadedMetrics(plain) };
};
const files = (services: readonly Service[]) =>
  telemetryFiles(system({ services }), pins).map((spec) => renderFile(templates, 'prometheus', spec));

describe('the module', () => {
  it('is not there where nothing preloads it', () => {
    expect(files([service()])).toEqual([]);
    expect(preloads(service())).toBe(false);
  });

  it('is there once, whoever needs it, and belongs to the user from then on', () => {
    const made = files([shown(), shown({ name: 'other' }), service()]);
    expect(made.map(({ path }) => path)).toEqual(NAMES.map((name) => `telemetry/${name}`));
    expect(new Set(made.map(({ ownership }) => ownership))).toEqual(new Set(['once']));
  });

  it('locks the one library that it has, without addresses of where it came from', () => {
    const [manifest, lock] = files([shown()]).map(({ text }) => text);
    const { name, dependencies, type } = JSON.parse(manifest ?? '');
    expect({ name, type, dependencies }).toEqual({
      name: 'orders-telemetry',
      type: 'module',
      dependencies: { 'prom-client': '15.1.3' },
    });
    const { packages } = JSON.parse(lock ?? '');
    expect(packages[''].dependencies).toEqual(dependencies);
    expect(packages['node_modules/prom-client']).toMatchObject({ version: '15.1.3' });
    expect(lock).not.toContain('resolved');
    for (const [path, entry] of Object.entries(packages as Record<string, { integrity?: string }>))
      if (path !== '') expect(entry.integrity, path).toMatch(/^sha512-/);
  });

  it('reads nothing of the project', () => {
    expect(template('register.mjs')).not.toContain('<%');
  });
});
