/** The licence texts of every package whose code is in the bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line that names who holds the copyright, or only the licence: all else of a licence is the same for everybody who uses it. */
const OWN_LINE = /^(?:copyright\b.*\d|\(?(?:the )?(?:MIT|ISC)(?: licen[cs]e)?(?: \(\w+\))?\)?$)/i;

/**
 * @returns one text: name, version, licence and copyright of each bundled package, sorted by name, above the words that it is given under; those
 * that several share stand once.
 */
export function notices(root, metafile) {
  const folders = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) folders.add(found[1]);
  }
  const byWords = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (!license) throw new Error(`${name} is bundled but names no licence`);
    const lines = file
      ? readFileSync(join(root, folder, file), 'utf8')
          .trim()
          .split(/\r?\n/)
      : [];
    const isOwn = (line) => license !== 'Apache-2.0' && OWN_LINE.test(line.trim());
    const text = lines
      .filter((line) => !isOwn(line))
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
    const words = text.replace(/[\s"'*]+/g, ' ').toLowerCase();
    const holders = lines.filter((line) => isOwn(line) && /copyright/i.test(line)).map((line) => `  ${line.trim()}`);
    const group = byWords.get(words) ?? { text, packages: [] };
    group.packages.push([`${name} ${version} (${license})`, ...holders].join('\n'));
    byWords.set(words, group);
  }
  const sections = [...byWords.values()].map(({ text, packages }) => `${packages.join('\n')}\n\n${text}`.trim());
  return `This package contains code of the following packages.\n\n${sections.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}
