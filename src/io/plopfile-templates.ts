/** Templates of a plopfile, read from the disk: below the root, or below the pack that brings them, and from nowhere else. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';
import type { TemplateFolder } from '../core/plop/types.ts';
import { SetupError } from '../errors.ts';

const MAX_BYTES = 2 * 1024 * 1024;

type GlobSync = (globs: readonly string[], options: Readonly<Record<string, unknown>>) => string[];

/** `pack` is the folder of the plopfile that declares the generator; globs are those of node-plop's own library. */
export function openTemplates(core: string, root: string, pack: string): TemplateFolder {
  const homes = [root, pack].map((folder) => realpathSync(folder));
  const shown = (absolute: string) => {
    const inside = relative(root, absolute).split(sep).join('/');
    return inside.startsWith('..') ? absolute.split('/').slice(-2).join('/') : inside;
  };
  const wrong = (code: 'JAIL' | 'READ', place: string, message: string, hint: string) =>
    new SetupError({ code, place: shown(place), message, hint });
  return {
    shown,
    read: (absolute) => {
      const stat = statSync(absolute, { throwIfNoEntry: false });
      if (stat?.isFile() !== true) return null;
      const real = realpathSync(absolute);
      if (!homes.some((home) => real.startsWith(home + sep)))
        throw wrong('JAIL', absolute, 'this template is outside of the project.', 'Move it into the project.');
      if (stat.size > MAX_BYTES) throw wrong('READ', absolute, 'it is larger than 2 MiB.', 'Make it smaller.');
      const bytes = readFileSync(absolute);
      try {
        if (bytes.subarray(0, 8000).includes(0)) throw new Error('binary');
        return {
          text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
          executable: stat.mode & 0o111,
        };
      } catch {
        throw wrong(
          'READ',
          absolute,
          'it is no text, and only texts are planned, shown and taken back.',
          'Run plop itself for this generator, or copy the file by hand.',
        );
      }
    },
    glob: (globs, folder, options) => {
      const { globSync } = createRequire(core)('tinyglobby') as { globSync: GlobSync };
      const more = typeof options === 'object' && options !== null ? options : {};
      return globSync(globs, { cwd: folder, braceExpansion: false, expandDirectories: true, absolute: true, ...more })
        .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
        .sort();
    },
  };
}
