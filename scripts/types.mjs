/**
 * Declarations of what the package exports: written by the compiler, then only the files that are reached from the entries are kept. They may
 * name nothing but each other, so that a consumer needs no other package's types.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const types = join(root, 'dist/types');
const ENTRIES = ['src/index.d.ts', 'src/plop.d.ts'];
const IMPORT = /(\bfrom\s+|\bimport\(\s*|^import\s+)(['"])([^'"]+)\2/gm;

const emitted = mkdtempSync(join(tmpdir(), 'create-devops-setup-types-'));
try {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const compiler = join(dirname(manifest), bin.tsc);
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.types.json'), '--outDir', emitted], {
    stdio: 'inherit',
  });
  rmSync(types, { recursive: true, force: true });
  const outside = [];
  const pending = ENTRIES.filter((path) => existsSync(join(emitted, path)));
  const kept = new Set(pending);
  for (const path of pending) {
    const text = readFileSync(join(emitted, path), 'utf8').replace(IMPORT, (whole, before, quote, name) => {
      if (!name.startsWith('.')) {
        outside.push(`${path}: ${name}`);
        return whole;
      }
      const target = join(dirname(path), name.replace(/\.ts$/, '.d.ts'));
      if (!kept.has(target)) pending.push(target);
      kept.add(target);
      return `${before}${quote}${name.replace(/\.ts$/, '.js')}${quote}`;
    });
    mkdirSync(dirname(join(types, path)), { recursive: true });
    writeFileSync(join(types, path), text);
  }
  if (outside.length > 0) throw new Error(`declarations name other packages:\n${outside.join('\n')}`);
} finally {
  rmSync(emitted, { recursive: true, force: true });
}
