/** Triples of texts with a common origin: realistic files and one to four edits a side, as people and new versions make them. */
import fc from 'fast-check';
import {
  compose,
  dockerfile,
  image,
  markdown,
  type Pick,
  packageJson,
  rules,
  text,
  tsconfig,
  uses,
  workflow,
} from './merge-bases.ts';
import {
  block,
  collections,
  type Item,
  item,
  items,
  map,
  type Style,
  toJson,
  toYaml,
  type Value,
} from './merge-model.ts';

export type Triple = Readonly<{ kind: string; path: string; base: string; yours: string; theirs: string }>;
/** What to do, where, and a number for the rest of it. */
type Edit = Readonly<{ what: string; at: number; n: number }>;

const EDITS = [
  'change',
  'change',
  'change',
  'insert',
  'insert',
  'delete',
  'move',
  'comment',
  'behind',
  'bump',
  'bump',
  'line',
  'reindent',
] as const;
const PLAIN: Style = { indent: 2, indentless: false, quote: false };

const MODELS: Readonly<
  Record<string, Readonly<{ path: string; make(pick: Pick): Value; json: boolean; comments: boolean }>>
> = {
  workflow: { path: '.github/workflows/ci.yml', make: workflow, json: false, comments: true },
  rules: { path: 'monitoring/rules.yaml', make: rules, json: false, comments: true },
  compose: { path: 'compose.yaml', make: compose, json: false, comments: true },
  'package.json': { path: 'tools/package.json', make: packageJson, json: true, comments: false },
  tsconfig: { path: 'tsconfig.json', make: tsconfig, json: true, comments: true },
};
const LINES: Readonly<Record<string, Readonly<{ path: string; make(pick: Pick): string[] }>>> = {
  dockerfile: { path: 'Dockerfile', make: dockerfile },
  markdown: { path: 'docs/guide.md', make: markdown },
  text: { path: 'notes.txt', make: text },
};

/** Structured files as often as they are what this tool writes; texts without structure are the rest. */
const KINDS = [
  'workflow',
  'workflow',
  'workflow',
  'rules',
  'rules',
  'compose',
  'compose',
  'package.json',
  'tsconfig',
  'dockerfile',
  'markdown',
  'text',
];

const edit = fc.record({ what: fc.constantFrom(...EDITS), at: fc.nat(9999), n: fc.nat(9999) });
const edits = fc.array(edit, { minLength: 1, maxLength: 4 });

/** Shrinks to fewer edits. */
export const triples: fc.Arbitrary<Triple> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    shape: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }),
    yours: edits,
    theirs: edits,
  })
  .map(({ kind, shape, yours, theirs }) => tripleOf(kind, shape, yours, theirs));

function tripleOf(kind: string, shape: readonly number[], yours: readonly Edit[], theirs: readonly Edit[]): Triple {
  const pick = (): Pick => {
    let index = 0;
    return (below) => (shape[index++ % shape.length] as number) % below;
  };
  const lines = LINES[kind];
  if (lines !== undefined) {
    const print = (list: readonly string[]): string => `${list.join('\n')}\n`;
    const base = lines.make(pick());
    const side = (who: string, list: readonly Edit[]): string =>
      print(list.reduce((now, one, index) => editLines(now, one, `${who}${index}`, kind), base));
    return { kind, path: lines.path, base: print(base), yours: side('yours', yours), theirs: side('theirs', theirs) };
  }
  const { path, make, json, comments } = MODELS[kind] as (typeof MODELS)[string];
  const print = json ? toJson : toYaml;
  const side = (who: string, list: readonly Edit[]): string => {
    const value = make(pick());
    const style = { ...PLAIN };
    for (const [index, one] of list.entries())
      editModel(value, style, one, { who: `${who}${index}`, json, comments, restyle: who === 'yours' });
    return print(value, style);
  };
  return { kind, path, base: print(make(pick()), PLAIN), yours: side('yours', yours), theirs: side('theirs', theirs) };
}

type Manner = Readonly<{ who: string; json: boolean; comments: boolean; restyle: boolean }>;

function editModel(value: Value, style: Style, { what, at, n }: Edit, { who, json, comments, restyle }: Manner): void {
  const all = items(value);
  const one = all[at % all.length] as Item;
  const leaves = all.filter((entry) => entry.value.type === 'word' && !isPin(entry));
  const parents = collections(value).filter((collection) => collection.items.length > 1);
  const parent = parents[at % Math.max(1, parents.length)];
  const place = n % Math.max(1, parent?.items.length ?? 1);
  if (what === 'change') changeValue(leaves[at % Math.max(1, leaves.length)], n, who);
  else if (what === 'insert' && parent !== undefined)
    parent.items.splice(n % (parent.items.length + 1), 0, sibling(parent, who, n));
  else if (what === 'delete' && parent !== undefined) parent.items.splice(place, 1);
  else if (what === 'move' && parent !== undefined)
    parent.items.splice((n >> 3) % parent.items.length, 0, ...parent.items.splice(place, 1));
  else if (what === 'comment' && comments) one.above.push(`remark ${who}`);
  else if (what === 'behind' && comments && one.behind === '' && one.value.type === 'word') one.behind = `note ${who}`;
  else if (what === 'bump') bump(all.filter(isPin), at, n);
  else if (what === 'line') changeBlock(all, at, n, who);
  else if (what === 'reindent' && restyle)
    Object.assign(style, n % 3 === 0 ? { indent: 4 } : n % 3 === 1 && !json ? { indentless: true } : { quote: true });
}

