import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * GitHub's own reading of a workflow: the parser of the Actions service and the checks of its editor plug-in.
 *
 * Both packages import JSON without import attributes, which plain Node refuses. They are bundled once, into a cache
 * file whose name carries their versions.
 */

type ActionFacts = {
  tag: string;
  sha: string;
  inputs: Record<string, { required?: boolean; default?: unknown; deprecated?: boolean | string } | null>;
};
type Bundle = { validate(uri: string, text: string, actions: Record<string, ActionFacts>): Promise<string[]> };

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const PACKAGES = ['@actions/workflow-parser', '@actions/languageservice', 'esbuild'];

let loading: Promise<Bundle> | undefined;
let counter = 0;

/** Everything that GitHub would say about the workflow, as `path:line:column: message`; an empty list is a pass. */
export async function validateWorkflow(path: string, text: string): Promise<string[]> {
  loading ??= load();
  const bundle = await loading;
  const actions: Record<string, ActionFacts> = JSON.parse(readFileSync(join(HERE, 'action-inputs.json'), 'utf8'));
  // The language service keeps what it parsed by address, so that each call needs an address of its own.
  counter += 1;
  const uri = `file:///call-${counter}/.github/workflows/${path.replace(/^.*\//, '')}`;
  const messages = await bundle.validate(uri, text, actions);
  return messages.map((message) => `${path}:${message}`);
}

async function load(): Promise<Bundle> {
  const entry = ENTRY;
  const versions = PACKAGES.map((name) => `${name}@${versionOf(name)}`).join(' ');
  const hash = createHash('sha256').update(versions).update(entry).digest('hex').slice(0, 16);
  const dir = join(ROOT, 'node_modules', '.cache', 'create-devops-setup');
  const file = join(dir, `workflow-parser-${hash}.cjs`);
  if (!existsSync(file)) {
    const result = await build({
      stdin: { contents: entry, resolveDir: ROOT, loader: 'js' },
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
    });
    mkdirSync(dir, { recursive: true });
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, result.outputFiles[0]?.contents ?? '');
    renameSync(fresh, file); // whole or not at all, also when two runs build it
  }
  return createRequire(import.meta.url)(file) as Bundle;
}

function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  return manifest.version;
}

/** What is bundled. It runs in the bundle only, hence no types here. */
const ENTRY = `
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from '@actions/workflow-parser';
import { registerLogger, validate as diagnose } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';

// The service logs its own exceptions and then reports "no diagnostics": that would pass anything.
const failures = [];
const silent = () => {};
registerLogger({ info: silent, log: silent, warn: silent, error: (message) => failures.push(String(message)) });

const at = (position, message) => (position ? position.line + ':' + position.column + ': ' : '1:1: ') + message;

export async function validate(uri, text, actions) {
  const found = new Set();
  const parsed = parseWorkflow({ name: uri, content: text }, new NoOperationTraceWriter());
  for (const error of parsed.context.errors.getErrors()) found.add(at(error.range?.start, error.rawMessage));
  if (parsed.value) {
    const before = parsed.context.errors.getErrors().length;
    await convertWorkflowTemplate(parsed.context, parsed.value, undefined, { errorPolicy: 1 });
    for (const error of parsed.context.errors.getErrors().slice(before)) found.add(at(error.range?.start, error.rawMessage));
  }
  failures.length = 0;
  const document = TextDocument.create(uri, 'github-actions-workflow', 1, text);
  const diagnostics = await diagnose(document, { actionsMetadataProvider: provider(actions, found) });
  for (const { range, message } of diagnostics) {
    found.add(at({ line: range.start.line + 1, column: range.start.character + 1 }, message));
  }
  for (const failure of failures) found.add('1:1: the language service failed: ' + failure);
  return [...found];
}

function provider(actions, found) {
  return {
    async fetchActionMetadata({ owner, name, path, ref }) {
      const id = [owner, name, path].filter(Boolean).join('/');
      const facts = actions[id];
      if (facts === undefined) {
        found.add('1:1: nothing is known of ' + id + ': add its facts to test/tools/action-inputs.json');
        return { name: id, description: '' };
      }
      if (ref !== facts.sha && ref !== facts.tag) {
        found.add('1:1: ' + id + '@' + ref + ' is not the version that action-inputs.json describes (' + facts.tag + ', ' + facts.sha + ')');
      }
      const inputs = {};
      for (const [input, fact] of Object.entries(facts.inputs)) {
        inputs[input] = { description: '', required: fact?.required === true };
        if (fact?.default !== undefined) inputs[input].default = String(fact.default);
        if (fact?.deprecated) inputs[input].deprecationMessage = id + ': input ' + input + ' is deprecated: ' + fact.deprecated;
      }
      return { name: id, description: '', inputs };
    },
  };
}
`;
