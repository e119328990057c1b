/** Every stack of every environment, synthesized once and read back: what Terraform will see is what is tested. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformResource, TerraformStack } from '#cdk';
import { buildApp } from '../app.js';
import { environments } from '../config/index.js';
import { facts } from '../config/services.js';

/** Attributes in Terraform's own spelling. Their types are the provider's, and it checks them. */
// biome-ignore lint/suspicious/noExplicitAny: synthesized JSON has no types
export type Attributes = Readonly<Record<string, any>>;

export type Stack = Readonly<{
  id: string;
  environment: (typeof environments)[number];
  /** `bootstrap`, `network`, `data` or `service`. */
  layer: string;
  json: Attributes;
  /** Resources that the constructs declared. */
  declared: number;
}>;

export type Resource = Readonly<{ stack: Stack; type: string; id: string; address: string; is: Attributes }>;

/** Through app.synth(), never Testing.synth(): the latter leaves references that no stack resolves. */
function synthesize(): readonly Stack[] {
  const outdir = mkdtempSync(join(tmpdir(), 'stacks-'));
  try {
    const app = buildApp(new App({ outdir }), environments);
    app.synth();
    return app.node.children
      .filter((child): child is TerraformStack => TerraformStack.isStack(child))
      .map((stack) => ({
        ...placeOf(stack.node.id),
        id: stack.node.id,
        json: sorted(JSON.parse(readFileSync(join(outdir, 'stacks', stack.node.id, 'cdk.tf.json'), 'utf8'))) as Attributes,
        declared: stack.node.findAll().filter((node) => TerraformResource.isTerraformResource(node)).length,
      }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function placeOf(id: string): Pick<Stack, 'environment' | 'layer'> {
  for (const environment of environments) {
    const prefix = `${facts.project}-${environment.name}-`;
    if (id.startsWith(prefix)) return { environment, layer: id.slice(prefix.length) };
  }
  throw new Error(`stack ${id} is of no environment`);
}

/** Keys in order and without the metadata of the constructs, which names versions and paths. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => key !== '//');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

export const stacks = synthesize();

/** All resources, of one type or of all, of all environments or of those that `where` lets through. */
export function resources(type: string | null = null, where: (stack: Stack) => boolean = () => true): readonly Resource[] {
  return stacks.filter(where).flatMap((stack) => resourcesOf(stack).filter((resource) => type === null || resource.type === type));
}

export function resourcesOf(stack: Stack): readonly Resource[] {
  return Object.entries((stack.json.resource ?? {}) as Attributes).flatMap(([type, byId]) =>
    Object.entries(byId as Attributes).map(([id, is]) => ({ stack, type, id, address: `${type}.${id}`, is: is as Attributes })),
  );
}

/** For the table of a test: `orders-production-data aws_db_instance.database`. */
export function named(list: readonly Resource[]): readonly [string, Resource][] {
  return list.map((resource) => [`${resource.stack.id} ${resource.address}`, resource]);
}

export const inProduction = (stack: Stack): boolean => stack.environment.protect;

/** A block that may be there once, as an object or in a list. */
export function blocks(value: unknown): readonly Attributes[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value as Attributes];
}

/** The resources that a value refers to, through the outputs of other stacks of the environment as well. */
export function targets(value: unknown, stack: Stack): readonly Resource[] {
  const text = JSON.stringify(value) ?? '';
  const own = [...text.matchAll(/(?<![\w.])(aws_\w+\.[\w-]+)/g)].map(([, address]) => address);
  const remote = [...text.matchAll(/data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([, name = '', output = '']) => {
    const origin = originOf(stack, name);
    return targets(origin.json.output?.[output]?.value, origin);
  });
  return [...resourcesOf(stack).filter(({ address }) => own.includes(address)), ...remote];
}

/** The stack whose state a remote state reads. */
function originOf(stack: Stack, name: string): Stack {
  const key = stack.json.data?.terraform_remote_state?.[name]?.config?.key;
  const origin = stacks.find((candidate) => candidate.json.terraform?.backend?.s3?.key === key);
  if (!origin || origin.environment !== stack.environment)
    throw new Error(`${stack.id} reads the state ${key}, which no stack of its environment writes`);
  return origin;
}

/** JSON inside JSON: policies and container definitions. */
export function parsed(text: unknown): unknown {
  return JSON.parse(String(text));
}
