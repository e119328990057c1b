/** DOCKER-003 and DOCKER-004: equal commits build equal images, and none of them runs as root. */
import type { Check, CheckInput, Defect } from '../check.ts';
import type { Dockerfile, Instruction, Stage } from '../parse/dockerfile.ts';
import { at, has, inFinal, last, runs } from './dockerfile-facts.ts';
import { composeOf, imagesOf, readyImages, serviceNamed } from './places.ts';

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
  return built.flatMap((service): readonly Defect[] => {
    const { name, data } = service;
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
        line: data[key] === undefined ? service.line : service.lineOf(key),
        message: `The container ${name} ${what}.`,
        hint,
      }));
  });
}

export const dockerBuild: readonly Check[] = [equal, notRoot];
