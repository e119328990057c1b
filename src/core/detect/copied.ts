/** The top-level entries of a package that its build needs. */
import type { Package } from './package.ts';
import { compare } from './repo.ts';

/** Folders that no build needs: tests, papers, operations, editors, outputs. */
const NOT_BUILT =
  /^(?:tests?|__tests__|__mocks__|specs?|e2e|cypress|playwright|playwright-report|integration-?tests?|loadtests?|load-tests|fixtures|mocks|coverage|docs?|documentation|examples?|samples|benchmarks?|bench|stories|scripts|tools|tooling|infra|infrastructure|terraform|cdk|deploy|deployment|deployments|k8s|kubernetes|helm|charts|docker|ops|ci|monitoring|grafana|prometheus|nginx|ansible|postman|integrationtests|screenshots|dist|build|out|lib-cov|tmp|temp|logs?|node_modules|design|wiki|assets-src|hack|devops)$/i;
const FILES =
  /^(?:tsconfig[\w.-]*\.json|jsconfig\.json|nest-cli\.json|(?:next|postcss|tailwind|vite|webpack|rollup|tsup|tsdown|esbuild|babel|rspack|swc|svgo|sentry\.\w+|drizzle|prisma|mikro-orm|next-i18next|i18n|nuxt|astro|nitro|unbuild|build|ncc)\.(?:config\.)?[cm]?[jt]s|next-env\.d\.ts|\.babelrc(?:\.\w+)?|\.swcrc|\.sequelizerc|knexfile\.\w+|ormconfig\.\w+|index\.html|schema\.graphql|database\.json|bunfig\.toml|components\.json|ecosystem\.config\.\w+|instrumentation[\w-]*\.[jt]s|middleware\.[jt]s|proxy\.[jt]s)$/;
const TOOL_FILES =
  /^(?:.*\.(?:test|spec)\.[\w]+|(?:vitest|jest|eslint|prettier|commitlint|lint-staged|playwright|cypress|stylelint|lerna|release|setup-?jest|jest-setup|renovate|checkly|codecov|knip|depcheck|typedoc|\.?dependency-cruiser|husky|cucumber|wdio|karma|stryker|changelog|plopfile|Gruntfile|gulpfile|nodemon|pm2)[\w.-]*)$/i;

/** Sorted names. A folder that a build or start script names is in it, whatever it is called, and so is what the output's layout depends on. */
export function detectSources(pkg: Package, output: string | null, layout: readonly string[] = []): string[] {
  const folders = new Set<string>();
  const files = new Set<string>();
  for (const file of pkg.files) {
    const slash = file.indexOf('/');
    if (slash < 0) files.add(file);
    else folders.add(file.slice(0, slash));
  }
  const named = ['build', 'prebuild', 'postbuild', 'compile', 'start', 'start:prod', 'postinstall', 'prepare']
    .map((s) => pkg.scripts[s] ?? '')
    .join(' ');
  const isNamed = (name: string): boolean =>
    new RegExp(`(?:^|[\\s'"./=])${name.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')}/`).test(named);
  const outputTop = output?.split('/')[0];
  const keptFolders = [...folders].filter(
    (f) => f !== outputTop && !f.startsWith('.') && f !== 'node_modules' && (!NOT_BUILT.test(f) || isNamed(f)),
  );
  const keptFiles = [...files].filter(
    (f) =>
      FILES.test(f) ||
      (/\.(?:[cm]?[jt]sx?|prisma|graphql|proto)$/.test(f) && !TOOL_FILES.test(f) && !f.startsWith('.')),
  );
  const present = layout.filter((name) => folders.has(name) || files.has(name));
  return [...new Set([...keptFolders, ...keptFiles, ...present])].sort(compare);
}
