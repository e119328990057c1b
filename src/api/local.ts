/**
 * Generators of the project, from the names of their files to something that runs like ours. Nothing of the project is executed before
 * `agree` has said that it may be.
 */
import { join } from 'node:path';
import { LOCAL_FOLDER, type Source, thrown } from '../core/local/failure.ts';
import { localGenerator } from '../core/local/generator.ts';
import { type LocalName, type LocalNames, localNames, unopened } from '../core/local/names.ts';
import { houseQuestions } from '../core/questions/index.ts';
import type { Generator } from '../define.ts';
import { type Problem, SetupError } from '../errors.ts';
import { type LocalCode, linkOnTheWay, namesIn, readLocalCode } from '../io/local-code.ts';
import { cannotRun, loadDefault, relativeTo } from '../io/local-load.ts';
import { syntaxLine } from '../io/tools.ts';
import type { Ports } from '../pipeline.ts';
import { kit } from './kit.ts';
import { linkTemplates } from './templates.ts';

/** Asked once per run, before anything is executed. Throws where nobody agrees. */
export type Agree = (code: LocalCode, ids: readonly string[]) => Promise<void>;

/** Which generators the project has, by the names of their files. */
export function findLocal(root: string, ours: readonly Generator[]): LocalNames {
  const names = namesIn(root, LOCAL_FOLDER);
  if (names.length === 0) return { found: [], clashes: linked(root), others: [] };
  return localNames(
    names,
    ours.map(({ id }) => id),
    houseQuestions(ours),
  );
}

/** A folder that is a link holds no generator; who has one is told why. */
function linked(root: string): readonly Problem[] {
  const link = linkOnTheWay(root, LOCAL_FOLDER);
  const message = 'it is a link; generators are run from the project itself only.';
  const hint = 'Replace the link by what it leads to.';
  return link === null ? [] : [{ code: 'GENERATOR', place: link, message, hint }];
}

/** The same ports with every generator of the project as a name that can be chosen. */
export function withNames(ports: Ports, { found }: LocalNames): Ports {
  return found.length === 0 ? ports : { ...ports, generators: [...ports.generators, ...found.map(unopened)] };
}

/**
 * Loads generators and puts them in the place of their names.
 * @throws SetupError with all that is wrong with all of them: CONSENT, GENERATOR, READ
 */
export async function loadLocal(root: string, ports: Ports, names: readonly LocalName[], agree: Agree): Promise<Ports> {
  if (names.length === 0) return ports;
  const cannot = names.flatMap(({ file }) => cannotRun(file) ?? []);
  if (cannot.length > 0) throw new SetupError(cannot);
  const code = readLocalCode(root, [LOCAL_FOLDER]);
  await agree(
    code,
    names.map(({ id }) => id),
  );
  const problems: Problem[] = [];
  const attempt = async <T>(action: () => Promise<T>): Promise<T | null> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problems.push(...error.problems);
      return null;
    }
  };
  const ids = names.map(({ id }) => id);
  const sources = await attempt(async () => templatesOf(code, ids, ports.templates));
  const standards = new Set(ports.catalog.map(({ id }) => id));
  const templates = await attempt(async () => sources && linkTemplates(sources, LOCAL_FOLDER, standards));
  const loaded = new Map<string, Generator>();
  for (const { id, file } of names) {
    const source: Source = { id, file, relative: relativeTo(root) };
    const generator = await attempt(async () =>
      localGenerator(source, (await exportOf(root, source, code.hash)).exported, kit),
    );
    if (generator) loaded.set(id, generator);
  }
  if (problems.length > 0) throw new SetupError(problems);
  return {
    ...ports,
    templates: { ...ports.templates, ...templates },
    generators: ports.generators.map((generator) => loaded.get(generator.id) ?? generator),
  };
}

async function exportOf(root: string, source: Source, version: string): ReturnType<typeof loadDefault> {
  try {
    return await loadDefault(root, source.file, version);
  } catch (error) {
    const at = error instanceof SyntaxError ? syntaxLine(join(root, source.file)) : null;
    throw new SetupError(thrown(source, 'it cannot be loaded', error, at), { cause: error });
  }
}

/** Templates of these generators and partials that all of them share. Theirs have names of their own: ours cannot be replaced. */
function templatesOf(code: LocalCode, ids: readonly string[], ours: Ports['templates']): ReadonlyMap<string, string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [path, content] of code.files) {
    const name = path.slice(LOCAL_FOLDER.length + 1);
    const [folder = ''] = name.split('/');
    if (!name.endsWith('.ejs') || (folder !== '_partials' && !ids.includes(folder))) continue;
    if (Object.hasOwn(ours, name)) {
      const message = 'there is a partial of ours with this name.';
      problems.push({ code: 'GENERATOR', place: path, message, hint: 'Give yours another name.' });
      continue;
    }
    try {
      texts.set(name, decoder.decode(content));
    } catch {
      const message = 'it is not text in UTF-8.';
      problems.push({ code: 'GENERATOR', place: path, message, hint: 'Save it as UTF-8.' });
    }
  }
  if (problems.length > 0) throw new SetupError(problems);
  return texts;
}
