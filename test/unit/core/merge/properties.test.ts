import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mergers } from '../../../../src/core/merge/index.ts';
import { type JsonNode, memberOf, readJson } from '../../../../src/core/merge/jsonc.ts';
import type { MergerName } from '../../../../src/model.ts';

const RUNS = { numRuns: 1000 };
/** Reading YAML takes its time. */
const FEWER = { numRuns: 200 };

/** The three laws: merging twice is merging once; removing gives back what was there; every line of the user survives. */
function laws(
  name: MergerName,
  existing: fc.Arbitrary<string | null>,
  fragment: fc.Arbitrary<string>,
  runs = RUNS,
): void {
  const { merge, remove } = mergers[name];
  it('merging twice changes nothing, also when the first merge was forgotten', () => {
    fc.assert(
      fc.property(existing, fragment, (before, added) => {
        const first = merge(before, added, null);
        fc.pre(first.kind === 'applied');
        if (first.kind !== 'applied') return;
        expect(merge(first.text, added, first.owned)).toMatchObject({ kind: 'unchanged', owned: first.owned });
        expect(merge(first.text, added, null).kind).not.toBe('applied');
      }),
      runs,
    );
  });
  it('removing leaves no trace', () => {
    fc.assert(
      fc.property(existing, fragment, (before, added) => {
        const result = merge(before, added, null);
        fc.pre(result.kind === 'applied');
        if (result.kind === 'applied') expect(remove(result.text, result.owned)).toBe(before === '' ? null : before);
      }),
      runs,
    );
  });
  it('a merge with other news in between leaves no trace either', () => {
    fc.assert(
      fc.property(existing, fragment, fragment, (before, one, two) => {
        const first = merge(before, one, null);
        fc.pre(first.kind === 'applied');
        if (first.kind !== 'applied') return;
        const second = merge(first.text, two, first.owned);
        if (second.kind === 'conflict') return;
        const text = second.kind === 'applied' ? second.text : first.text;
        expect(remove(text, second.owned)).toBe(before === '' ? null : before);
      }),
      runs,
    );
  });
}

const eol = fc.constantFrom('\n', '\r\n');
const word = fc.stringMatching(/^[a-z!*/.]{1,6}$/);
const lines = fc.array(fc.oneof(word, fc.constant(''), fc.constantFrom('# remark', '  x ', '\r', 'é\u2028')), {
  maxLength: 8,
});
const text = fc
  .tuple(lines, eol, fc.boolean(), fc.boolean())
  .map(([all, end, bom, final]) => (bom ? '\ufeff' : '') + all.join(end) + (final ? end : ''));

describe('ignore-lines', () => {
  const fragment = fc
    .uniqueArray(fc.oneof(word, fc.constantFrom('# ours', 'a', 'b', 'c')), { minLength: 1, maxLength: 5 })
    .map((all) => `${all.join('\n')}\n`);
  laws('ignore-lines', fc.option(text), fragment);

  it('keeps every line of the user and holds every wanted one', () => {
    fc.assert(
      fc.property(text, fragment, (before, added) => {
        const result = mergers['ignore-lines'].merge(before, added, null);
        if (result.kind !== 'applied') return;
        expect(result.text.startsWith(before)).toBe(true);
        const there = result.text
          .replace(/^\ufeff/, '')
          .split('\n')
          .map((line) => line.trimEnd());
        for (const line of added.split('\n')) if (line !== '' && !line.startsWith('#')) expect(there).toContain(line);
      }),
      RUNS,
    );
  });
});

describe('markdown-section', () => {
  const heading = fc.constantFrom('# One', 'One\n===', '# One #', 'no heading', '```\n# code\n```', '- list\n---');
  const readme = fc.tuple(heading, text).map(([head, rest]) => `${head}\n\n${rest.replaceAll('\ufeff', '')}`);
  const fragment = fc
    .tuple(word, word)
    .map(([title, body]) => `## ${title}\n\n${body}\n\n\`\`\`sh\n# no heading\nls\n\`\`\`\n\n### More\n`);
  laws('markdown-section', fc.option(fc.oneof(readme, text)), fragment);
});

