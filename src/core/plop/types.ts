/** What is used of plop's objects. They come from code of the project, so nothing in them is believed before it was looked at. */

/** Answers by the names of prompts. Actions may add to it while they run, so it is plain and open. */
export type PlopData = Record<string, unknown>;

/** What a plopfile sees as `plop`. */
export type PlopApi = Readonly<{
  renderString: (template: string, data: PlopData) => string;
  getPlopfilePath: () => string;
  getDestBasePath: () => string;
  getHelper: (name: string) => unknown;
  getActionType: (name: string) => unknown;
}>;

/** A generator of a plopfile, or of a pack that it loads; `plop` is the object of the one that declares it. */
export type PlopGenerator = Readonly<{
  name: string;
  description: string;
  prompts: unknown;
  actions: unknown;
  plop: PlopApi;
}>;

/** An action as it stands in a plopfile. */
export type ActionConfig = Readonly<Record<string, unknown>> & Readonly<{ type: string }>;

/** A template that was read. `executable`: permission bits for running, which plop keeps. */
export type TemplateText = Readonly<{ text: string; executable: number }>;

/** Templates stand below the root or below the pack that brings them; absolute paths with `/`. */
export type TemplateFolder = Readonly<{
  /** @throws SetupError JAIL for a place outside, READ for what is there and is no text; null when nothing is there. */
  read: (absolute: string) => TemplateText | null;
  /** Absolute paths of files; the globs are relative to `folder`. */
  glob: (globs: readonly string[], folder: string, options: unknown) => readonly string[];
  /** Relative to the root where it is below, for people. */
  shown: (absolute: string) => string;
}>;
