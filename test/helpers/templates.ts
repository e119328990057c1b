/** Templates and pins read from the disk, so that a test of one generator does not depend on what the last build made of all of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinsFrom } from '../../src/core/pins.ts';
import { compileTemplate } from '../../src/core/render/compile.ts';
import { renderFile, type TemplateFunction, type Templates } from '../../src/core/render/render.ts';
import type { Generator, NextStep } from '../../src/define.ts';
import type { RenderedFile, System } from '../../src/model.ts';

const root = fileURLToPath(new URL('../../templates/', import.meta.url));
const folders = ['_partials', 'ci-github', 'security-scan'];

export const pins = pinsFrom(readPins());
const templates: Templates = Object.fromEntries(folders.flatMap((folder) => compileFolder(folder)));

/** The files of one generator for one System. */
export function renderAll(generator: Generator, system: System): readonly RenderedFile[] {
  return generator
    .files({ system, answers: {}, outputs: {}, pins })
    .map((spec) => renderFile(templates, generator.id, spec));
}

/** The text of one file; throws when the generator does not make it. */
export function renderText(generator: Generator, system: System, path: string): string {
  const file = renderAll(generator, system).find((candidate) => candidate.path === path);
  if (!file) throw new Error(`${generator.id} makes no ${path}`);
  return file.text;
}

export function nextSteps(generator: Generator, system: System): readonly NextStep[] {
  return generator.nextSteps({ system, answers: {}, outputs: {}, pins });
}

function compileFolder(folder: string): [string, TemplateFunction][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ejs'))
    .filter((name) => folder !== '_partials' || name.startsWith('workflow-'))
    .map((name) => {
      const path = `${folder}/${name.replaceAll('\\', '/')}`;
      const source = compileTemplate(path, readFileSync(join(root, path), 'utf8'));
      return [path, new Function(`return (${source})`)() as TemplateFunction];
    });
}

function readPins() {
  const read = (name: string) => readFileSync(join(root, '_pins', name), 'utf8');
  const actions: Record<string, { sha: string; tag: string }> = {};
  for (const [, name = '', sha = '', tag = ''] of read('action.yml').matchAll(/uses: (\S+)@([0-9a-f]{40}) # (v\S+)/g))
    actions[name] = { sha, tag };
  const images: Record<string, string> = {};
  for (const [, tag = '', digest = ''] of read('Dockerfile').matchAll(/^FROM (\S+)@(sha256:[0-9a-f]{64})/gm))
    images[tag] = digest;
  const { devDependencies: tools } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  const npmProjects = Object.fromEntries(
    readdirSync(join(root, '_pins'))
      .filter((folder) => existsSync(join(root, '_pins', folder, 'package-lock.json')))
      .map((folder) => [
        folder,
        { manifest: read(`${folder}/package.json`), lock: read(`${folder}/package-lock.json`) },
      ]),
  );
  return { actions, images, tools, npmProjects: () => npmProjects };
}
