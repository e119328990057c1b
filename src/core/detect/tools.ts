/** Formatters and linters whose checks must not trip over our files, and the licence. */
import type { Fact, Facts } from '../../model.ts';
import { text } from './json.ts';
import type { Package } from './package.ts';
import { at, fact, type Repo } from './repo.ts';
import { detectWholeTypescript } from './whole-project.ts';

/** What is there at the root, or in any package. `biome` and `eslint` are the configuration files; `swallowed` the folders of the workspace. */
export function detectTools(
  repo: Repo,
  packages: readonly Package[],
  root: Package | null,
  swallowed: readonly string[],
): Facts['tools'] {
  const dependency = (name: string): Fact<string> | null =>
    packages.map((p) => p.dependency(name)).find((d) => d !== null) ?? null;
  const prettierFile = repo.list.find((f) => /^(?:\.prettierrc(?:\.\w+)?|prettier\.config\.\w+)$/.test(f));
  const prettierKey = packages.find((p) => p.manifest.prettier !== undefined);
  const prettier =
    prettierFile !== undefined
      ? fact(true, at(prettierFile))
      : prettierKey !== undefined
        ? fact(true, prettierKey.evidence('prettier'))
        : null;
  const prettierDependency = dependency('prettier');
  const biomeFile = repo.list.find((f) => /^biome\.jsonc?$/.test(f));
  const eslintFile =
    repo.list.find((f) => /^(?:eslint\.config\.\w+|\.eslintrc(?:\.\w+)?)$/.test(f)) ??
    repo.list.find((f) => /(?:^|\/)(?:eslint\.config\.\w+|\.eslintrc(?:\.\w+)?)$/.test(f));
  const dataLinter = DATA_LINTERS.map(dependency).find((found) => found !== null) ?? null;
  const eslintKey = packages.find((p) => p.manifest.eslintConfig !== undefined);
  return {
    prettier: prettier ?? (prettierDependency === null ? null : fact(true, prettierDependency.evidence)),
    biome: biomeFile === undefined ? null : fact(biomeFile, at(biomeFile)),
    eslint:
      eslintFile !== undefined
        ? fact(eslintFile, at(eslintFile))
        : eslintKey !== undefined
          ? fact(eslintKey.file, eslintKey.evidence('eslintConfig'))
          : null,
    eslintIgnore: repo.exists('.eslintignore') ? fact('.eslintignore', at('.eslintignore')) : null,
    eslintReadsTypescript: eslintFile === undefined ? null : readsTypescript(root, dependency, eslintFile),
    typescript: detectWholeTypescript(root),
    workspaceTakes: swallowed,
    eslintReadsData: eslintFile === undefined || dataLinter === null ? null : fact(eslintFile, dataLinter.evidence),
  };
}

/** ESLint reads TypeScript of the whole project: a parser of it is installed, and the script that lints names no folder. */
function readsTypescript(
  root: Package | null,
  dependency: (name: string) => Fact<string> | null,
  file: string,
): Fact<string> | null {
  const parser = TYPESCRIPT_LINTERS.map(dependency).find((found) => found !== null);
  const whole = Object.values(root?.scripts ?? {}).some((script) =>
    /\beslint(?:\s+--?[\w=-]+)*\s*(?:$|&&|\s\.\/?(?:\s|$)|\s['"]?(?:\.\/)?\*\*\/)/.test(script),
  );
  return parser === undefined || !whole ? null : fact(file, at(file));
}

const TYPESCRIPT_LINTERS = [
  'typescript-eslint',
  '@typescript-eslint/parser',
  '@antfu/eslint-config',
  'eslint-config-next',
  '@vercel/style-guide',
];

/** ESLint plug-ins and presets that read JSON, YAML or Markdown too: their rules of style meet files that are not the project's own. */
const DATA_LINTERS = [
  '@antfu/eslint-config',
  'eslint-plugin-yml',
  'eslint-plugin-jsonc',
  '@eslint/json',
  '@eslint/markdown',
];

const LICENSES: readonly (readonly [RegExp, string])[] = [
  [/\bApache License\s+Version 2\.0/i, 'Apache-2.0'],
  [/\bGNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, 'AGPL-3.0'],
  [/\bGNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, 'LGPL-3.0'],
  [/\bGNU GENERAL PUBLIC LICENSE\s+Version 3/i, 'GPL-3.0'],
  [/\bGNU GENERAL PUBLIC LICENSE\s+Version 2/i, 'GPL-2.0'],
  [/\bMozilla Public License Version 2\.0/i, 'MPL-2.0'],
  [/\bPermission is hereby granted, free of charge/i, 'MIT'],
  [/\bPermission to use, copy, modify, and(?:\/or)? distribute this software/i, 'ISC'],
  [/Neither the name of/i, 'BSD-3-Clause'],
  [/Redistribution and use in source and binary forms/i, 'BSD-2-Clause'],
  [/This is free and unencumbered software released into the public domain/i, 'Unlicense'],
];

/** The licence that package.json names, else the one whose text stands in LICENSE. */
export function detectLicense(repo: Repo, root: Package | null): Fact<string> | null {
  const named = root === null ? null : text(root.manifest.license);
  if (named !== null && root !== null && !/^SEE LICENSE/i.test(named)) return fact(named, root.evidence('license'));
  const file = repo.list.find((f) => /^(?:LICEN[CS]E|COPYING)(?:\.(?:md|txt))?$/i.test(f));
  const content = file === undefined ? null : repo.text(file);
  const found = content === null ? undefined : LICENSES.find(([pattern]) => pattern.test(content.replace(/\s+/g, ' ')));
  return found === undefined || file === undefined ? null : fact(found[1], at(file, 1));
}