function changeValue(entry: Item | undefined, n: number, who: string): void {
  if (entry?.value.type !== 'word') return;
  const { text: old } = entry.value;
  entry.value.text = /^\d+$/.test(old)
    ? String(Number(old) + 1 + (n % 50))
    : /^"/.test(old)
      ? `"${who}:80"`
      : n % 2
        ? `${old} ${who}`
        : who;
}

/** Something like what stands there already. */
function sibling(parent: Value & { type: 'map' | 'list' }, who: string, n: number): Item {
  const like = parent.items[0] as Item;
  const key = parent.type === 'map' ? `key_${who}` : '';
  if (like.value.type !== 'map') return item(key, parent.type === 'map' || n % 2 ? `value ${who}` : `word-${who}`);
  const names = like.value.items.map((entry) => entry.key);
  if (names.includes('alert'))
    return item('', map(item('alert', who), item('expr', `up_${who} == 0`), item('for', '5m')));
  if (names.includes('uses') || names.includes('run'))
    return item(
      key,
      n % 3
        ? map(item('name', `Do ${who}`), item('run', `make ${who}`))
        : map(uses(`acme/${who}`, 'v1.0.0'), item('with', map(item('token', who)))),
    );
  return item(key, map(item('name', who), item('image', image(`acme/${who}`, '1.0.0'))));
}

function isPin(entry: Item): boolean {
  return (
    entry.value.type === 'word' &&
    (/@(?:sha256:)?[0-9a-f]{40}/.test(entry.value.text) || /^\d+\.\d+\.\d+$/.test(entry.value.text))
  );
}

function bump(pins: readonly Item[], at: number, n: number): void {
  const pin = pins[at % Math.max(1, pins.length)];
  if (pin?.value.type !== 'word') return;
  const [name = '', rest = ''] = pin.value.text.split('@');
  const next = (version: string): string =>
    version.replace(/\d+(?=\D*$|-)/, (digits) => String(Number(digits) + 1 + (n % 7)));
  if (rest === '') pin.value.text = next(pin.value.text);
  else if (rest.startsWith('sha256:'))
    pin.value.text = image(
      name.split(':')[0] as string,
      (name.split(':')[1] as string).replace(/\d+(?=-|$)/, (digits) => String(Number(digits) + 1 + (n % 7))),
    );
  else {
    const bumped = uses(name, next(pin.behind));
    pin.value = bumped.value;
    pin.behind = bumped.behind;
  }
}

function changeBlock(all: readonly Item[], at: number, n: number, who: string): void {
  const blocks = all.filter((entry) => entry.value.type === 'block');
  const found = blocks[at % Math.max(1, blocks.length)];
  if (found?.value.type !== 'block') return;
  const { lines } = found.value;
  const place = n % lines.length;
  if (n % 2) lines.splice(place + 1, 0, `echo ${who}`);
  else found.value = block(...lines.map((line, index) => (index === place ? `${line} # ${who}`.trim() : line)));
}

function editLines(lines: readonly string[], { what, at, n }: Edit, who: string, kind: string): string[] {
  const now = [...lines];
  const place = at % now.length;
  const line = now[place] as string;
  const docker = kind === 'dockerfile';
  const added = docker
    ? [`ENV ${who.toUpperCase()}=${who}`, `RUN echo ${who}`, `LABEL ${who}="x"`][n % 3]
    : n % 4
      ? `added by ${who}`
      : `- point of ${who}`;
  if (what === 'delete' && !/^FROM|^#/.test(line)) now.splice(place, 1);
  else if (what === 'move' && !docker) now.splice(n % now.length, 0, ...now.splice(place, 1));
  else if (what === 'bump') {
    const pins = now.flatMap((text, index) => (/^(?:FROM|ARG)/.test(text) ? [index] : []));
    const pin = pins[at % Math.max(1, pins.length)];
    if (pin !== undefined)
      now[pin] = (now[pin] as string).replace(
        /(\d+)\.(\d+)\.(\d+)/,
        (_, a, b, c) => `${a}.${b}.${Number(c) + 1 + (n % 7)}`,
      );
  } else if (what === 'comment' && docker) now.splice(Math.max(1, place), 0, `# remark ${who}`);
  else if (what === 'change' && docker && !/^(?:FROM|#|$)/.test(line))
    now[place] = line.startsWith('CMD')
      ? `CMD ["${who}.js"]`
      : /^(?:USER|EXPOSE)/.test(line)
        ? line.replace(/\d+/, String(2000 + n))
        : `${line}${/^(?:ENV|ARG|LABEL)/.test(line) ? '' : ' '}${/"$/.test(line) ? '' : who}`;
  else if (what === 'change' && !docker && line !== '') now[place] = `${line} ${who}`;
  else if (docker && place < 2) now.splice(2, 0, added as string);
  else now.splice(place, 0, added as string);
  return now;
}
