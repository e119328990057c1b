/** DOCKER-001 to DOCKER-004: what is in an image, and as whom it runs. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { Dockerfile, Instruction, Stage } from '../parse/dockerfile.ts';
import { ignoredBy, parseIgnore } from '../parse/ignore.ts';
import { shellCommands } from '../parse/shell.ts';
import { composeOf, type Image, imagesOf, readyImages, serviceNamed } from './places.ts';

/** What a RUN executes, as words of each command. */
export function runs(instruction: Instruction): readonly (readonly string[])[] {
  if (instruction.name !== 'RUN') return [];
  if (instruction.exec) return [instruction.exec];
  return shellCommands(instruction.heredoc ?? instruction.text).map(({ words }) => words);
}

function inFinal(file: Dockerfile): readonly Instruction[] {
  return file.final.flatMap((stage) => stage.instructions);
}

const last = <T>(items: readonly T[]): T | undefined => items[items.length - 1];

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

/** `node:22` of `node:22@sha256:…`. */
function plainName(image: string): string {
  return image.split('@')[0] ?? image;
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
              hint: 'Restore it: create-devops-setup init.',
            },
          ]
        : [];
    }
    const patterns = parseIgnore(artifact.text);
    const prefix = service.path === '.' ? '' : `${service.path}/`;
    const let_through = KEPT_OUT.filter(
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

const UNFROZEN: readonly Readonly<{ test: (words: readonly string[]) => boolean; hint: string }>[] = [
  {
    test: (w) =>
      w[0] === 'npm' && /^(i|install|add)$/.test(w[1] ?? '') && !isGlobal(w) && !w.includes('--no-package-lock'),
    hint: 'Use npm ci.',
  },
  {
    test: (w) =>
      w[0] === 'pnpm' &&
      /^(i|install|add)$/.test(w[1] ?? '') &&
      !has(w, '--frozen-lockfile', '--no-lockfile', '--offline') &&
      !isGlobal(w),
    hint: 'Add --frozen-lockfile.',
  },
  {
    test: (w) =>
      w[0] === 'yarn' &&
      /^(install)?$/.test(w[1] ?? '') &&
      !has(w, '--frozen-lockfile', '--immutable', '--no-lockfile', '--no-immutable'),
    hint: 'Add --frozen-lockfile (yarn 1) or --immutable.',
  },
  {
    test: (w) => w[0] === 'bun' && /^(i|install)$/.test(w[1] ?? '') && !has(w, '--frozen-lockfile', '--no-save'),
    hint: 'Add --frozen-lockfile.',
  },
];

function has(words: readonly string[], ...flags: readonly string[]): boolean {
  return flags.some((flag) => words.includes(flag));
}

/** A package manager of a named version is a tool of the build: what it installs is decided by the lock file. */
function isGlobal(words: readonly string[]): boolean {
  const named = words.slice(2).filter((word) => !word.startsWith('-'));
  return has(words, '-g', '--global') && named.length > 0 && named.every((word) => MANAGER.test(word));
}

const MANAGER = /^(npm|pnpm|yarn|bun|corepack|@yarnpkg\/cli-dist)@\d+(\.\d+)*$/;

/** DOCKER-003: equal commits build equal images. */
const equal: Check = {
  id: 'DOCKER-003',
  applies: readyImages,
  run: (input) =>
    imagesOf(input).flatMap(({ file }) => [
      ...file.stages.flatMap((stage) => fixedBase(file, stage)),
      ...file.instructions.flatMap((one) => fixedInstall(file, one)),
    ]),
};

function fixedBase(file: Dockerfile, stage: Stage): readonly Defect[] {
  if (stage.parent !== null || stage.from === 'scratch' || /@sha256:[0-9a-f]{64}$/.test(stage.from)) return [];
  const tag = /:([^/]+)$/.exec(stage.from)?.[1];
  if (tag === undefined || tag === 'latest') {
    return [
      at(
        file,
        stage.line,
        `The base ${stage.from} ${tag ? 'moves with every release (latest)' : 'has no tag'}.`,
        'Name a version and its digest: name:tag@sha256:….',
      ),
    ];
  }
  return [
    {
      ...at(
        file,
        stage.line,
        `The base ${stage.from} is fixed by its tag only, and tags move.`,
        'Add the digest behind the tag: @sha256:….',
      ),
      severity: 'warning',
    },
  ];
}

function fixedInstall(file: Dockerfile, instruction: Instruction): readonly Defect[] {
  if (instruction.name === 'ADD' && /^https?:/.test(instruction.text) && !instruction.flags.checksum) {
    return [at(file, instruction.line, 'What ADD downloads is not verified.', 'Add --checksum=sha256:….')];
  }
  if (instruction.name !== 'RUN') return [];
  const piped = /\b(curl|wget)\b[^|;&]*\|\s*(ba|da|z)?sh\b/.test(instruction.heredoc ?? instruction.text);
  const shell = piped
    ? [
        at(
          file,
          instruction.line,
          'A download is piped unverified into a shell.',
          'Install a fixed version, and compare its checksum.',
        ),
      ]
    : [];
  const loose = runs(instruction).flatMap((words) =>
    UNFROZEN.filter(({ test }) => test(words)).map(({ hint }) =>
      at(
        file,
        instruction.line,
        `${words.slice(0, 2).join(' ')} may install something else tomorrow: it does not follow the lock file exactly.`,
        hint,
      ),
    ),
  );
  return [...shell, ...loose];
}

/** DOCKER-004: not root, and no way to become it. */
const notRoot: Check = {
  id: 'DOCKER-004',
  applies: readyImages,
  run: (input) => [...imagesOf(input).flatMap(({ file }) => ordinaryUser(file)), ...lockedDown(input)],
};

function ordinaryUser(file: Dockerfile): readonly Defect[] {
  const user = last(inFinal(file).filter(({ name }) => name === 'USER'));
  const [name = ''] = (user?.text ?? '').split(':');
  if (user && name !== '' && name !== 'root' && name !== '0') return [];
  return [
    at(
      file,
      user?.line ?? last(file.stages)?.line ?? 1,
      'The container runs as root.',
      'End the last stage with USER and a numeric id.',
    ),
  ];
}

function lockedDown(input: CheckInput): readonly Defect[] {
  const compose = composeOf(input);
  const built = compose?.services.filter(({ build }) => build !== null) ?? [];
  return built.flatMap(({ name, data, lineOf, line }): readonly Defect[] => {
    // A Dockerfile that is not ours may need capabilities, or files that it changes.
    const theirs = serviceNamed(input, name)?.files.dockerfileOwner === 'user';
    const texts = (key: string) => JSON.stringify(data[key] ?? null);
    const rules = [
      {
        key: 'security_opt',
        held: /no-new-privileges(:true)?"/.test(texts('security_opt')),
        what: 'may gain privileges',
        hint: 'Set security_opt: [no-new-privileges:true].',
      },
      {
        key: 'cap_drop',
        held: theirs || /"ALL"/.test(texts('cap_drop')),
        what: 'keeps kernel capabilities that it does not need',
        hint: 'Set cap_drop: [ALL].',
      },
      {
        key: 'read_only',
        held: theirs || data.read_only === true,
        what: 'may change its own files',
        hint: 'Set read_only: true, with a tmpfs on /tmp.',
      },
      { key: 'privileged', held: data.privileged !== true, what: 'is privileged', hint: 'Take privileged out.' },
      {
        key: 'user',
        held: !/^"?(root|0)\b/.test(texts('user')),
        what: 'runs as root',
        hint: "Take user out: the image's own is numeric.",
      },
    ];
    return rules
      .filter(({ held }) => !held)
      .map(({ key, what, hint }) => ({
        file: compose?.path ?? '',
        line: data[key] === undefined ? line : lineOf(key),
        message: `The container ${name} ${what}.`,
        hint,
      }));
  });
}

function at(file: Dockerfile, line: number, message: string, hint: string): Defect {
  return { file: file.path, line, message, hint };
}

export const dockerImage: readonly Check[] = [stages, lean, equal, notRoot];
