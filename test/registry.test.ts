/** The registry and its recipe: ids, templates, raw output, and `generators/README.md` followed to the letter. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { generators } from '../generators/index.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const templates = walk(join(ROOT, 'templates')).filter((path) => path.endsWith('.ejs'));

describe('the registry', () => {
  it('has one file for each id, and no id twice', () => {
    const ids = generators.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const files = readdirSync(join(ROOT, 'generators')).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
    expect(files.map((name) => name.replace(/\.ts$/, '')).sort()).toEqual([...ids].sort());
  });

  it('has templates for its generators and for nobody else', () => {
    const owners = new Set(templates.map((path) => relative(join(ROOT, 'templates'), path).split('/')[0]));
    expect([...owners].sort()).toEqual([...generators.map(({ id }) => id), '_partials'].sort());
  });
});

describe('raw output', () => {
  it('is a marked exception: these, and no others', () => {
    const found = templates.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\braw\('([^']*)'/g)].map(
        ([, reason]) => `${relative(join(ROOT, 'templates'), path)}: ${reason}`,
      ),
    );
    expect([...new Set(found)].sort()).toMatchSnapshot();
    for (const path of templates) expect(readFileSync(path, 'utf8'), path).not.toContain('<%-');
  });
});

describe('generators/README.md', () => {
  it('leads from nothing to a generator that writes its file', () => {
    const recipe = readFileSync(join(ROOT, 'generators/README.md'), 'utf8');
    const [source = '', template = ''] = [...recipe.matchAll(/^ {3}```\w*\n([\s\S]*?)^ {3}```$/gm)].map(
      ([, body = '']) => body.replace(/^ {3}/gm, ''),
    );
    const copy = mkdtempSync(join(tmpdir(), 'cds-recipe-'));
    made.push(copy);
    for (const name of ['package.json', 'src', 'generators', 'templates', 'scripts', 'bin'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));

    // 1. One file, 2. its template, 3. one line.
    writeFileSync(join(copy, 'generators/editor-config.ts'), source);
    mkdirSync(join(copy, 'templates/editor-config'));
    writeFileSync(join(copy, 'templates/editor-config/.editorconfig.ejs'), template);
    const index = readFileSync(join(copy, 'generators/index.ts'), 'utf8');
    writeFileSync(
      join(copy, 'generators/index.ts'),
      `import { editorConfig } from './editor-config.ts';\n${index.replace('  configuration,', '  configuration,\n  editorConfig,')}`,
    );

    const node = (args: readonly string[], cwd: string) => spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect(node(['scripts/build.mjs'], copy)).toMatchObject({ status: 0 });
    const project = join(copy, 'project');
    cpSync(join(ROOT, 'test/fixtures/express-postgres'), project, { recursive: true });
    mkdirSync(join(project, '.git'));
    writeFileSync(join(project, '.git/HEAD'), 'ref: refs/heads/main\n');
    const run = node([join(copy, 'bin/create-devops-setup.js'), 'add', 'editor-config', '--yes'], project);
    expect(run.status, run.stderr).toBe(0);
    expect(readFileSync(join(project, '.editorconfig'), 'utf8')).toBe('# Editor settings of orders.\nroot = true\n');
    const explained = node([join(copy, 'bin/create-devops-setup.js'), 'explain', '.editorconfig:1'], project);
    expect(explained.stdout).toContain('DEVX-004');
  });
});

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