/** A JSON document as people write it: any indentation, comments and trailing commas where allowed. */
function json(value: fc.Arbitrary<Record<string, unknown>>, relaxed: boolean): fc.Arbitrary<string> {
  const indent = fc.constantFrom<(string | number)[]>('\t', 2, 4, 0);
  return fc
    .tuple(value, indent, eol, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([data, space, end, bom, final, extra]) => {
      let body = JSON.stringify(data, null, space);
      if (relaxed && extra) body = body.replace(/(["\]}0-9el])\n/g, '$1, // remark\n').replace(/,\n/g, ', /* b */\n');
      return (bom ? '\ufeff' : '') + body.replaceAll('\n', end) + (final ? end : '');
    });
}

const name = fc.constantFrom('test', 'lint', 'build', 'x:y', '__proto__', '1', 'a"b');
const command = fc.constantFrom('vitest', 'biome check .', 'echo "\\"', 'node é');
const scripts = fc.dictionary(name, command, { maxKeys: 4, noNullPrototype: true });
const other = fc.oneof(
  fc.integer(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
  fc.constant({ a: [1, { b: 2 }] }),
);

describe('package-scripts', () => {
  const manifest = json(
    fc
      .tuple(
        fc.option(scripts, { nil: undefined }),
        fc.dictionary(word, other, { maxKeys: 3, noNullPrototype: true }),
        fc.boolean(),
      )
      .map(([own, rest, first]) =>
        own === undefined ? rest : first ? { scripts: own, ...rest } : { ...rest, scripts: own },
      ),
    false,
  );
  const fragment = scripts.filter((all) => Object.keys(all).length > 0).map((all) => JSON.stringify(all));
  laws('package-scripts', manifest, fragment);

  it('stays JSON in which nothing of the user has changed', () => {
    fc.assert(
      fc.property(manifest, fragment, (before, added) => {
        const result = mergers['package-scripts'].merge(before, added, null);
        if (result.kind !== 'applied') return;
        const strip = (all: string) => JSON.parse(all.replace(/^\ufeff/, '')) as Record<string, Record<string, string>>;
        const { scripts: was = {}, ...restBefore } = strip(before);
        const { scripts: is = {}, ...restAfter } = strip(result.text);
        expect(restAfter).toEqual(restBefore);
        for (const [key, value] of Object.entries(JSON.parse(added) as object)) {
          expect(Object.getOwnPropertyDescriptor(is, key)?.value).toBe(Object.hasOwn(was, key) ? was[key] : value);
        }
        for (const key of Object.keys(was)) expect(is[key]).toBe(was[key]);
      }),
      RUNS,
    );
  });
});

describe('tsconfig-excludes', () => {
  const patterns = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
  const config = json(
    fc
      .tuple(fc.option(patterns, { nil: undefined }), fc.constantFrom({}, { compilerOptions: { outDir: 'dist' } }))
      .map(([exclude, rest]) => ({ ...rest, ...(exclude === undefined ? {} : { exclude }) })),
    true,
  );
  const fragment = fc
    .tuple(patterns, fc.boolean())
    .map(([all, defaults]) => `${defaults ? 'default node_modules\ndefault dist\n' : ''}${all.join('\n')}\n`);
  laws('tsconfig-excludes', config, fragment);
});

describe('biome-excludes', () => {
  const patterns = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
  const files = fc.oneof(
    fc.constant({}),
    fc.record({ includes: patterns.map((all) => ['**', ...all.map((one) => `!${one}`)]) }),
    fc.record({ ignore: patterns }),
    fc.constant({ includes: [] }),
    fc.constant({ maxSize: 9, includes: ['**'] }),
  );
  const config = json(
    fc
      .tuple(
        fc.option(files, { nil: undefined }),
        fc.constantFrom({}, { linter: { enabled: true } }),
        fc.constantFrom({}, { $schema: 'https://biomejs.dev/schemas/1.9.4/schema.json' }),
      )
      .map(([own, rest, schema]) => ({ ...schema, ...(own === undefined ? {} : { files: own }), ...rest })),
    true,
  );
  const fragment = patterns.map((all) => `${all.join('\n')}\n`);
  laws('biome-excludes', config, fragment);

  it('stays a document that can be read, and keeps every remark', () => {
    fc.assert(
      fc.property(config, fragment, (before, added) => {
        const result = mergers['biome-excludes'].merge(before, added, null);
        if (result.kind !== 'applied') return;
        readJson(result.text, true);
        const remarks = (all: string): number => all.split(/\/\/ remark|\/\* b \*\//).length;
        expect(remarks(result.text)).toBe(remarks(before));
      }),
      RUNS,
    );
  });
});

/** Every line of the user is still there, in its order, but for those with a list in brackets that grows. */
function keepsLines(
  name: MergerName,
  existing: fc.Arbitrary<string | null>,
  fragment: fc.Arbitrary<string>,
  runs = RUNS,
): void {
  it('keeps every line of the user, in its order', () => {
    fc.assert(
      fc.property(existing, fragment, (before, added) => {
        const result = mergers[name].merge(before, added, null);
        if (result.kind !== 'applied') return;
        const linesOf = (all: string): string[] => all.replace(/^\ufeff/, '').split(/\r?\n/);
        const after = linesOf(result.text);
        let at = 0;
        for (const line of linesOf(before ?? '').filter((one) => !/^\s*\w+: \[/.test(one))) {
          at = after.indexOf(line, at) + 1;
          expect(at, JSON.stringify(line)).toBeGreaterThan(0);
        }
      }),
      runs,
    );
  });
}

/** Pieces of a file, spelt with either line end, with or without a byte order mark and a final newline. */
function fileOf(pieces: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> {
  return fc
    .tuple(pieces, eol, fc.boolean(), fc.boolean())
    .map(([all, end, bom, final]) => (bom ? '\ufeff' : '') + all.join('\n').replaceAll('\n', end) + (final ? end : ''));
}

describe('makefile-targets', () => {
  const target = fc.constantFrom('build', 'test', 'lint', 'infra-plan', '$(BIN)');
  const rule = fc
    .tuple(
      target,
      fc.constantFrom('', ' all', ' ; echo x', ' # note'),
      fc.constantFrom('', '\n\techo a', '\n\techo \\\n\t  b\n\n\tls'),
    )
    .map(([name, rest, recipe]) => `${name}:${rest}${recipe}`);
  const odd = fc.constantFrom(
    '',
    '# remark',
    '.PHONY: build test',
    'CC = gcc',
    'A := x \\\n  y',
    'ifdef CI\nci:\n\tls\nendif',
    'define TEXT\nlint: x\nendef',
    '-include x.mk',
    '.PHONY: ci\n',
  );
  const makefile = fileOf(fc.array(fc.oneof(rule, odd), { maxLength: 6 }));
  const fragment = fc
    .uniqueArray(fc.constantFrom('build', 'test', 'infra-plan', 'infra-apply'), { minLength: 1, maxLength: 4 })
    .chain((names) =>
      fc.tuple(fc.constant(names), fc.constantFrom('', '# What it does\n', 'IMAGE = x\n\n'), fc.boolean()),
    )
    .map(([names, above, phony]) => {
      const rules = names.map((name) => `${name}: ## ${name}\n\techo ${name}\n`);
      return `${phony ? `.PHONY: ${names.join(' ')}\n\n` : ''}${above}${rules.join('\n')}`;
    });
  laws('makefile-targets', fc.option(makefile), fragment);
  keepsLines('makefile-targets', makefile, fragment);
});

describe('editor-settings', () => {
  const key = fc.constantFrom('editor.tabSize', 'files.eol', '[typescript]', 'list', 'x', '__proto__');
  const inner = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom<unknown>(1, true, 'é', [], {}), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  const entries = fc.uniqueArray(fc.constantFrom('biome', 'eslint', 'docker', 'yaml'), { maxLength: 3 });
  const value = fc.oneof(fc.constantFrom<unknown>(2, 'x', null, [{ a: 1 }], [[]]), inner, entries);
  const settings = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });
  const existing = json(settings, true);
  const fragment = settings.filter((all) => Object.keys(all).length > 0).map((all) => JSON.stringify(all));
  laws('editor-settings', fc.option(existing), fragment);

  it('stays a document that can be read, and keeps every value and remark of the user', () => {
    fc.assert(
      fc.property(existing, fragment, (before, added) => {
        const result = mergers['editor-settings'].merge(before, added, null);
        if (result.kind !== 'applied') return;
        const was = readJson(before, true);
        const is = readJson(result.text, true);
        expect(holds(is, was)).toBe(true);
        const remarks = (all: string): number => all.split(/\/\/ remark|\/\* b \*\//).length;
        expect(remarks(result.text)).toBe(remarks(before));
      }),
      RUNS,
    );
  });
});

/** Whether all that `part` says is in `whole` too: scalars as they are, lists from their beginning, objects by key. */
function holds(whole: JsonNode | undefined, part: JsonNode): boolean {
  if (whole === undefined || whole.type !== part.type) return false;
  if (part.type === 'scalar') return whole.type === 'scalar' && whole.value === part.value;
  if (part.type === 'array')
    return whole.type === 'array' && part.items.every((item, index) => holds(whole.items[index], item));
  return part.members.every(({ key, value }) => holds(memberOf(whole, key)?.value, value));
}

describe('pre-commit-hooks', () => {
  const hook = fc
    .tuple(
      fc.constantFrom('ruff', 'black', 'hadolint', 'yamllint'),
      fc.constantFrom('', 'args: [--fix]', 'name: é # why'),
    )
    .map(([id, more]) => ({ id, more }));
  const repo = fc.record({
    url: fc.constantFrom('https://example.test/a', 'https://example.test/b.git', 'https://example.test/c'),
    rev: fc.constantFrom('v1', 'v2', '"3.0"'),
    hooks: fc.uniqueArray(hook, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
  });
  const repos = fc.uniqueArray(repo, { maxLength: 3, selector: ({ url }) => url });
  type Repos = typeof repos extends fc.Arbitrary<infer T> ? T : never;
  const block = (all: Repos, deep: string, remark: string): string =>
    all
      .map(({ url, rev, hooks }) => {
        const lines = hooks.map(({ id, more }) => `${deep}- id: ${id}${more === '' ? '' : `\n${deep}  ${more}`}`);
        return `- repo: ${url}\n  rev: ${rev}${remark}\n  hooks:\n${lines.join('\n')}`;
      })
      .join('\n');
  const flow = (all: Repos): string =>
    all
      .map(
        ({ url, rev, hooks }) =>
          `- repo: ${url}\n  rev: ${rev}\n  hooks: [${hooks.map(({ id }) => `{id: ${id}}`).join(', ')}]`,
      )
      .join('\n\n');
  const list = fc
    .tuple(
      repos,
      fc.constantFrom('', '  ', '    '),
      fc.constantFrom('', ' # frozen'),
      fc.boolean(),
      fc.constantFrom('', '  '),
    )
    .map(([all, deep, remark, brackets, indent]) => {
      if (all.length === 0) return brackets ? 'repos: []' : 'repos:';
      const body = brackets ? flow(all) : block(all, `  ${deep}`, remark);
      return `repos:\n${body.replace(/^(?=.)/gm, indent)}`;
    });
  const other = fc.constantFrom(
    '',
    '# remark',
    'ci:\n  autofix: false',
    '---',
    'exclude: |\n  a\n\n  b',
    'fail_fast: true # why',
  );
  const config = fileOf(
    fc
      .tuple(other, fc.option(list, { nil: '# none' }), fc.constantFrom('', '  # - repo: off', 'minimum: 1'))
      .map((all) => [...all]),
  );
  const fragment = repos.filter((all) => all.length > 0).map((all) => `${block(all, '    ', '')}\n`);
  laws('pre-commit-hooks', fc.option(config), fragment, FEWER);
  keepsLines('pre-commit-hooks', config, fragment, FEWER);

  it('stays YAML that holds all that was in it, at the same revisions', () => {
    fc.assert(
      fc.property(config, fragment, (before, added) => {
        const result = mergers['pre-commit-hooks'].merge(before, added, null);
        if (result.kind !== 'applied') return;
        const pairs = (all: string) => {
          const data = parse(all.replace(/^\ufeff/, '')) as {
            repos?: { repo: string; rev: string; hooks: unknown[] }[];
          } | null;
          return (data?.repos ?? []).flatMap(({ repo: url, rev, hooks }) =>
            hooks.map((one) => JSON.stringify([url, rev, one])),
          );
        };
        expect(pairs(result.text)).toEqual(expect.arrayContaining(pairs(before)));
      }),
      FEWER,
    );
  });
});
