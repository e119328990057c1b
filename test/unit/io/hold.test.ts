import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWriter } from '../../../src/io/disk.ts';
import { removeFolder, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh } from '../../helpers/writes.ts';

afterEach(removeFresh);

describe('the hold', () => {
  const owner = (more: object = {}): string =>
    JSON.stringify({
      pid: 1,
      host: hostname(),
      started: '2026-01-01T00:00:00.000Z',
      stamp: null,
      token: 'a'.repeat(16),
      ...more,
    });
  const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  it('of a living process refuses, naming it, and is no unfinished run', () => {
    const root = fresh({ '.devops/tx/held/owner.json': owner({ pid: process.ppid }) });
    const before = snapshot(root);
    for (const action of [() => openWriter(root).apply([create('a')]), () => openWriter(root).recover()])
      expect(action).toThrow(`process ${process.ppid} on ${hostname()}`);
    expect(openWriter(root).unfinished()).toBe(false);
    expect(snapshot(root)).toEqual(before);
  });

  it('of another machine is never taken over, and says how to', () => {
    const root = fresh({ '.devops/tx/held/owner.json': owner({ host: 'elsewhere', pid: deadPid() }) });
    expect(failure(() => openWriter(root).apply([create('a')]))).toEqual(['LOCKED .devops/tx/held']);
    removeFolder(join(root, '.devops/tx/held/owner.json'));
    openWriter(root).apply([create('a')]);
    expect(readdirSync(root)).toEqual(['a']);
  });

  it.each([
    ['a dead process', () => owner({ pid: deadPid() })],
    ['a process whose pid somebody else has now', () => owner({ pid: process.ppid, stamp: 'another boot 1' })],
    ['nobody', () => ''],
    ['a lie', () => owner({ pid: -1 })],
    ['pid 0', () => owner({ pid: 0 })],
    ['an attacker', () => owner({ host: '\u001b[2J', pid: process.ppid })],
  ])('of %s heals itself', (_, text) => {
    const root = fresh({ '.devops/tx/held/owner.json': text(), '.devops/tx/held/0.new': 'half' });
    expect(openWriter(root).unfinished()).toBe(true);
    openWriter(root).apply([create('a')]);
    expect(readdirSync(root)).toEqual(['a']);
    expect(openWriter(root).unfinished()).toBe(false);
  });

  it('whose taking over was interrupted heals as well', () => {
    const root = fresh({
      '.devops/tx/held/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/breaking/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/own-1/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/own-2/half': '',
      '.devops/tx/done-1/0.old': 'x',
    });
    expect(openWriter(root).recover()).toBe('staging-dropped');
    expect(readdirSync(root)).toEqual([]);
  });

  it('lets many runs at once write one after the other or not at all, never mixed', async () => {
    const root = fresh({ counter: '0\n' });
    const script = join(fresh(), 'run.mjs');
    const { buildSync } = await import('esbuild');
    buildSync({
      stdin: {
        contents: `
          import { createHash } from 'node:crypto';
          import { readFileSync } from 'node:fs';
          import { openWriter } from './src/io/disk.ts';
          const [root, id] = process.argv.slice(2);
          const before = readFileSync(root + '/counter', 'utf8');
          const files = Array.from({ length: 5 }, (_, n) => ({ path: 'by/' + id + '/' + n, content: id, mode: 0o644, expect: null }));
          const counter = { path: 'counter', content: Number(before) + 1 + '\\n', mode: 0o644, expect: createHash('sha256').update(before).digest('hex') };
          try { openWriter(root).apply([...files, counter]); console.log('done'); }
          catch (error) { console.log(error.problems?.[0]?.code ?? error.stack); }`,
        resolveDir: join(import.meta.dirname, '../../..'),
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const runs = Array.from({ length: 12 }, (_, id) => {
      const child = spawn(process.execPath, [script, root, String(id)]);
      let output = '';
      child.stdout.on('data', (data) => {
        output += String(data);
      });
      return new Promise<string>((resolve) => child.on('close', () => resolve(output.trim())));
    });
    const results = await Promise.all(runs);
    expect(new Set([...results, 'done', 'LOCKED', 'CHANGED'])).toEqual(new Set(['done', 'LOCKED', 'CHANGED']));
    const done = results.flatMap((result, id) => (result === 'done' ? [id] : []));
    expect(done.length).toBeGreaterThan(0);
    expect(readFileSync(join(root, 'counter'), 'utf8')).toBe(`${done.length}\n`);
    expect(
      readdirSync(join(root, 'by'))
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(done);
    for (const id of done) expect(readdirSync(join(root, 'by', String(id)))).toHaveLength(5);
    expect(readdirSync(root).sort()).toEqual(['by', 'counter']);
  });
});
