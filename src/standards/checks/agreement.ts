/** X-PORT, X-HEALTH and X-USER: a fact stands once, and every file says the same. */
import type { Service } from '../../model.ts';
import type { Check, Defect } from '../check.ts';
import { type Instruction, wordsOf } from '../parse/dockerfile.ts';
import { text } from '../parse/plain.ts';
import { healthcheckOf } from './docker-run.ts';
import { composeOf, type Image, imageOf, imagesOf } from './places.ts';

function inImage({ file }: Image): readonly Instruction[] {
  return file.final.flatMap(({ instructions }) => instructions);
}

/** ENV of the final image, the last value of each name. */
function environmentOf(image: Image): ReadonlyMap<string, Readonly<{ value: string; line: number }>> {
  const found = new Map<string, { value: string; line: number }>();
  for (const { name, text: source, line } of inImage(image)) {
    if (name !== 'ENV') continue;
    for (const [, key = '', value = ''] of source.matchAll(/(\w+)=("[^"]*"|\S*)/g))
      found.set(key, { value: value.replace(/^"|"$/g, ''), line });
  }
  return found;
}

/** X-PORT: listen = EXPOSE = probe = container side of the published port. Metrics may be served at a port of their own beside it. */
const port: Check = {
  id: 'X-PORT',
  applies: (input) => input.system.services.some((service) => portsOf(service).length > 0) || 'no service has a port',
  run: (input) =>
    input.system.services.flatMap((service): readonly Defect[] => {
      const wanted = portsOf(service);
      if (wanted.length === 0) return [];
      const list = wanted.join(' and ');
      const hint = `${service.name} listens on ${list} (as seen in its code): say the same here.`;
      const defects: Defect[] = [];
      const image = imageOf(input, service);
      if (image) {
        const at = (line: number, message: string) => defects.push({ file: image.file.path, line, message, hint });
        const exposed = inImage(image).filter(({ name }) => name === 'EXPOSE');
        const named = exposed.flatMap(({ text: source, line }) =>
          wordsOf(source)
            .filter((word) => /^\d+/.test(word))
            .map((word) => ({ port: Number.parseInt(word, 10), line })),
        );
        for (const { port: other, line } of named)
          if (!wanted.includes(other)) at(line, `EXPOSE says ${other}; ${service.name} listens on ${list}.`);
        for (const missing of wanted.filter((one) => !named.some((found) => found.port === one)))
          if (named.every((found) => wanted.includes(found.port)))
            at(
              exposed[0]?.line ?? image.file.stages.at(-1)?.line ?? 1,
              `The image does not say that ${service.name} listens on ${missing}.`,
            );
        const set = service.portVariable ? environmentOf(image).get(service.portVariable) : undefined;
        if (set && set.value !== String(service.port))
          at(
            set.line,
            `${service.portVariable} is ${set.value}; ${service.name} is known to listen on ${service.port}.`,
          );
        const probe = healthcheckOf(image);
        const asked = probe ? probedPorts(probe.text) : [];
        if (probe && asked.length > 0 && !asked.some((one) => wanted.includes(one)))
          at(probe.line, `The health check asks port ${asked.join(', ')}; ${service.name} listens on ${list}.`);
      }
      const app = composeOf(input)?.service(service.name);
      for (const { target, line } of app?.ports ?? []) {
        if (!wanted.includes(target))
          defects.push({
            file: input.system.layout.compose,
            line,
            message: `Compose publishes port ${target} of ${service.name}, which listens on ${list}.`,
            hint,
          });
      }
      return defects;
    }),
};

/** The service's own port and, where it is another one, that of its metrics. */
function portsOf({ port: own, metrics }: Service): readonly number[] {
  return [...new Set([own, metrics?.port ?? null])].filter((one) => one !== null);
}

/** Port numbers in a probe: behind a host, behind `||`, or as the argument of connect. */
function probedPorts(source: string): readonly number[] {
  const patterns = [
    /(?:127\.0\.0\.1|localhost|0\.0\.0\.0):(\d{2,5})/g,
    /(?:\|\||\?\?)\s*(\d{2,5})\b/g,
    /connect\((\d{2,5})\b/g,
  ];
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => Number(match[1])));
}

/** X-HEALTH: every probe asks the path that the service answers. */
const health: Check = {
  id: 'X-HEALTH',
  applies: (input) =>
    input.system.services.some((service) => service.health.kind === 'http') ||
    'no service has a health endpoint that is known',
  run: (input) =>
    input.system.services.flatMap((service): readonly Defect[] => {
      if (service.health.kind !== 'http') return [];
      const paths = [service.health.path, service.health.readyPath].filter((path) => path !== null);
      const agrees = (source: string) =>
        paths.some((path) => new RegExp(`${escaped(path)}(?=['"\`\\\\\\s?)]|$)`).test(source));
      const defects: Defect[] = [];
      const message = `The health check does not ask ${service.health.path}, which ${service.name} answers.`;
      const hint = `Let it ask ${service.health.path}.`;
      const image = imageOf(input, service);
      const probe = image && healthcheckOf(image);
      if (image && probe && !agrees(probe.text))
        defects.push({ file: image.file.path, line: probe.line, message, hint });
      const app = composeOf(input)?.service(service.name);
      const test = app?.healthcheck?.test;
      if (app && test !== undefined && !agrees(JSON.stringify(test))) {
        defects.push({ file: input.system.layout.compose, line: app.lineOf('healthcheck', 'test'), message, hint });
      }
      return defects;
    }),
};

function escaped(source: string): string {
  return source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** X-USER: one numeric user and group in every container. */
const user: Check = {
  id: 'X-USER',
  applies: (input) => imagesOf(input).length > 0 || composeOf(input) !== null || 'nothing here runs in a container',
  run: (input) => {
    const { uid, gid } = input.system.security;
    const wanted = `${uid}:${gid}`;
    const hint = `Use ${wanted} everywhere (security.uid, security.gid).`;
    const defects: Defect[] = [];
    for (const { file } of imagesOf(input)) {
      for (const { name, text: source, line } of file.instructions) {
        if (name === 'USER' && source !== wanted && source !== String(uid)) {
          defects.push({
            file: file.path,
            line,
            message: `USER is ${source}; every container runs as ${wanted}.`,
            hint,
          });
        }
        if (name !== 'RUN') continue;
        const ids = [...source.matchAll(/--(uid|gid)[= ](\d+)/g)].filter(
          ([, kind, id]) => id !== String(kind === 'uid' ? uid : gid),
        );
        for (const [flag] of ids)
          defects.push({
            file: file.path,
            line,
            message: `The user is made with ${flag}; every container runs as ${wanted}.`,
            hint,
          });
      }
    }
    for (const service of composeOf(input)?.services ?? []) {
      if (service.build === null) continue;
      const says = text(service.data.user);
      const line = service.lineOf(says === null ? 'tmpfs' : 'user');
      if (says !== null && says !== wanted && says !== String(uid)) {
        defects.push({
          file: input.system.layout.compose,
          line,
          message: `${service.name} runs as ${says}; its image as ${wanted}.`,
          hint,
        });
      }
      for (const [flag, kind, id] of JSON.stringify(service.data.tmpfs ?? '').matchAll(/\b(uid|gid)=(\d+)/g)) {
        if (id !== String(kind === 'uid' ? uid : gid))
          defects.push({
            file: input.system.layout.compose,
            line: service.lineOf('tmpfs'),
            message: `${service.name} mounts a folder for ${flag}, and runs as ${wanted}.`,
            hint,
          });
      }
    }
    return defects;
  },
};

export const agreement: readonly Check[] = [port, health, user];
