/** The parts of the plop side that need no plop: names of prompts, lost expressions, answers, the overlay. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generators } from '../../../generators/index.ts';
import { answerAlone, type Given, positional, readPrompts } from '../../../src/core/plop/answers.ts';
import { lostExpressions } from '../../../src/core/plop/expressions.ts';
import { openOverlay } from '../../../src/core/plop/overlay.ts';
import { destination } from '../../../src/core/plop/place.ts';
import { planOf } from '../../../src/core/plop/plan.ts';
import { flagsOf, promptName } from '../../../src/core/plop/prompts.ts';
import type { PlopApi } from '../../../src/core/plop/types.ts';
import { SetupError } from '../../../src/errors.ts';
import { allQuestions } from '../../../src/pipeline.ts';
import { project } from '../../helpers/project.ts';

describe('names of prompts', () => {
  const ids = allQuestions(generators).map(({ id }) => id);

  it('are the last part of the id where it is alone, and without dots and doubles in any case', () => {
    const names = ids.map((id) => promptName(id, ids));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.includes('.'))).toEqual([]);
    expect(promptName('infrastructure.region', ids)).toBe('region');
    expect(promptName('observability.chat.kind', ids)).toBe('observability-chat-kind');
    expect(promptName('services.orders.port', ids)).toBe('orders-port');
  });

  it('lead back to the ids, as flags would have said it', () => {
    const asked = ['persona', 'infrastructure.region', 'generators'];
    const answers = { persona: 'automator', region: 'eu-west-1', generators: ['docker', 'compose'], stranger: 1 };
    expect([...flagsOf(answers, asked, ids)]).toEqual([
      ['persona', 'automator'],
      ['infrastructure.region', 'eu-west-1'],
      ['generators', 'docker,compose'],
    ]);
  });
});

describe('lostExpressions', () => {
  const lost = (template: string, known: readonly string[] = ['name', 'upperCase', 'if']) =>
    lostExpressions(template, (name) => known.includes(name)).map(
      ({ line, text, mend }) => `${line} ${text} → ${mend}`,
    );

  it.each([
    ['a: ${{ github.sha }}', ['1 ${{ github.sha }} → $\\{{ github.sha }}']],
    [
      'x\ny: "${{ secrets.A }}-${{ env.B }}"',
      ['2 ${{ secrets.A }} → $\\{{ secrets.A }}', '2 ${{ env.B }} → $\\{{ env.B }}'],
    ],
    [
      "${{ github.event_name == 'push' && matrix.os }}",
      ["1 ${{ github.event_name == 'push' && matrix.os }} → $\\{{ github.event_name == 'push' && matrix.os }}"],
    ],
    [
      '{{ $labels.instance }} {{ $value | humanize }}',
      ['1 {{ $labels.instance }} → \\{{ $labels.instance }}', '1 {{ $value | humanize }} → \\{{ $value | humanize }}'],
    ],
    ['${{\n  github.sha\n}}', ['1 ${{ github.sha }} → $\\{{ github.sha }}']],
  ])('finds %j', (template, expected) => expect(lost(template)).toEqual(expected));

  it.each([
    'a: $\\{{ github.sha }}',
    'cost: ${{name}} ${{ upperCase name }}',
    '${{#if name}}x${{else}}y${{/if}}',
    '${{! a comment }} ${{> partial}} ${{{raw}}}',
    '{{{{raw}}}} ${{ github.sha }} {{{{/raw}}}}',
    '\\{{ $labels.instance }}',
    '${ HOME } {name} $(x)',
  ])('is silent about %j', (template) => expect(lost(template)).toEqual([]));
});

const api = (render: (text: string) => string = (text) => text): PlopApi => ({
  renderString: render,
  getPlopfilePath: () => '/shop',
  getDestBasePath: () => '/shop',
  getHelper: () => undefined,
  getActionType: () => undefined,
});

describe('destination', () => {
  const at = (path: string, rendered = path) =>
    destination(
      path,
      {},
      api(() => rendered),
    );

  it.each([
    ['src/x.ts', 'src/x.ts'],
    ['./src//x.ts', 'src/x.ts'],
    ['src\\x.ts', 'src/x.ts'],
    ['src/../x.ts', 'x.ts'],
    ['/shop/src/x.ts', 'src/x.ts'],
  ])('%s → %s', (path, expected) => expect(at(path, path.replaceAll('\\', '/'))).toBe(expected));

  it.each([
    ['{{name}}', '../x'],
    ['src/{{name}}', 'src/../x'],
    ['../x', '../x'],
    ['x', '/shopping/x'],
    ['x', '/etc/passwd'],
    ['x', 'C:/x'],
    ['.', '.'],
  ])('refuses %s as %s', (path, rendered) => expect(() => at(path, rendered)).toThrow(SetupError));

  it('never leaves the root, whatever an answer says', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', 'a', '', 'b/..', '/', '\\', '.git')), (parts) => {
        try {
          const path = destination(
            'src/{{name}}',
            {},
            api(() => `src/${parts.join('/')}`),
          );
          expect(path.split('/')).not.toContain('..');
          expect(path.startsWith('/')).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(SetupError);
        }
      }),
    );
  });
});

describe('the overlay', () => {
  it('shows later actions what earlier ones wrote, and leaves the project alone', () => {
    const files = project({ 'a.txt': 'a', 'dir/b.txt': 'b' });
    const overlay = openOverlay(files);
    overlay.write('a.txt', { text: 'A', executable: 0 });
    overlay.write('new.sh', { text: 'n', executable: 0o111 });
    overlay.write('new.sh', { text: 'N', executable: 0 });
    expect([overlay.read('a.txt'), overlay.read('new.sh'), overlay.read('dir/b.txt')]).toEqual(['A', 'N', 'b']);
    expect(files.read('a.txt')).toBe('a');
    const plan = planOf(overlay.written(), {
      files,
      generator: 'part',
      plopfile: 'plopfile.js',
      tool: '1',
      lock: null,
    });
    expect(plan.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['update a.txt', 'create new.sh']);
    expect(plan.changes.at(-1)).toMatchObject({ mode: 0o755 });
    expect(plan.housekeeping).toEqual([]);
  });

  it.each([
    '../x',
    '/x',
    '.git/config',
    '.Git/x',
    '.devops/lock.json',
    'A.TXT',
    'dir',
    'a.txt/x',
    'con.txt',
    'x:y',
    'x\u0000',
  ])('refuses %j', (path) => {
    const overlay = openOverlay(project({ 'a.txt': 'a', 'dir/b.txt': 'b' }));
    expect(() => overlay.write(path, { text: '', executable: 0 })).toThrow(SetupError);
    expect(overlay.written().size).toBe(0);
  });

  it('knows names that are one where case or composed letters are ignored', () => {
    const overlay = openOverlay(project({}));
    overlay.write('docs/caf\u00e9.md', { text: '', executable: 0 });
    for (const twin of ['docs/cafe\u0301.md', 'docs/CAF\u00c9.md'])
      expect(() => overlay.write(twin, { text: '', executable: 0 })).toThrow(/same path/);
  });
});

describe('answers', () => {
  const NONE = new Map<string, unknown>();
  const given = (values: Readonly<Record<string, unknown>>): Given =>
    new Map(Object.entries(values).map(([name, raw]) => [name, { raw, place: `--set ${name}` }]));

  it('take the default of each type', async () => {
    const { prompts } = readPrompts(
      [
        { name: 'input' },
        { name: 'text', default: 'x' },
        { name: 'list', type: 'select', choices: ['a', { name: 'B', value: 'b' }], default: 'b' },
        { name: 'first', type: 'list', choices: [{ type: 'separator' }, { name: 'off', disabled: true }, 'c'] },
        { name: 'index', type: 'rawlist', choices: ['a', 'b'], default: 1 },
        {
          name: 'key',
          type: 'expand',
          choices: [
            { key: 'x', name: 'X', value: 1 },
            { key: 'y', name: 'Y', value: 2 },
          ],
          default: 'y',
        },
        { name: 'ticked', type: 'checkbox', choices: [{ name: 'a', checked: true }, 'b'] },
        { name: 'named', type: 'checkbox', choices: ['a', 'b'], default: ['b'] },
        { name: 'yes', type: 'confirm' },
        { name: 'no', type: 'confirm', default: false },
        { name: 'n.deep', type: 'number', default: 3 },
        { name: 'never', when: () => false },
        { name: 'neither', when: false },
      ],
      'plopfile.js: part',
      NONE,
    );
    expect(await answerAlone(prompts, given({}), true)).toEqual({
      problems: [],
      answers: {
        input: '',
        text: 'x',
        list: 'b',
        first: 'c',
        index: 'b',
        key: 2,
        ticked: ['a'],
        named: ['b'],
        yes: true,
        no: false,
        n: { deep: 3 },
      },
    });
  });

  it('put nothing into prototypes', async () => {
    const { prompts } = readPrompts([{ name: '__proto__.polluted' }, { name: 'constructor.x' }], 'p', NONE);
    const { answers } = await answerAlone(prompts, given({ '__proto__.polluted': 'x', 'constructor.x': 'y' }), true);
    expect(Object.keys(answers)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('report every word and name that does not fit', () => {
    const { prompts } = readPrompts([{ name: 'one' }, { name: 'two' }], 'p', NONE);
    const { problems } = positional(['a', '_', 'c'], prompts, given({ one: 'x', tow: 'y' }));
    expect(problems.map(({ place, message }) => `${place}: ${message}`)).toEqual([
      'a: one is answered twice: here and by --set one.',
      'c: is one word too many: there are 2 prompts.',
      '--set tow: there is no prompt of that name (there are one, two).',
    ]);
  });

  it('know every type that plop’s inquirer has, and those of setPrompt', () => {
    expect(readPrompts([{ name: 'd', type: 'directory' }], 'p', new Map([['directory', undefined]])).problems).toEqual(
      [],
    );
    expect(readPrompts([{ name: 'd', type: 'directory' }, { type: 'input' }, 'x'], 'p', NONE).problems).toHaveLength(3);
    expect(readPrompts('none', 'p', NONE).problems).toHaveLength(1);
  });
});
