/**
 * The four actions that plop brings, as node-plop 0.32 does them, on an overlay: `add`, `addMany`, `modify`, `append`. Texts are rendered by
 * plop's own `renderString`, so that helpers and partials of the plopfile work. Where plop would do nothing and say nothing (a pattern that
 * matches nowhere), this is a failure.
 */
import { posix } from 'node:path';
import { ActionFailure } from './failure.ts';
import type { Overlay } from './overlay.ts';
import { destination } from './place.ts';
import type { ActionConfig, PlopApi, PlopData, TemplateFolder, TemplateText } from './types.ts';

/** What an action works with. `existing`: what `add` does with a file that is there already. */
export type Workplace = Readonly<{
  plop: PlopApi;
  data: PlopData;
  overlay: Overlay;
  templates: TemplateFolder;
  existing: 'fail' | 'keep' | 'replace';
  /** A template is about to be rendered; `file` is null for one that stands in the plopfile. */
  rendering: (template: string, file: string | null) => void;
  /** A file is there already; that is a failure unless the text is the same when all actions are done. */
  suspected: (path: string, failure: ActionFailure) => void;
}>;

type BuiltIn = (action: ActionConfig, at: Workplace) => Promise<string>;

export const BUILT_IN: Readonly<Record<string, BuiltIn>> = { add, addMany, modify, append };

async function add(action: ActionConfig, at: Workplace): Promise<string> {
  checkAction(action);
  const path = destination(textOf(action.path), fullData(action, at), at.plop);
  return addFile(action, path, templateFileOf(action, at), at);
}

async function addFile(action: ActionConfig, path: string, file: string | null, at: Workplace): Promise<string> {
  const before = at.overlay.read(path);
  const forced = action.force === true || at.existing === 'replace';
  if (before !== null && !forced && action.skipIfExists === true) return `${path} is there already: skipped`;
  const template = templateOf(action, file, at);
  const after = await transformed(action, render(template.text, file, action, at), at);
  if (before !== null && before !== after && !forced) {
    if (at.existing === 'keep') return `${path} is there already: left as it is`;
    const failure = new ActionFailure(
      `${path} is there already, with another text`,
      'Choose another name, set skipIfExists or force in the plopfile, or say --on-conflict keep or theirs.',
    );
    // Actions behind this one may make it what is there already: then it is a second run, with nothing to do.
    if (action.abortOnFail === false || at.overlay.written().has(path)) throw failure;
    at.suspected(path, failure);
  }
  if (before !== after) at.overlay.write(path, { text: after, executable: template.executable });
  return path;
}

async function addMany(action: ActionConfig, at: Workplace): Promise<string> {
  checkAction(action, false);
  const { destination: folder, stripExtensions = ['hbs'], verbose = true } = action;
  if (typeof folder !== 'string' || folder === '')
    throw new ActionFailure('it has no `destination`', 'Give the folder in which the files belong.');
  const base = action.base === undefined ? '' : at.plop.renderString(textOf(action.base), at.data);
  const given = typeof action.templateFiles === 'function' ? action.templateFiles() : action.templateFiles;
  const globs = [given].flat().map((glob) => at.plop.renderString(textOf(glob), at.data));
  const root = slashes(at.plop.getPlopfilePath());
  const absolute = posix.resolve(root, slashes(base));
  const files = at.templates
    .glob(globs, root, action.globOptions)
    .map(slashes)
    .filter((file) => file.startsWith(absolute));
  if (files.length === 0)
    throw new ActionFailure(
      `no template fits ${globs.join(', ') || '(nothing)'}${base === '' ? '' : ` below ${base}`}`,
      'Check `templateFiles` and `base`: globs are relative to the plopfile, and files that begin with a dot need globOptions: { dot: true }.',
    );
  const added: string[] = [];
  for (const file of files) {
    const inside = posix.relative(absolute, file);
    const kept = base === '' ? inside.split('/').slice(1).join('/') : inside.replace(base, '');
    const named = withoutExtension(stripExtensions, posix.join(slashes(folder), kept));
    const path = destination(named, fullData(action, at), at.plop);
    added.push(await addFile(action, path, file, at));
  }
  const count = `${added.length} ${added.length === 1 ? 'file' : 'files'}`;
  return verbose === false ? count : `${count}: ${added.join(', ')}`;
}

async function modify(action: ActionConfig, at: Workplace): Promise<string> {
  checkAction(action);
  const { pattern } = action;
  if (pattern === undefined && action.transform === undefined)
    throw new ActionFailure('it has neither `pattern` nor `transform`', 'Give one of them: what is to be replaced.');
  const { path, text } = existingFile(action, at);
  const file = templateFileOf(action, at);
  const replacement = render(templateOf(action, file, at).text, file, action, at);
  let after = text;
  if (pattern !== undefined) {
    requireMatch(path, text, pattern);
    after = text.replace(pattern as RegExp, replacement);
  }
  after = await transformed(action, after, at);
  if (after !== text) at.overlay.write(path, { text: after, executable: 0 });
  return path;
}

