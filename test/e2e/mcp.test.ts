/** The server of the Model Context Protocol, asked by the official client; and by somebody who does not keep to the protocol. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BIN, cli, emptyFolder, project, removeFolders } from '../helpers/cli.ts';
import { snapshot } from '../helpers/tree.ts';

type Data = Record<string, unknown>;

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(removeFolders);

async function open(folder: string, flags: readonly string[] = []): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const env = { PATH: process.env.PATH ?? '', HOME: emptyFolder() };
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, 'mcp', ...flags, folder],
      env,
      stderr: 'ignore',
    }),
  );
  clients.push(client);
  return client;
}

async function call(
  client: Client,
  name: string,
  args: Data = {},
): Promise<{ data: Data; isError: boolean; text: string }> {
  const result = await client.callTool({ name, arguments: args });
  const [content] = result.content as { type: string; text: string }[];
  return { data: result.structuredContent as Data, isError: result.isError === true, text: content?.text ?? '' };
}

describe('with the official client', () => {
  it('offers five tools that read, and the sixth only where it was allowed', async () => {
    const { tools } = await (await open(project())).listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_generators',
      'describe_generator',
      'plan',
      'verify',
      'explain',
    ]);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    const all = await (await open(project(), ['--allow-apply'])).listTools();
    expect(all.tools).toHaveLength(6);
    expect(all.tools.find(({ name }) => name === 'apply')?.annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true,
    });
  });

  it('goes the whole way: list, describe, plan, apply, verify, explain', async () => {
    const folder = project();
    const client = await open(folder, ['--allow-apply']);
    const list = await call(client, 'list_generators');
    const generators = list.data.generators as { id: string; chosen: boolean }[];
    expect(generators.find(({ id }) => id === 'docker')?.chosen).toBe(true);
    expect(generators.find(({ id }) => id === 'agent-guide')?.chosen).toBe(false);

    const described = await call(client, 'describe_generator', { id: 'cdktf-aws' });
    const questions = described.data.questions as { id: string; answer: unknown; why: string; schema: Data }[];
    expect(questions.find(({ id }) => id === 'infrastructure.region')).toMatchObject({
      answer: 'eu-west-1',
      schema: { type: 'string' },
    });

    const before = snapshot(folder);
    const planned = await call(client, 'plan', {
      answers: { infrastructure: { region: 'eu-central-1' } },
      generators: ['ci-github', 'docker'],
    });
    expect(planned.isError).toBe(false);
    const changes = planned.data.changes as { path: string; kind: string; diff: string }[];
    expect(changes.find(({ path }) => path === 'Dockerfile')).toMatchObject({ kind: 'create' });
    expect(changes.find(({ path }) => path === 'Dockerfile')?.diff).toContain('+FROM node:22');
    expect(snapshot(folder)).toEqual(before);

    const applied = await call(client, 'apply', { planId: planned.data.planId });
    expect(applied).toMatchObject({ isError: false, data: { written: true } });
    expect(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).toContain('generators: [ci-github, docker]');
    const again = await call(client, 'apply', { planId: planned.data.planId });
    expect(again.isError).toBe(true);

    expect((await call(client, 'verify')).data).toMatchObject({ clean: true });
    const why = await call(client, 'explain', { path: 'Dockerfile', line: 1 });
    expect(why.isError).toBe(false);
    expect((await call(client, 'explain', { standard: 'CI-014' })).text).toContain('CI-014');
    expect(cli(folder, ['undo', '--yes']).code).toBe(0);
    expect(snapshot(folder)).toEqual(before);
  });

  it('says the same as the command line', async () => {
    const folder = project({ setUp: true });
    const client = await open(folder);
    const { planId } = JSON.parse(cli(folder, ['plan', '--json']).stdout) as Data;
    expect((await call(client, 'plan')).data.planId).toBe(planId);
  });

  it('refuses a plan whose inputs changed, and touches nothing', async () => {
    const folder = project();
    const client = await open(folder, ['--allow-apply']);
    const { data } = await call(client, 'plan', { generators: ['docker'] });
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    const before = snapshot(folder);
    const refused = await call(client, 'apply', { planId: data.planId });
    expect(refused.isError).toBe(true);
    expect((refused.data.problems as { code: string; place: string }[]).map(({ code }) => code)).toContain('CHANGED');
    expect(snapshot(folder)).toEqual(before);
  });

  it('tells what is wrong as data, without a path of this machine', async () => {
    const folder = project();
    const client = await open(folder);
    const wrong = await call(client, 'plan', { answers: { infrastructure: { region: 'eu-west-9' }, nonsense: 1 } });
    expect(wrong.isError).toBe(true);
    expect((wrong.data.problems as Data[]).length).toBeGreaterThanOrEqual(2);
    expect(wrong.text).not.toContain(folder);
    await expect(client.callTool({ name: 'apply', arguments: { planId: '0'.repeat(16) } })).rejects.toThrow('no tool');
    await expect(client.callTool({ name: 'plan', arguments: { cwd: '/' } })).rejects.toThrow('takes');
    await expect(client.callTool({ name: 'explain', arguments: { path: 'a\u0000b' } })).rejects.toThrow('schema');
    for (const path of ['../../etc/passwd', '/etc/passwd', '.git/config', 'src/server.ts', '--help'])
      expect((await call(client, 'explain', { path })).isError, path).toBe(true);
  });

  it('keeps its answers short, whatever the repository holds', async () => {
    const folder = project();
    const long = 'x'.repeat(200);
    for (let n = 0; n < 300; n += 1) writeFileSync(join(folder, `note-${n}.md`), `${long}\n`);
    const client = await open(folder);
    const { text, data } = await call(client, 'plan');
    expect(text.length).toBeLessThanOrEqual(80_000);
    expect(data.truncated).toBe(true);
    expect(JSON.parse(text)).toEqual(data);
  });

  it('runs generators of the project as they are now, and keeps what they print out of the answers', async () => {
    const folder = project();
    mkdirSync(join(folder, 'devops/generators/mine'), { recursive: true });
    writeFileSync(join(folder, 'devops/generators/mine/a.md.ejs'), '<%= it.n %>\n');
    const write = (body: string) =>
      writeFileSync(
        join(folder, 'devops/generators/mine.mjs'),
        `export default { id: 'mine', title: 'M', summary: 's', files: () => { ${body} } };`,
      );
    const client = await open(folder, ['--allow-local-code']);
    const noise: unknown[] = [];
    client.onerror = (error) => noise.push(error);
    for (const n of [1, 2]) {
      write(`console.log('a'); process.stdout.write('b\\n'); return [{ path: 'a.md', view: { n: ${n} } }];`);
      const { text } = await call(client, 'plan', { generators: ['mine'] });
      expect(text).toContain(`+${n}\\n`);
    }
    write('process.exit(0)');
    expect((await call(client, 'plan', { generators: ['mine'] })).isError).toBe(true);
    expect(noise).toEqual([]);
  });

  it('works in the folder that it was started for, and not where a link in it leads', async () => {
    const [folder, outside] = [project(), emptyFolder()];
    symlinkSync(outside, join(folder, 'docs'));
    const client = await open(folder, ['--allow-apply']);
    const { data } = await call(client, 'plan', { generators: ['configuration'] });
    await call(client, 'apply', { planId: data.planId });
    expect(Object.keys(snapshot(outside))).toEqual([]);
  });
});

describe('by hand', () => {
  it('answers every line once, and ends with the input', () => {
    const lines = [
      'no json',
      '[]',
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1999-01-01"}}',
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      '{"jsonrpc":"2.0","id":2,"method":"ping"}',
      '{"jsonrpc":"2.0","id":3,"method":"resources/list"}',
      '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"verify","arguments":[]}}',
      `{"jsonrpc":"2.0","id":5,"method":"${'y'.repeat(1_100_000)}"}`,
    ];
    const { stdout, status } = spawnSync(process.execPath, [BIN, 'mcp', project()], {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; error?: { code: number }; result?: Data });
    expect(answers.map(({ id, error }) => [id, error?.code ?? 0])).toEqual([
      [null, -32700],
      [null, -32600],
      [1, 0],
      [2, 0],
      [3, -32601],
      [4, -32602],
      [null, -32600],
    ]);
    expect(answers[2]?.result?.protocolVersion).toBe('2025-11-25');
  });

  it('says where the folder is wrong before it serves', () => {
    expect(cli(emptyFolder(), ['mcp', 'nowhere']).code).toBe(2);
  });

  it('starts within a second', async () => {
    const started = performance.now();
    const child = spawn(process.execPath, [BIN, 'mcp', project()], { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(performance.now() - started).toBeLessThan(5_000);
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
  });
});
