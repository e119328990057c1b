/** The tools that we compare ourselves with, at exact versions, and what each needs to write three files. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const PEERS = {
  'create-vite': { version: '9.3.0', bin: 'index.js' },
  hygen: { version: '6.2.11', bin: 'dist/bin.js' },
  plop: { version: '4.0.5', bin: 'bin/plop.js' },
  '@flydotio/dockerfile': { version: '0.7.10', bin: 'index.js' },
};

/** Installs `spec` (name@version or a tarball) into a folder of its own. @returns the path of its start file and its size. */
export function install(folder, name, spec, bin) {
  const modules = join(folder, 'node_modules');
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', spec], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    writeFileSync(done, '');
  }
  return { start: join(modules, name, bin), ...sizeOf(modules) };
}

/** Installed packages, files and bytes (npm's own notes apart). */
function sizeOf(modules) {
  let packages = 0;
  let files = 0;
  let bytes = 0;
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.name === '.bin' || entry.name === '.package-lock.json') continue;
      if (entry.isDirectory()) {
        if (isPackage(path)) packages += 1;
        walk(path);
      } else {
        files += 1;
        bytes += lstatSync(path).size;
      }
    }
  };
  walk(modules);
  return { packages, files, bytes };
}

function isPackage(path) {
  const parent = dirname(path);
  const scope = /[\\/]@[^\\/]+$/.test(parent) ? dirname(parent) : parent;
  return /[\\/]node_modules$/.test(scope) && existsSync(join(path, 'package.json'));
}

const FILES = {
  Dockerfile: 'FROM node:22\nCMD ["node", "{name}.js"]\n',
  'ci.yml': 'name: {name}\non: push\n',
  'README.md': '# {name}\n',
};

/** A hygen project whose generator `service new` writes three files, once. */
export function hygenProject(folder) {
  mkdirSync(join(folder, '_templates/service/new'), { recursive: true });
  for (const [file, text] of Object.entries(FILES)) {
    const head = `---\nto: out/${file}\nunless_exists: true\n---\n`;
    writeFileSync(
      join(folder, '_templates/service/new', `${file}.ejs.t`),
      head + text.replace('{name}', '<%= name %>'),
    );
  }
}

/** A plop project whose generator `service` writes three files, once. */
export function plopProject(folder) {
  const actions = Object.entries(FILES).map(([file, text]) => ({
    type: 'add',
    path: `out/${file}`,
    template: text.replace('{name}', '{{name}}'),
    skipIfExists: true,
  }));
  const prompts = [{ type: 'input', name: 'name', message: 'name' }];
  const generator = JSON.stringify({ description: 'a service', prompts, actions }, null, 2);
  writeFileSync(join(folder, 'plopfile.mjs'), `export default (plop) => plop.setGenerator('service', ${generator});\n`);
}