async function append(action: ActionConfig, at: Workplace): Promise<string> {
  checkAction(action);
  const { pattern, separator = '\n' } = action;
  const { path, text } = existingFile(action, at);
  const file = templateFileOf(action, at);
  const added = render(templateOf(action, file, at).text, file, action, at);
  if (pattern) requireMatch(path, text, pattern);
  const alone = action.unique === false ? text : withoutDuplicates(text, pattern, `${separator}${added}`);
  const after = pattern
    ? alone.replace(pattern as RegExp, `$&${separator}${added}`)
    : `${alone}${alone.length > 0 ? separator : ''}${added}`;
  if (after !== text) at.overlay.write(path, { text: after, executable: 0 });
  return path;
}

/** Only what is behind the pattern is looked at. plop takes the text for a regular expression here, so that `a.b(*)` is never found again. */
function withoutDuplicates(text: string, pattern: unknown, added: string): string {
  const last = (pattern ? text.split(pattern as RegExp) : [text]).at(-1) ?? '';
  return text.slice(0, text.length - last.length) + last.replaceAll(added, '');
}

function requireMatch(path: string, text: string, pattern: unknown): void {
  if (typeof pattern !== 'string' && !(pattern instanceof RegExp))
    throw new ActionFailure(
      'its `pattern` is neither a text nor a regular expression',
      'Write it as /…/ or as a text.',
    );
  const matches = typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) !== -1;
  if (matches) return;
  throw new ActionFailure(
    `its pattern ${String(pattern)} matches nothing in ${path}`,
    'Mend the pattern or the file; where it may be absent, give the action a `skip`, or abortOnFail: false.',
  );
}

function existingFile(action: ActionConfig, at: Workplace): Readonly<{ path: string; text: string }> {
  const path = destination(textOf(action.path), fullData(action, at), at.plop);
  const text = at.overlay.read(path);
  if (text === null)
    throw new ActionFailure(
      `${path} is not there`,
      'Check `path` in the plopfile. A file that an action of its own makes is there only after everything else was written.',
    );
  return { path, text };
}

/** The absolute path of a template, in which answers may stand. */
function templateFileOf(action: ActionConfig, at: Workplace): string | null {
  if (!action.templateFile) return null;
  const absolute = posix.resolve(slashes(at.plop.getPlopfilePath()), slashes(textOf(action.templateFile)));
  return at.plop.renderString(absolute, fullData(action, at));
}

function templateOf(action: ActionConfig, file: string | null, at: Workplace): TemplateText {
  if (file === null) return { text: textOf(action.template ?? ''), executable: 0 };
  const found = at.templates.read(file);
  if (found !== null) return found;
  throw new ActionFailure(
    `its template ${at.templates.shown(file)} is not there`,
    'Check `templateFile` in the plopfile: it is relative to the plopfile.',
  );
}

function render(template: string, file: string | null, action: ActionConfig, at: Workplace): string {
  const shown = file === null ? null : at.templates.shown(file);
  at.rendering(template, shown);
  try {
    return at.plop.renderString(template, fullData(action, at));
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ActionFailure(
      `${shown ?? 'its template'} cannot be rendered: ${why.replace(/[:.]$/, '')}`,
      'Mend the template; {{ … }} that belongs to the output is written \\{{ … }} (a workflow: $\\{{ github.sha }}).',
      error,
    );
  }
}

async function transformed(action: ActionConfig, text: string, at: Workplace): Promise<string> {
  if (typeof action.transform !== 'function') return text;
  const result: unknown = await action.transform(text, at.data, action);
  if (typeof result === 'string') return result;
  throw new ActionFailure('its `transform` does not return a text', 'Return the whole text of the file.');
}

function checkAction(action: ActionConfig, hasPath = true): void {
  const wrong = (message: string) => new ActionFailure(message, 'Mend the action in the plopfile.');
  if (hasPath && (typeof action.path !== 'string' || action.path === '')) throw wrong('it has no `path`');
  if (action.abortOnFail !== undefined && typeof action.abortOnFail !== 'boolean')
    throw wrong('its `abortOnFail` is neither true nor false');
  if ('transform' in action && typeof action.transform !== 'function') throw wrong('its `transform` is no function');
}

/** Answers win over the data of the action. */
function fullData({ data }: ActionConfig, at: Workplace): PlopData {
  return { ...(typeof data === 'object' ? data : {}), ...at.data };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ActionFailure('it has something that is no text where a text belongs', 'Mend the action in the plopfile.');
}

/** `x.ts.hbs` → `x.ts`, `.env.hbs` → `.env`; a name that has no other ending keeps its own (`x.hbs`). */
function withoutExtension(strip: unknown, name: string): string {
  const { dir, name: bare, ext } = posix.parse(name);
  if (Array.isArray(strip) && !strip.some((extension) => `.${extension}` === ext)) return name;
  return posix.parse(bare).ext !== '' || bare.startsWith('.') ? posix.join(dir, bare) : name;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
