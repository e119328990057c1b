/**
 * Scaffolds a generator of this repository: the generator, its template, its line in the registry, a snapshot case, a unit test, and a check
 * with the mutation that breaks it. What comes out builds, lints and passes its tests; then the template is written for real.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** How the languages of output paths write a comment; the others are told not to begin with. */
const COMMENTS = [
  [/\.md$/, ['# ', '']],
  [/\.json$/, null],
  [/\.[cm]?[jt]s$/, ['// ', '']],
  [/\.(css|scss)$/, ['/* ', ' */']],
  [/\.(html|xml|svg)$/, ['<!-- ', ' -->']],
  [/./, ['# ', '']],
];

export function newGenerator(plop) {
  const root = plop.getDestBasePath();
  plop.setHelper('open', (path) => commentOf(path)[0]);
  plop.setHelper('close', (path) => commentOf(path)[1]);
  plop.setHelper('literal', (text) => `'${text.replace(/[\\']/g, '\\$&')}'`);
  plop.setHelper('pattern', (path) => path.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  plop.setHelper('checkId', (id) => `X-${id.toUpperCase()}`);
  plop.setHelper('printed', (path) => (path.endsWith('.md') ? 'it.project' : 'comment(it.project)'));
  plop.setActionType('format', (answers) => format(root, madeBy(answers)));
  plop.setGenerator('new-generator', {
    description: 'a generator of ours, with everything that belongs to it',
    prompts: promptsIn(root),
    actions,
  });
}

function promptsIn(root) {
  const standards = standardsIn(root);
  return [
    {
      name: 'id',
      message: 'Its id, which is never changed again (editor-config)?',
      validate: (id) => {
        if (!ID.test(id)) return 'Lower-case words with dashes between them.';
        const taken = [`generators/${id}.ts`, `templates/${id}`, `src/standards/checks/${id}.ts`];
        return taken.every((path) => !existsSync(join(root, path))) || 'That name is taken.';
      },
    },
    { name: 'title', message: 'Its title (Editor settings)?', validate: line },
    { name: 'summary', message: 'One line of what it makes (one .editorconfig for everybody)?', validate: line },
    {
      name: 'path',
      message: 'The path of its file (.editorconfig)?',
      validate: (path) => {
        if (!/^[\w.@+-]+(\/[\w.@+-]+)*$/.test(path) || path.split('/').includes('..'))
          return 'A relative path with / between its parts.';
        return (
          commentOf(path) !== null ||
          'JSON has no comments to begin with: choose another file first, and add this one by hand.'
        );
      },
    },
    {
      name: 'standard',
      message: 'The standard that it serves (DEVX-004)?',
      validate: (id) => standards.includes(id) || 'There is no such standard in src/standards/catalog.yaml.',
    },
  ];
}

const line = (text) => (text.trim() !== '' && !/[\n`]/.test(text) && !text.includes('*/')) || 'One line of text.';

function commentOf(path) {
  return COMMENTS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

function standardsIn(root) {
  const catalogue = readFileSync(join(root, 'src/standards/catalog.yaml'), 'utf8');
  return [...catalogue.matchAll(/^- id: (\S+)$/gm)].map(([, id]) => id);
}

/** Files that are new, then files that get a line. */
function madeBy({ id }) {
  return [
    `generators/${id}.ts`,
    `src/standards/checks/${id}.ts`,
    `src/standards/mutations/${id}.ts`,
    `test/unit/generators/${id}.test.ts`,
    'generators/index.ts',
    'src/standards/checks/index.ts',
    'src/standards/mutations/index.ts',
    'test/cases.ts',
    'test/unit/standards/operations.ts',
  ];
}

function actions({ id }) {
  const name = id.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const add = (path, template) => ({ type: 'add', path, templateFile: `scripts/new/${template}.hbs` });
  const change = (path, transform) => ({ type: 'modify', path, transform });
  return [
    add('generators/{{id}}.ts', 'generator.ts'),
    add('templates/{{id}}/{{path}}.ejs', 'template.ejs'),
    add('src/standards/checks/{{id}}.ts', 'check.ts'),
    add('src/standards/mutations/{{id}}.ts', 'mutation.ts'),
    add('test/unit/generators/{{id}}.test.ts', 'unit.test.ts'),
    change('generators/index.ts', (text) => withEntry(withImport(text, name, `./${id}.ts`), name)),
    change('src/standards/checks/index.ts', (text) =>
      withEntry(withImport(text, `${name}Checks`, `./${id}.ts`), `...${name}Checks`),
    ),
    change('src/standards/mutations/index.ts', (text) =>
      withEntry(withImport(text, `${name}Mutations`, `./${id}.ts`), `...${name}Mutations`),
    ),
    change('test/cases.ts', (text, { summary }) =>
      withEntry(
        text,
        `{ name: '${id}', fixture: 'express-postgres', flags: ['--set', 'generators=${id}'], shows: ${JSON.stringify(summary)} }`,
      ),
    ),
    change('test/unit/standards/operations.ts', (text) =>
      withEntry(text, `'generator-${id}': system({ generators: ['${id}'] })`, '};'),
    ),
    { type: 'format' },
    'Now write the template, then: npm test, npm run snapshots, and read git diff snapshots/',
  ];
}

/** One more import before the first one that sorts behind it. */
function withImport(text, name, from) {
  const lines = text.split('\n');
  const imports = lines.flatMap((one, index) => {
    const path = /^import .* from '(\.\/[^']+)';$/.exec(one)?.[1];
    return path === undefined ? [] : [{ path, index }];
  });
  const at = imports.find(({ path }) => path > from)?.index ?? (imports.at(-1)?.index ?? 0) + 1;
  return [...lines.slice(0, at), `import { ${name} } from '${from}';`, ...lines.slice(at)].join('\n');
}

/** One more entry at the end of the last list (or record) of a file. */
function withEntry(text, entry, end = '];') {
  const at = text.lastIndexOf(`\n${end}`);
  if (at === -1) throw new Error(`there is no "${end}" at the start of a line`);
  return `${text.slice(0, at + 1)}  ${entry},\n${text.slice(at + 1)}`;
}

/** Long lines are broken and imports sorted as the linter wants them. */
function format(root, paths) {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'check', '--write', '--vcs-enabled=false', ...paths];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
  return `${paths.length} files`;
}
