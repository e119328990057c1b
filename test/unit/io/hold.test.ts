import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWriter } from '../../../src/io/disk.ts';
import { removeFolder, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, visible } from '../../helpers/writes.ts';

afterEach(removeFresh);

describe('the hold', () => {
  const owner = (more: object = {}): string =>
    JSON.stringify({
      pid: 1,
      host: hostname(),
      started: '2026-01-01T00:00:00.000Z',
      stamp: null,
      run: 'a'.repeat(16),
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
    expect(Object.keys(visible(root))).toEqual(['a']);
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
    expect(Object.keys(visible(root))).toEqual(['a']);
    expect(openWriter(root).unfinished()).toBe(false);
  });

  it.each(['1970-01-01T00:00:00.000Z', '2199-01-01T00:00:00.000Z'])(
    'is judged by its process, not by when it says that it began (%s)',
    (started) => {
      const living = fresh({ '.devops/tx/held/owner.json': owner({ pid: process.ppid, started }) });
      expect(failure(() => openWriter(living).apply([create('a')]))).toEqual(['LOCKED .devops/tx/held']);
      const dead = fresh({ '.devops/tx/held/owner.json': owner({ pid: deadPid(), started }) });
      expect(openWriter(dead).recover().outcome).toBe('staging-dropped');
    },
  );

  it('of another user, who lets nobody look, refuses and is no unfinished run', (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root, to be another user');
    const root = fresh({ '.devops/tx/held/owner.json': owner({ pid: process.ppid }), a: 'x\n' });
    for (const path of ['', '.devops', '.devops/tx']) chmodSync(join(root, path), 0o777);
    chmodSync(join(root, '.devops/tx/held'), 0o700);
    try {
      process.seteuid?.(65534);
      expect(failure(() => openWriter(root).apply([create('b')]))).toEqual(['LOCKED .devops/tx/held']);
      expect(openWriter(root).unfinished()).toBe(false);
    } finally {
      process.seteuid?.(0);
    }
  });

  it('of a project of two users is given free by each, whoever kept the records', (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root, to be another user');
    const root = fresh();
    const mask = process.umask(0);
    try {
      chmodSync(root, 0o777);
      const counts = { mine: 0, theirs: 0 };
      for (let n = 0; n < 14; n += 1) {
        process.seteuid?.(n % 2 === 0 ? 0 : 65534);
        openWriter(root).apply([create(`f${n}`)]);
        expect(openWriter(root).undoable()?.created).toEqual([`f${n}`]);
        counts[n % 2 === 0 ? 'mine' : 'theirs'] += 1;
      }
      expect(counts).toEqual({ mine: 7, theirs: 7 });
      process.seteuid?.(65534);
      openWriter(root).undo();
      expect(failure(() => openWriter(root).undo())[0]).toMatch(/^WRITE /);
    } finally {
      process.seteuid?.(0);
      process.umask(mask);
    }
  });

  it('whose taking over was interrupted heals as well', () => {
    const root = fresh({
      '.devops/tx/held/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/breaking/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/own-1/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/own-2/half': '',
      '.devops/tx/done-1/0.old': 'x',
    });
    expect(openWriter(root).recover().outcome).toBe('staging-dropped');
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([2, 16])('lets %i runs at once write one after the other or not at all, never mixed', async (many) => {
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
    const runs = Array.from({ length: many }, (_, id) => {
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
    expect(Object.keys(visible(root)).filter((path) => !path.startsWith('by/'))).toEqual(['counter']);
  });
});
