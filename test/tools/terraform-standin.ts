/**
 * A stack in which every resource of AWS is Terraform's own `terraform_data`: validated without any provider. It finds references to what is not
 * there, cycles, functions that do not exist, and what is wrong with variables and outputs.
 */

// biome-ignore lint/suspicious/noExplicitAny: Terraform JSON has as many shapes as resources
type Json = any;

const META = ['depends_on', 'for_each', 'count'];

export function standIn(stack: Json): Json {
  const { variable, output, locals, moved, terraform } = stack;
  const kept = Object.fromEntries(
    Object.entries({ variable, output, locals, moved }).filter(([, value]) => value !== undefined),
  );
  const data: Record<string, Json> = {};
  const replaced: Record<string, Json> = {};
  for (const kind of ['resource', 'data', 'ephemeral'])
    for (const [type, byId] of Object.entries<Json>(stack[kind] ?? {}))
      for (const [id, is] of Object.entries<Json>(byId)) {
        // Terraform makes this one itself.
        if (type === 'terraform_remote_state') data[type] = { ...data[type], [id]: rewritten(is) };
        else replaced[nameOf(kind === 'resource' ? '' : kind, type, id)] = dataOf(is);
      }
  return {
    ...rewritten(kept),
    terraform: { required_version: terraform?.required_version ?? '>= 1.4' },
    ...(Object.keys(data).length > 0 ? { data } : {}),
    resource: { terraform_data: replaced },
  };
}

function dataOf({ lifecycle, provider, ...is }: Json): Json {
  const meta = Object.fromEntries(Object.entries(is).filter(([key]) => META.includes(key)));
  const input = Object.fromEntries(Object.entries(is).filter(([key]) => !META.includes(key)));
  const dependencies = meta.depends_on as string[] | undefined;
  return {
    ...rewritten({ ...meta, depends_on: undefined }),
    ...(dependencies
      ? { depends_on: dependencies.map((address) => expression(address).replace(/\.output$/, '')) }
      : {}),
    input: rewritten(input),
  };
}

function nameOf(kind: string, type: string, id: string): string {
  return `${kind === '' ? '' : `${kind}__`}${type}__${id}`;
}

/** Addresses in an expression; attributes below them are not looked at, as the value of `terraform_data` may be anything. */
function expression(text: string): string {
  return text.replace(
    /(?<![\w.])(?:(data|ephemeral)\.)?(aws_[a-z0-9_]+)\.([A-Za-z_][\w-]*)/g,
    (_, kind: string | undefined, type: string, id: string) => `terraform_data.${nameOf(kind ?? '', type, id)}.output`,
  );
}

function rewritten(value: Json): Json {
  if (typeof value === 'string') return template(value);
  if (Array.isArray(value)) return value.map(rewritten);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewritten(item)]));
}

/** Only what stands in `${…}`, braces counted; `$${` is plain text. */
function template(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('$${', at)) {
      out += '$${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      const end = endOf(text, at + 2);
      out += expression(text.slice(at, end));
      at = end;
    } else out += text[at++];
  }
  return out;
}

function endOf(text: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < text.length && depth > 0; at++) depth += text[at] === '{' ? 1 : text[at] === '}' ? -1 : 0;
  return at;
}
