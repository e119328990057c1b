/**
 * The Model Context Protocol over two streams: one JSON-RPC 2.0 message a line. What a server of tools needs of it is so little that a
 * library of a hundred packages would be a worse bargain than these lines; the tests talk to them with the official client.
 */
import type { Tool, ToolResult } from './tools.ts';

/** Newest first. A client that asks for another one is answered with the first of these, and decides. */
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** A line longer than this is no request of a sane client. */
const MAX_LINE = 1_000_000;

export type Server = Readonly<{
  name: string;
  version: string;
  /** For the model: what this is good for. */
  instructions: string;
  tools: readonly Tool[];
  call: (tool: Tool, args: Readonly<Record<string, unknown>>) => Promise<ToolResult>;
}>;

type Id = string | number;
type Message = Readonly<{ id: Id; result: unknown } | { id: Id | null; error: { code: number; message: string } }>;

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const NO_METHOD = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

/** Answers line by line until the input ends: one request after the other, as two writes at once would only wait for each other. */
export async function serve(input: AsyncIterable<string>, send: (line: string) => void, server: Server): Promise<void> {
  for await (const line of input) {
    if (line.trim() === '') continue;
    const answer = await answerLine(line, server);
    if (answer !== null) send(`${JSON.stringify({ jsonrpc: '2.0', ...answer })}\n`);
  }
}

async function answerLine(line: string, server: Server): Promise<Message | null> {
  const failed = (id: Id | null, code: number, message: string): Message => ({ id, error: { code, message } });
  if (line.length > MAX_LINE) return failed(null, INVALID_REQUEST, `a message has at most ${MAX_LINE} characters`);
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return failed(null, PARSE_ERROR, 'the line is not JSON');
  }
  if (!isRecord(message) || message.jsonrpc !== '2.0' || typeof message.method !== 'string')
    return isRecord(message) && 'result' in message ? null : failed(null, INVALID_REQUEST, 'no JSON-RPC 2.0 request');
  const { id, method, params = {} } = message;
  if (id === undefined || id === null) return null; // a notification: nothing is answered
  if (typeof id !== 'string' && typeof id !== 'number')
    return failed(null, INVALID_REQUEST, 'the id is no text or number');
  if (!isRecord(params)) return failed(id, INVALID_PARAMS, 'params is not an object');
  switch (method) {
    case 'initialize':
      return { id, result: greeting(params, server) };
    case 'ping':
      return { id, result: {} };
    case 'tools/list':
      return { id, result: { tools: server.tools } };
    case 'tools/call':
      return callTool(id, params, server);
    default:
      return failed(id, NO_METHOD, `there is no method ${method.slice(0, 100)}`);
  }
}

function greeting({ protocolVersion }: Readonly<Record<string, unknown>>, { name, version, instructions }: Server) {
  return {
    protocolVersion: VERSIONS.find((known) => known === protocolVersion) ?? VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name, version },
    instructions,
  };
}

async function callTool(id: Id, params: Readonly<Record<string, unknown>>, server: Server): Promise<Message> {
  const tool = server.tools.find(({ name }) => name === params.name);
  const args = params.arguments ?? {};
  const invalid = (message: string): Message => ({ id, error: { code: INVALID_PARAMS, message } });
  if (tool === undefined)
    return invalid(`there is no tool of that name; there are ${server.tools.map(({ name }) => name).join(', ')}`);
  if (!isRecord(args)) return invalid('arguments is not an object');
  const known = Object.keys(tool.inputSchema.properties);
  const unknown = Object.keys(args).filter((key) => !known.includes(key));
  if (unknown.length > 0) return invalid(`${tool.name} takes ${known.join(', ') || 'no arguments'}`);
  const missing = (tool.inputSchema.required ?? []).filter((key) => args[key] === undefined);
  if (missing.length > 0) return invalid(`${tool.name} needs ${missing.join(', ')}`);
  const wrong = known.filter((key) => args[key] !== undefined && !fits(args[key], tool.inputSchema.properties[key]));
  if (wrong.length > 0) return invalid(`${wrong.join(', ')}: not what the schema of ${tool.name} says`);
  try {
    return { id, result: await server.call(tool, args) };
  } catch {
    // Whatever it is, it is a bug of ours, and its text may hold paths of this machine: the log has it, the model has not.
    return { id, error: { code: INTERNAL_ERROR, message: 'a bug of create-devops-setup; nothing was written' } };
  }
}

/** The few words of JSON Schema that the tools' inputs are written with. */
function fits(value: unknown, schema: Readonly<Record<string, unknown>> | undefined): boolean {
  if (schema === undefined) return false;
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  switch (schema.type) {
    case 'string':
      return (
        typeof value === 'string' && (typeof schema.pattern !== 'string' || new RegExp(schema.pattern, 'u').test(value))
      );
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && value >= Number(schema.minimum ?? value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return isRecord(value);
    case 'array':
      return (
        Array.isArray(value) && value.every((item) => fits(item, schema.items as Readonly<Record<string, unknown>>))
      );
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
