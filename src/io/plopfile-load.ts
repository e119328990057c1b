/**
 * Runs a plopfile with the project's own node-plop, and keeps what it declares. Whoever calls this has asked for consent. `load` is done here
 * as node-plop does it, because the object of a loaded pack, which renders its templates, cannot be had from outside.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { PlopApi, PlopGenerator } from '../core/plop/types.ts';

type Declared = Readonly<Record<string, unknown>>;
type Named<T> = (name: string, value: T) => unknown;

/** What node-plop returns for no plopfile: helpers, partials, action types, rendering, inquirer and handlebars. */
export type Core = PlopApi &
  Readonly<{
    setHelper: Named<unknown>;
    getHelperList: () => string[];
    setPartial: Named<string>;
    getPartial: (name: string) => string;
    getPartialList: () => string[];
    setActionType: Named<unknown>;
    getActionTypeList: () => string[];
    setPlopfilePath: (path: string) => void;
    setDefaultInclude: (include: unknown) => unknown;
    getDefaultInclude: () => unknown;
    inquirer: Inquirer;
  }>;

export type PromptModule = ((questions: readonly unknown[], answers: object) => Promise<Record<string, unknown>>) &
  Readonly<{ prompts: Record<string, unknown>; registerPrompt: (name: string, prompt: unknown) => void }>;

export type Inquirer = Readonly<{
  prompt: PromptModule;
  createPromptModule: (options: Readonly<{ output: NodeJS.WritableStream }>) => PromptModule;
}>;

type NodePlop = (plopfile: string, config: Readonly<Record<string, unknown>>) => Promise<Core>;

export type LoadedPlopfile = Readonly<{
  generators: ReadonlyMap<string, PlopGenerator>;
  core: Core;
  inquirer: Inquirer;
}>;

type Tools = Readonly<{ nodePlop: NodePlop; resolve: (target: string, folder: string) => string }>;

/** `core` is the entry of node-plop. @throws whatever the plopfile throws */
export async function loadPlopfile(core: string, plopfile: string, root: string): Promise<LoadedPlopfile> {
  const { default: nodePlop } = (await import(pathToFileURL(core).href)) as { default: NodePlop };
  const { sync } = createRequire(core)('resolve') as { sync: (target: string, options: { basedir: string }) => string };
  return open({ nodePlop, resolve: (target, basedir) => sync(target, { basedir }) }, plopfile, { destBasePath: root });
}

async function open(tools: Tools, file: string, config: Readonly<Record<string, unknown>>): Promise<LoadedPlopfile> {
  const core = await tools.nodePlop('', config);
  core.setPlopfilePath(file);
  const generators = new Map<string, PlopGenerator>();
  const api = {
    ...core,
    setGenerator: (name: unknown, declared: Declared = {}) => {
      const known = typeof name === 'string' && name !== '' ? name : `generator-${generators.size + 1}`;
      generators.set(known, generatorOf(known, declared, api as unknown as PlopApi));
      return Object.assign(declared, { name: known, basePath: core.getPlopfilePath() });
    },
    getGenerator: (name: string) => generators.get(name),
    getGeneratorList: () => [...generators.values()].map(({ name, description }) => ({ name, description })),
    load: async (targets: string | readonly string[], more: object = {}, include?: unknown) => {
      for (const target of [targets].flat()) {
        const folder = core.getPlopfilePath();
        const pack = await open(tools, tools.resolve(target, folder), { ...config, ...more });
        take(pack, include ?? pack.core.getDefaultInclude() ?? {}, core, generators);
      }
    },
  };
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  const run = typeof loaded === 'function' ? loaded : loaded.default;
  if (typeof run !== 'function')
    throw new Error('it exports no function (write `export default function (plop) { … }`)');
  await run(api, config);
  return { generators, core: { ...core, ...(api as object) } as Core, inquirer: core.inquirer };
}

/** Fields are read when they are used: our own pack makes its prompts when it is asked for them. */
function generatorOf(name: string, declared: Declared, plop: PlopApi): PlopGenerator {
  return {
    name,
    plop,
    get description() {
      return typeof declared.description === 'string' ? declared.description : '';
    },
    get prompts() {
      return declared.prompts ?? [];
    },
    get actions() {
      return declared.actions;
    },
  };
}

/** What of a pack the plopfile gets: all, lists of names, or names → other names. */
function take(pack: LoadedPlopfile, wanted: unknown, core: Core, generators: Map<string, PlopGenerator>): void {
  const include = wanted as Readonly<Record<string, unknown>>;
  const part = (kind: string, names: readonly string[], add: (from: string, to: string) => void): void => {
    const chosen = wanted === true ? true : include[kind];
    const pairs =
      chosen === true
        ? names.map((name) => [name, name])
        : Array.isArray(chosen)
          ? chosen.map((name) => [String(name), String(name)])
          : Object.entries(typeof chosen === 'object' && chosen !== null ? chosen : {});
    for (const [from, to] of pairs) add(String(from), String(to));
  };
  part('generators', [...pack.generators.keys()], (from, to) => {
    const found = pack.generators.get(from);
    if (found) generators.set(to, generatorOf(to, found, found.plop));
  });
  part('partials', pack.core.getPartialList(), (from, to) => core.setPartial(to, pack.core.getPartial(from)));
  part('helpers', pack.core.getHelperList(), (from, to) => core.setHelper(to, pack.core.getHelper(from)));
  part('actionTypes', pack.core.getActionTypeList(), (from, to) =>
    core.setActionType(to, pack.core.getActionType(from)),
  );
}
