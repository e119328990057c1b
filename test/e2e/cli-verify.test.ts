/** `verify` on what people and their git make of the files, and whether what it says to do mends it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, emptyFolder, project, removeFolders } from '../helpers/cli.ts';
import { treeOf } from '../helpers/snapshot.ts';

afterAll(removeFolders, 60_000);

describe('verify', () => {
  it('says the same where git ends every line with CRLF', () => {
    const folder = project({ setUp: true });
    const said = cli(folder, ['verify']);
    for (const [path, text] of treeOf(folder, { everything: true }))
      writeFileSync(join(folder, path), text.replaceAll('\n', '\r\n'));
    expect(cli(folder, ['verify'])).toEqual(said);
  });

  it('names the command that brings back a page that was deleted', () => {
    const folder = project({ setUp: true });
    rmSync(join(folder, 'docs/runbooks/scaling.md'));
    const { code, stdout } = cli(folder, ['verify']);
    expect(code).toBe(1);
    const hints = [...stdout.matchAll(/create-devops-setup (restore \S+?)\.?$/gm)].map(([, words]) =>
      words?.split(' '),
    );
    expect(hints[0]).toEqual(['restore', 'docs/runbooks/scaling.md']);
    expect(cli(folder, [...(hints[0] ?? []), '--yes']).code).toBe(0);
    expect(cli(folder, ['verify']).code).toBe(0);
  });

  it('names the place of a mark that is left, and no policy, which does not settle it', () => {
    const folder = project({ setUp: true });
    const path = 'docs/runbooks/README.md';
    const text = readFileSync(join(folder, path), 'utf8');
    writeFileSync(join(folder, path), text.replaceAll('eu-west-1', 'eu-south-2'));
    const again = ['--yes', '--set', 'infrastructure.region=eu-north-1'];
    cli(folder, [...again, '--on-conflict', 'markers']);
    const marked = readFileSync(join(folder, path), 'utf8')
      .split('\n')
      .findIndex((line) => line.startsWith('<<<<<<<'));
    expect(marked).toBeGreaterThan(0);
    const { code, stderr } = cli(folder, [...again, '--on-conflict', 'keep']);
    expect(code).toBe(1);
    expect(stderr).toContain(`! ${path}:${marked + 1}\n`);
    expect(stderr).toContain('Settle the marks in the file');
    expect(stderr).not.toContain('--on-conflict');
  });
});

it('sets up a Next.js project whose stacks need what the image has built in', () => {
  const folder = emptyFolder();
  const files = {
    'package.json': JSON.stringify({
      name: 'shop',
      scripts: { build: 'next build', start: 'next start' },
      dependencies: {
        next: '15.1.0',
        react: '19.0.0',
        'react-dom': '19.0.0',
        zod: '3.24.0',
        '@t3-oss/env-nextjs': '0.13.0',
      },
    }),
    'package-lock.json': '{ "lockfileVersion": 3 }\n',
    'app/page.js': "import { env } from '../env.mjs';\nexport default () => env.NEXT_PUBLIC_APP_URL;\n",
    'env.mjs':
      "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\nexport const env = createEnv({\n  client: { NEXT_PUBLIC_APP_URL: z.string().min(1) },\n  runtimeEnv: { NEXT_PUBLIC_APP_URL: process.env.NEXT_PUBLIC_APP_URL },\n});\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const generators of ['docker,cdktf-aws', 'cdktf-aws']) {
    const { code, stderr } = cli(folder, ['--yes', '--dry-run', '--set', `generators=${generators}`]);
    expect(stderr).not.toContain('error');
    expect(code, stderr).toBe(1);
  }
  expect(cli(folder, ['--yes', '--set', 'generators=docker,cdktf-aws']).code).toBe(0);
  expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toContain('ENV NEXT_PUBLIC_APP_URL');
});

it('ends the sentence that says what an empty folder lacks', () => {
  const { code, stderr } = cli(emptyFolder(), ['--yes']);
  expect(code).toBe(2);
  expect(stderr).toContain('the folder is empty. Run it in the root');
});

it('holds the stacks to what the code needs also where no image is made here', () => {
  const folder = project();
  expect(cli(folder, ['--yes', '--set', 'generators=cdktf-aws']).code).toBe(0);
  expect(cli(folder, ['verify']).code).toBe(0);
  const path = join(folder, 'infrastructure/cdktf/config/services.json');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('"DATABASE_URL"');
  writeFileSync(path, text.replaceAll('"DATABASE_URL"', '"ANOTHER_URL"'));
  const { code, stdout } = cli(folder, ['verify']);
  expect(code, stdout).toBe(1);
  expect(stdout).toMatch(/services\.json:\d+ +X-STACKS error +\w+ reads DATABASE_URL to find its datastore/);
});
