import { describe, expect, test } from 'vitest';
import { detectDefaultBranch, detectRepository, parseRemote } from '../../../../src/core/detect/git.ts';
import { git, told } from '../../../helpers/project.ts';

describe('remotes', () => {
  test.each([
    ['https://github.com/acme/orders.git', 'github.com', 'acme', 'orders', 'https://github.com/acme/orders'],
    [
      'https://user:ghp_token@github.com/acme/orders.git',
      'github.com',
      'acme',
      'orders',
      'https://github.com/acme/orders',
    ],
    [
      'https://x-access-token:a@b@github.com/acme/orders',
      'github.com',
      'acme',
      'orders',
      'https://github.com/acme/orders',
    ],
    ['https://user:pa/ss@github.com/acme/orders', null, null, null, null],
    ['git@github.com:acme/orders.git', 'github.com', 'acme', 'orders', 'https://github.com/acme/orders'],
    [
      'ssh://git@gitlab.acme.example:2222/platform/billing/orders.git',
      'gitlab.acme.example',
      'platform/billing',
      'orders',
      'https://gitlab.acme.example/platform/billing/orders',
    ],
    ['ssh://git@ssh.github.com:443/acme/orders.git', 'github.com', 'acme', 'orders', 'https://github.com/acme/orders'],
    [
      'https://acme@dev.azure.com/acme/shop/_git/orders',
      'dev.azure.com',
      'acme/shop',
      'orders',
      'https://dev.azure.com/acme/shop/_git/orders',
    ],
    [
      'git@ssh.dev.azure.com:v3/acme/shop/orders',
      'dev.azure.com',
      'acme/shop',
      'orders',
      'https://dev.azure.com/acme/shop/_git/orders',
    ],
    ['git+https://github.com/acme/orders.git', 'github.com', 'acme', 'orders', 'https://github.com/acme/orders'],
    ['https://github.com/acme/orders?token=secret', 'github.com', 'acme', 'orders', 'https://github.com/acme/orders'],
    ['/srv/git/orders.git', null, null, null, null],
    ['../orders', null, null, null, null],
    ['C:\\git\\orders', null, null, null, null],
    ['file:///srv/git/orders.git', null, null, null, null],
  ])('%s', (url, host, owner, name, web) => {
    expect(parseRemote(url)).toEqual(host === null ? null : { host, owner, name, url: web });
  });

  test('origin comes before others, and no token survives', () => {
    const config =
      '[core]\n\tbare = false\n[remote "fork"]\n\turl = git@github.com:me/orders.git\n[remote "origin"]\n\turl = https://oauth2:glpat-1@gitlab.com/acme/orders.git\n';
    const facts = detectRepository(git({ config }), null);
    expect(facts?.evidence).toEqual({ file: '.git/config', line: 6 });
    expect(JSON.stringify(facts)).not.toContain('glpat');
    expect(facts?.value.host).toBe('gitlab.com');
  });

  test('two remotes and no origin: nobody says', () => {
    const config = '[remote "a"]\n\turl = git@github.com:a/x.git\n[remote "b"]\n\turl = git@github.com:b/x.git\n';
    expect(detectRepository(git({ config }), null)).toBeNull();
  });
});

describe('default branch', () => {
  test.each([
    [
      'what the remote says',
      { 'refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/develop\n', HEAD: 'ref: refs/heads/feature\n' },
      'develop @.git/refs/remotes/origin/HEAD:1',
    ],
    [
      'the remote main line',
      { 'packed-refs': `# pack-refs\n${'a'.repeat(40)} refs/remotes/origin/main\n`, HEAD: 'ref: refs/heads/fix/x\n' },
      'main @.git/packed-refs (origin/main)',
    ],
    ['the checked-out main line', { HEAD: 'ref: refs/heads/master\n' }, 'master @.git/HEAD:1'],
    [
      'a local main line beside a feature',
      { HEAD: 'ref: refs/heads/feature\n', 'refs/heads/main': `${'a'.repeat(40)}\n` },
      'main @.git/refs/heads/main',
    ],
    [
      'what is checked out',
      { HEAD: 'ref: refs/heads/production\n' },
      'production @.git/HEAD:1 (the branch that is checked out)',
    ],
    ['nobody: detached', { HEAD: `${'a'.repeat(40)}\n` }, null],
  ])('%s', (_, files, expected) => {
    expect(told(detectDefaultBranch(git(files)))).toBe(expected);
  });
});
