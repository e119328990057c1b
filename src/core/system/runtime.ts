/** Which runtime image a service is built on. Only pinned images exist; a version that nobody pins any more moves up to the next line. */
import type { Pins } from '../../define.ts';
import type { Service, ServiceFacts } from '../../model.ts';

/** Node lines with an image, oldest first, and the line for projects that name none. */
const NODE_LINES = [20, 22, 24];
const DEFAULT_NODE = 22;

/** Runtime, version line and image. `facts.runtime.version` may be `22`, `22.13.0`, `v22`, `>=20`, `^20 || ^22`, `lts/jod` or absent. */
export function runtimeOf(facts: ServiceFacts, pins: Pins): Service['runtime'] {
  if (facts.runtime.name === 'bun') {
    const version = pins.tool('bun');
    return { name: 'bun', version, versionFile: null, outdated: null, image: pins.image(`oven/bun:${version}`) };
  }
  const wanted = facts.runtime.version?.value ?? null;
  const line = nodeLine(wanted);
  const said = wanted === null ? null : saidLine(wanted);
  return {
    name: 'node',
    version: String(line),
    // A range, or a line that has no image any more, would give CI another version than the image.
    versionFile: said === line ? facts.runtime.versionFile : null,
    outdated: said !== null && said !== line ? wanted : null,
    image: pins.image(`node:${line}-bookworm-slim`),
  };
}

/** Lines that Node names after elements; those that are gone move up like their numbers. */
const CODENAMES: ReadonlyMap<string, number> = new Map([
  ['gallium', 16],
  ['hydrogen', 18],
  ['iron', 20],
  ['jod', 22],
  ['krypton', 24],
]);

/** Words for "the newest", as nvm, fnm and setup-node know them. `*` alone means: any, as in `engines`. */
const NEWEST = new Set(['lts/*', 'lts', 'node', 'latest', 'current', 'stable']);

/** The line that an exact version or a code name stands for; null for a range and for "the newest". */
function saidLine(version: string): number | null {
  const plain = version.trim().toLowerCase();
  const named = CODENAMES.get(plain.replace(/^lts\//, ''));
  const exact = /^v?(\d+)(?:\.[\dx*]+){0,2}$/.exec(plain);
  return named ?? (exact ? Number(exact[1]) : null);
}

function nodeLine(version: string | null): number {
  if (version === null) return DEFAULT_NODE;
  const plain = version.trim().toLowerCase();
  if (NEWEST.has(plain)) return NODE_LINES.at(-1) ?? DEFAULT_NODE;
  const named = CODENAMES.get(plain.replace(/^lts\//, ''));
  if (named !== undefined) return nextLine(named);
  const exact = /^v?(\d+)(?:\.[\dx*]+){0,2}$/.exec(plain);
  if (exact) return nextLine(Number(exact[1]));
  return rangeLine(plain);
}

/** The default line where the range allows it, else the highest one that it allows, else the next above its lowest number. */
function rangeLine(range: string): number {
  const allowed = NODE_LINES.filter((line) => range.split('||').some((part) => allows(part.trim(), line)));
  if (allowed.includes(DEFAULT_NODE)) return DEFAULT_NODE;
  const highest = allowed.at(-1);
  if (highest !== undefined) return highest;
  return nextLine(Number(/\d+/.exec(range)?.[0] ?? DEFAULT_NODE));
}

/** Of a line, some version has to be allowed: `>22.5` and `<22.5` both allow line 22, `>22` and `<22` do not. */
function allows(part: string, line: number): boolean {
  const range = part.replace(/^v?(\S+)\s+-\s+v?(\S+)$/, '>=$1 <=$2');
  return range.split(/\s+(?=[<>=^~])/).every((comparator) => {
    const [, operator = '', major = '', rest = ''] = /^([<>=^~]*)\s*v?(\d+)(\S*)/.exec(comparator.trim()) ?? [];
    if (major === '') return true;
    const bound = Number(major);
    const inside = /[1-9]/.test(rest);
    if (operator === '>=') return line >= bound;
    if (operator === '>') return line > bound || (rest !== '' && line === bound);
    if (operator === '<') return line < bound || (inside && line === bound);
    if (operator === '<=') return line <= bound;
    return line === bound;
  });
}

function nextLine(wanted: number): number {
  return NODE_LINES.find((line) => line >= wanted) ?? NODE_LINES.at(-1) ?? DEFAULT_NODE;
}
