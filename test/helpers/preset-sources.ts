/** Where presets come from, on this machine: packages behind a registry for the real npm, commits behind https for the real git. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER = join(dirname(fileURLToPath(import.meta.url)), 'preset-server.mjs');

export type Source = Readonly<{ port: number; stop: () => void }>;
export type Files = Readonly<Record<string, string>>;

export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function serve(args: readonly string[]): Promise<Source> {
  const child: ChildProcess = spawn(process.execPath, [SERVER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString())));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { port, stop: () => void child.kill() };
}

/** A registry with these packages, as npm packs them; `folder` is empty and its own. */
export async function startRegistry(folder: string, packages: readonly Files[]): Promise<Source> {
  const manifest = packages.map((files, index) => {
    const source = join(folder, `source-${index}`);
    writeFiles(join(source, 'package'), files);
    const filename = `${index}.tgz`;
    execFileSync('tar', ['-czf', join(folder, filename), '-C', source, 'package']);
    const bytes = readFileSync(join(folder, filename));
    const hash = (name: string) => createHash(name).update(bytes);
    const { name, version } = JSON.parse(files['package.json'] ?? '{}');
    const integrity = `sha512-${hash('sha512').digest('base64')}`;
    return { name, version, filename, integrity, shasum: hash('sha1').digest('hex') };
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return serve(['registry', folder]);
}

export type GitSource = Source & Readonly<{ certificate: string; commits: readonly string[] }>;

/** A repository `/acme/presets.git` behind https, with a commit for each of `versions`; `folder` is empty and its own. */
export async function startGit(folder: string, versions: readonly Files[]): Promise<GitSource> {
  const work = join(folder, 'work');
  mkdirSync(work);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: work,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '-b', 'main');
  const commits = versions.map((files) => {
    writeFiles(work, files);
    git('add', '-A');
    git('commit', '--quiet', '-m', 'preset');
    return git('rev-parse', 'HEAD');
  });
  const bare = join(folder, 'acme', 'presets.git');
  execFileSync('git', ['clone', '--quiet', '--bare', work, bare]);
  execFileSync('git', ['-C', bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true']);
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' });
  const source = await serve(['git', folder, key, certificate]);
  return { ...source, certificate, commits };
}
