/** Existing Compose files: images with versions, published ports, variables. */
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Evidence } from '../../model.ts';
import { at, folderOf, join, type Repo } from './repo.ts';

export type ComposeService = Readonly<{
  name: string;
  image: string | null;
  /** Folder that is built, relative to the root; null for a ready image. */
  build: string | null;
  /** The Dockerfile that is named, when one is. */
  dockerfile: string | null;
  /** Container side of the published ports, as text. */
  ports: readonly string[];
  environment: Readonly<Record<string, string>>;
  evidence: Evidence;
}>;

const COMPOSE = /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/;

export const isComposeFile = (file: string): boolean => COMPOSE.test(file);

/** All services of all Compose files, the plain file at the root first. */
export function composeServices(repo: Repo): readonly ComposeService[] {
  return repo.once('compose', () =>
    repo.list
      .filter((f) => isComposeFile(f) && f.split('/').length <= 4)
      .sort((a, b) => a.split('/').length - b.split('/').length || a.length - b.length || (a < b ? -1 : 1))
      .flatMap((f) => readCompose(repo, f)),
  );
}

function readCompose(repo: Repo, file: string): ComposeService[] {
  const text = repo.text(file);
  if (text === null) return [];
  const counter = new LineCounter();
  const document = parseDocument(pruned(text), { lineCounter: counter, strict: false, uniqueKeys: false });
  const error = document.errors[0];
  if (error !== undefined) {
    repo.note(`is not valid YAML: ${error.message.split('\n')[0]}`, file, counter.linePos(error.pos[0]).line);
    return [];
  }
  const services = document.get('services', true);
  if (!isMap(services)) return [];
  return services.items.flatMap((pair) => {
    if (!isPair(pair) || !isScalar(pair.key) || !isMap(pair.value)) return [];
    const map = pair.value;
    const line = (key: string): number => {
      const found = map.items.find((i) => isScalar(i.key) && i.key.value === key);
      const node = found !== undefined && isScalar(found.key) ? found.key : pair.key;
      return counter.linePos((node as { range?: [number, number, number] }).range?.[0] ?? 0).line;
    };
    const image = map.get('image');
    const build = map.get('build', true);
    const context = isMap(build) ? build.get('context') : isScalar(build) ? build.value : null;
    const ports = map.get('ports', true);
    return [
      {
        name: String(pair.key.value),
        image: typeof image === 'string' ? image.replace(/\$\{[^:}]+:-([^}]+)\}/g, '$1') : null,
        build: typeof context === 'string' ? join(folderOf(file), context) : isMap(build) ? folderOf(file) : null,
        dockerfile:
          isMap(build) && typeof build.get('dockerfile') === 'string' ? String(build.get('dockerfile')) : null,
        ports: isSeq(ports)
          ? ports.items
              .map((p) => containerPort(isMap(p) ? p.get('target') : isScalar(p) ? p.value : null))
              .filter((p) => p !== null)
          : [],
        environment: variables(map.get('environment', true)),
        evidence: at(file, line(typeof image === 'string' ? 'image' : 'ports')),
      },
    ];
  });
}

const WANTED = /^['"]?(?:image|build|ports|environment)['"]?\s*:/;

/** The text without what is not looked at, its lines in their places: most of a Compose file, and of the time to read it. */
function pruned(text: string): string {
  // An alias may stand for anything anywhere.
  if (/(?:^|[\s:[{,-])[&*][A-Za-z_]|<<\s*:|\t|^---[\s\S]*^---/m.test(text)) return text;
  let service: number | null = null;
  let key: number | null = null;
  let keeps = false;
  const rows: string[] = [];
  for (const row of text.split('\n')) {
    const body = row.trimStart();
    const indent = row.length - body.length;
    if (body === '' || body.startsWith('#')) {
      rows.push('');
      continue;
    }
    if (indent === 0) {
      keeps = /^(?:services\s*:|---)/.test(body);
      service = null;
    } else if (keeps && service === null) {
      service = indent;
      key = null;
    } else if (service !== null && indent < service) return text;
    else if (service !== null && indent === service) {
      keeps = true;
      key = null;
    } else if (service !== null) {
      key ??= indent;
      if (indent < key) return text;
      if (indent === key && !body.startsWith('- ')) {
        if (!/^['"]?[\w.-]+['"]?\s*:(?:\s|$)/.test(body)) return text;
        keeps = WANTED.test(body);
      }
    }
    rows.push(keeps ? row : '');
  }
  return rows.join('\n');
}

function containerPort(value: unknown): string | null {
  const m = /(\d+)(?:\/tcp)?$/.exec(String(value ?? '').replace(/\$\{[^:}]+:-([^}]+)\}/g, '$1'));
  return m?.[1] ?? null;
}

function variables(node: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  if (isMap(node))
    for (const item of node.items)
      if (isScalar(item.key))
        result[String(item.key.value)] = isScalar(item.value) ? String(item.value.value ?? '') : '';
  if (isSeq(node)) {
    for (const item of node.items) {
      const [name = '', ...rest] = String(isScalar(item) ? item.value : '').split('=');
      if (name !== '') result[name] = rest.join('=');
    }
  }
  return result;
}
