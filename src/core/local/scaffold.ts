/** A first generator of a project: a module, its template, and a test with the snapshot that it compares to. */

export type ScaffoldInput = Readonly<{
  id: string;
  language: 'mjs' | 'ts';
  /** What runs the test. */
  runner: 'vitest' | 'node';
}>;

/** Where generators of a project have their tests; not among the generators, so that a changed test is no changed program. */
export const TEST_FOLDER = 'devops/test';

/** Path → text. What is written is to be changed by a person: it is whole, it runs, and its test holds. */
export function scaffold(input: ScaffoldInput): ReadonlyMap<string, string> {
  const { id, language, runner } = input;
  return new Map([
    [`devops/generators/${id}.${language}`, moduleText(input)],
    [`devops/generators/${id}/docs/${id}.md.ejs`, templateText(input)],
    [testPath(input), runner === 'vitest' ? vitestText(input) : nodeText(input)],
    [`${TEST_FOLDER}/snapshots/${id}/docs/${id}.md`, snapshotText(input)],
  ]);
}

export function testPath({ id }: Pick<ScaffoldInput, 'id'>): string {
  return `${TEST_FOLDER}/${id}.test.mjs`;
}

/** The test with the project's own runner. Vitest gets a root of its own, so that the project's patterns for tests do not leave it out. */
export function testCommand(input: Pick<ScaffoldInput, 'id' | 'runner'>): string {
  return input.runner === 'vitest' ? 'npx vitest run --root devops' : `node --test ${testPath(input)}`;
}

/** `release-notes` → `Release notes`. */
function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function moduleText({ id, language }: ScaffoldInput): string {
  const isTyped = language === 'ts';
  const type = isTyped ? ': Kit' : '';
  return `${isTyped ? "import type { Kit } from 'create-devops-setup';\n\n" : ''}/**
 * ${titleOf(id)}: what it writes, and for whom.
 *
 * A generator computes: the system goes in, files come out. It reads and writes nothing by itself.
 * Its templates stand in the folder beside this file, called like the files that they become.
 *${isTyped ? '' : "\n * @param {import('create-devops-setup').Kit} kit"}
 */
export default ({ defineGenerator, confirm }${type}) =>
  defineGenerator({
    id: '${id}',
    title: '${titleOf(id)}',
    summary: 'one page about every service',
    questions: [
      confirm('${id}.ports', {
        message: 'Shall the page name ports?',
        help: 'The page names the port of each service.',
        default: true,
      }),
    ],
    files: ({ system, answers }) => [
      {
        path: 'docs/${id}.md',
        view: {
          project: system.project.name,
          services: system.services.map(({ name, kind, port }) => ({
            name,
            kind,
            port: answers['${id}.ports'] ? port : null,
          })),
        },
      },
    ],
  });
`.replace(' *\n */', ' */');
}

function templateText({ id }: ScaffoldInput): string {
  return `# Services of <%= it.project %>

<%# Nothing but \`it\` is known here; a key that the view does not have is an error. Every value is escaped for the language of the file. -%>
<% for (const service of it.services) { -%>
- <%= service.name %> (<%= service.kind %>)<% if (service.port !== null) { %> on port <%= service.port %><% } %>
<% } -%>

Written by devops/generators/${id}.
`;
}

/** The project that the test writes for: small, and without anything that a look at the real project could take for its own. */
const SAMPLE = `const project = {
  'package.json': { name: 'sample', version: '1.0.0', type: 'module', scripts: { start: 'node server.js' } },
  'package-lock.json': { name: 'sample', lockfileVersion: 3, packages: {} },
  'server.js': '',
};
const set = { 'services.sample.kind': 'web', 'services.sample.port': 8080 };`;

function snapshotText({ id }: ScaffoldInput): string {
  return `# Services of sample

- sample (web) on port 8080

Written by devops/generators/${id}.
`;
}

function vitestText({ id, language }: ScaffoldInput): string {
  return `import { renderGenerator } from 'create-devops-setup';
import { expect, test } from 'vitest';

const generator = new URL('../generators/${id}.${language}', import.meta.url);
${SAMPLE}

// After a change that is wanted: npx vitest run --root devops --update, and read the difference.
test('${id} writes these files', async () => {
  const files = await renderGenerator(generator, { project, set });
  expect(Object.keys(files)).toEqual(['docs/${id}.md']);
  for (const [path, text] of Object.entries(files))
    await expect(text).toMatchFileSnapshot(\`snapshots/${id}/\${path}\`);
});

test('${id} names no ports where nobody wants them', async () => {
  const files = await renderGenerator(generator, { project, set: { ...set, '${id}.ports': false } });
  expect(files['docs/${id}.md']).not.toContain('8080');
});
`;
}

function nodeText({ id, language }: ScaffoldInput): string {
  return `import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderGenerator } from 'create-devops-setup';

const generator = new URL('../generators/${id}.${language}', import.meta.url);
${SAMPLE}

// After a change that is wanted: UPDATE_SNAPSHOTS=1 node --test ${testPath({ id })}, and read the difference.
test('${id} writes these files', async () => {
  const files = await renderGenerator(generator, { project, set });
  assert.deepEqual(Object.keys(files), ['docs/${id}.md']);
  for (const [path, text] of Object.entries(files)) {
    const snapshot = new URL(\`snapshots/${id}/\${path}\`, import.meta.url);
    if (process.env.UPDATE_SNAPSHOTS) {
      mkdirSync(new URL('.', snapshot), { recursive: true });
      writeFileSync(snapshot, text);
    }
    assert.equal(text, readFileSync(snapshot, 'utf8'), \`\${path} is not as in \${snapshot.pathname}\`);
  }
});

test('${id} names no ports where nobody wants them', async () => {
  const files = await renderGenerator(generator, { project, set: { ...set, '${id}.ports': false } });
  assert.doesNotMatch(files['docs/${id}.md'], /8080/);
});
`;
}
