/** DOCKER-001 and DOCKER-002: what is in an image. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { Dockerfile, Stage } from '../parse/dockerfile.ts';
import { ignoredBy, parseIgnore } from '../parse/ignore.ts';
import { at, inFinal, last, plainName, runs } from './dockerfile-facts.ts';
import { type Image, imagesOf, readyImages } from './places.ts';

const BUILD_TOOLS = new Set([
  'npm',
  'npx',
  'pnpm',
  'yarn',
  'tsc',
  'make',
  'gcc',
  'g++',
  'cmake',
  'node-gyp',
  'corepack',
  'git',
]);
const BUILD_PACKAGES = /^(build-essential|g\+\+|gcc|make|python3?|git|.*-dev)$/;

function isBuildTool(words: readonly string[]): boolean {
  const [program = '', action = ''] = words;
  if (BUILD_TOOLS.has(program)) return true;
  if (program === 'bun') return ['install', 'i', 'add', 'build', 'run'].includes(action);
  return /^(apt-get|apt|apk)$/.test(program) && words.some((word) => BUILD_PACKAGES.test(word));
}

/** DOCKER-001: build tools stay behind in a build stage. */
const stages: Check = {
  id: 'DOCKER-001',
  applies: readyImages,
  run: (input) =>
    imagesOf(input).flatMap(({ file, service }): readonly Defect[] => {
      if (service.start === null) return [];
      const end = last(file.stages);
      if (!end) return [];
      if (file.stages.length < 2) {
        return [
          at(
            file,
            end.line,
            'The image has a single stage, so everything that builds it is shipped with it.',
            'Build in a stage of its own, and copy the result.',
          ),
        ];
      }
      const names = new Set(file.stages.slice(0, -1).flatMap(({ name }, index) => [name ?? '', String(index)]));
      const copies = inFinal(file).some(
        ({ name, flags }) => name === 'COPY' && (flags.from ?? []).some((from) => names.has(from)),
      );
      const tools = inFinal(file).flatMap((instruction) =>
        runs(instruction)
          .filter(isBuildTool)
          .map((words) =>
            at(
              file,
              instruction.line,
              `The shipped image runs ${words.slice(0, 2).join(' ')}, a build tool.`,
              'Move it to an earlier stage.',
            ),
          ),
      );
      if (copies) return tools;
      return [
        ...tools,
        at(
          file,
          end.line,
          'The last stage copies nothing from an earlier one.',
          'Copy what was built: COPY --from=build ….',
        ),
      ];
    }),
};

const LEAN = /slim|alpine|distroless|chainguard|scratch|wolfi/;

/** What must never get into a build, with a path that stands for it. */
const KEPT_OUT = [
  { what: '.git', path: '.git/config' },
  { what: 'node_modules', path: 'node_modules/left-pad/index.js' },
  { what: '.env files', path: '.env' },
  { what: '.env files', path: '.env.production' },
  { what: 'tests', path: 'test/app.test.ts' },
];

/** DOCKER-002: a lean base, production dependencies only, and an ignore file that keeps the rest out. */
const lean: Check = {
  id: 'DOCKER-002',
  applies: readyImages,
  open: fatBases,
  run: (input) =>
    imagesOf(input).flatMap((image) => [...leanBase(image), ...developmentTools(image), ...keptOut(input, image)]),
};

function leanBase({ file, service }: Image): readonly Defect[] {
  const [base] = file.final;
  // Where the model itself has no lean image to choose, that is told as an open question, not as a defect of the Dockerfile.
  if (!base || LEAN.test(base.from) || base.from === service.runtime.image) return [];
  return [
    at(
      file,
      base.line,
      `The image ships on ${plainName(base.from)}, which is not a slim, alpine or distroless one.`,
      'Take the slim variant of the base image.',
    ),
  ];
}

/** Images that the model chose although they are no lean ones. */
function fatBases(input: CheckInput): string | null {
  const fat = imagesOf(input)
    .flatMap(({ file }) => file.final[0]?.from ?? [])
    .filter((from) => !LEAN.test(from));
  return fat.length === 0
    ? null
    : `${[...new Set(fat.map(plainName))].join(', ')} is not a slim image, and no slim one is pinned; the rest holds`;
}

/** The node_modules that are shipped come from a stage that installs production dependencies, or takes the others out. */
function developmentTools({ file }: Image): readonly Defect[] {
  return inFinal(file)
    .filter(({ name, flags, text }) => name === 'COPY' && flags.from && /node_modules/.test(text))
    .flatMap((copy): readonly Defect[] => {
      const from = copy.flags.from?.[0];
      const source = file.stages.find(({ name }, index) => name === from || String(index) === from);
      if (!source) return [];
      const commands = stageWithParents(file, source)
        .flatMap(({ instructions }) => instructions)
        .flatMap(runs);
      const installs = commands.filter(
        ([program = '', action = '']) =>
          /^(npm|pnpm|yarn|bun)$/.test(program) && /^(ci|i|install|workspaces|prune|)$/.test(action),
      );
      if (installs.length === 0) return [];
      const production = commands.some((words) =>
        /--omit[= ]dev|--prod\b|--production|\bprune\b|--filter-prod/.test(words.join(' ')),
      );
      return production
        ? []
        : [
            at(
              file,
              copy.line,
              'The shipped node_modules contain the development dependencies.',
              'Install with production dependencies only (npm ci --omit=dev) in the stage it comes from.',
            ),
          ];
    });
}

function stageWithParents(file: Dockerfile, stage: Stage): readonly Stage[] {
  const parent = stage.parent === null ? undefined : file.stages[stage.parent];
  return parent ? [...stageWithParents(file, parent), stage] : [stage];
}

function keptOut(input: CheckInput, { service }: Image): readonly Defect[] {
  if (service.files.dockerfileOwner === 'user') return [];
  const paths = [service.files.dockerignore, service.files.dockerignoreCopy].filter((path) => path !== null);
  return paths.flatMap((path): readonly Defect[] => {
    const artifact = input.artifact(path);
    if (!artifact) {
      const told = path === service.files.dockerignore && !input.exists(path);
      return told
        ? [
            {
              file: service.files.dockerfile,
              message: `There is no ${path}, so the whole repository is sent to the build.`,
              hint: `Restore it: create-devops-setup restore ${path}.`,
            },
          ]
        : [];
    }
    const patterns = parseIgnore(artifact.text);
    const prefix = service.path === '.' ? '' : `${service.path}/`;
    // Where the layout of the build's output depends on the tests, the build compiles them; the image takes only what it made.
    const compiled = service.sources.some((source) => /^(__tests__|tests?|specs?)$/.test(source));
    const let_through = KEPT_OUT.filter((entry) => !(compiled && entry.what === 'tests')).filter(
      (entry) =>
        ignoredBy(patterns, entry.path) === null ||
        ignoredBy(patterns, `${entry.what === '.git' ? '' : prefix}${entry.path}`) === null,
    );
    return [...new Set(let_through.map(({ what }) => what))].map((what) => ({
      file: path,
      line: lineOfNegation(artifact.text),
      message: `${what} can get into the build.`,
      hint: `Add a pattern that keeps ${what} out.`,
    }));
  });
}

function lineOfNegation(text: string): number {
  return Math.max(1, text.split('\n').findIndex((line) => line.startsWith('!')) + 1);
}

export const dockerImage: readonly Check[] = [stages, lean];
