/**
 * The six tools. No argument is a command, and none is a path that would be opened: `path` of `explain` is looked up among the files that
 * the setup writes. What a model gets is data with fixed fields; texts of the repository stand in them as texts.
 */

export type InputSchema = Readonly<{
  type: 'object';
  properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  required?: readonly string[];
  additionalProperties: false;
}>;

export type ToolName = 'list_generators' | 'describe_generator' | 'plan' | 'apply' | 'verify' | 'explain';

export type Tool = Readonly<{
  name: ToolName;
  title: string;
  description: string;
  inputSchema: InputSchema;
  annotations: Readonly<Record<string, boolean>>;
}>;

/** `structuredContent` and its text are the same data; `isError` says that it is about problems. */
export type ToolResult = Readonly<{
  content: readonly [Readonly<{ type: 'text'; text: string }>];
  structuredContent: Readonly<Record<string, unknown>>;
  isError?: true;
}>;

const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const ID = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$';

const TOOLS: readonly Tool[] = [
  {
    name: 'list_generators',
    title: 'List generators',
    description:
      'What can be set up here (CI, images, stacks, alerts, runbooks, …), which of it is chosen, and the personas whose standards can be followed.',
    inputSchema: input({}),
    annotations: READ_ONLY,
  },
  {
    name: 'describe_generator',
    title: 'Describe a generator',
    description:
      'The questions that a generator reads: for each the JSON Schema of its answer, the present answer, and why it is that (flag, configuration, preset, persona, detected with file and line, default).',
    inputSchema: input({ id: { type: 'string', pattern: ID, description: 'An id from list_generators.' } }, ['id']),
    annotations: READ_ONLY,
  },
  {
    name: 'plan',
    title: 'Plan',
    description:
      'What would be written with these answers: each file with its diff, conflicts with edits of people, and a planId for apply. Writes nothing.',
    inputSchema: input({
      answers: {
        type: 'object',
        description:
          'Answers to questions, nested as in .devops/config.yaml: {"infrastructure": {"region": "eu-west-1"}}. What is left out keeps its present answer.',
      },
      generators: {
        type: 'array',
        items: { type: 'string', pattern: ID },
        description: 'Ids from list_generators; left out: those of the configuration, or of the persona.',
      },
      onConflict: {
        type: 'string',
        enum: ['keep', 'theirs'],
        description:
          'Where people edited what has also changed here: keep their side, or take ours. Left out: such files stay untouched.',
      },
      diffs: { type: 'boolean', description: 'false leaves the diffs out.' },
    }),
    annotations: READ_ONLY,
  },
  {
    name: 'apply',
    title: 'Apply a plan',
    description:
      'Writes a plan that `plan` made in this session, all or nothing; refuses when anything has changed since. Can be taken back: create-devops-setup undo.',
    inputSchema: input({ planId: { type: 'string', pattern: '^[0-9a-f]{16}$', description: 'From plan.' } }, [
      'planId',
    ]),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  },
  {
    name: 'verify',
    title: 'Verify',
    description:
      'Checks the standards on the files as they are now: what is broken, in which file and line, who changed it, how to mend it, and what could not be checked.',
    inputSchema: input({}),
    annotations: READ_ONLY,
  },
  {
    name: 'explain',
    title: 'Explain',
    description:
      'Why a line of a written file is there (the standards it serves), or what a standard asks, who asks for it and how it is checked.',
    inputSchema: input({
      path: {
        type: 'string',
        pattern: '^[^\\p{Cc}]{1,1000}$',
        description: 'A file that the setup writes, relative to the root.',
      },
      line: { type: 'integer', minimum: 1, description: 'A line of that file.' },
      standard: {
        type: 'string',
        pattern: '^[A-Za-z][A-Za-z0-9]*-[0-9]{3}$',
        description: 'A standard, such as CI-003; instead of path.',
      },
    }),
    annotations: READ_ONLY,
  },
];

/** What is offered: everything that reads, and what writes where the person who started the server said so. */
export function offered(allowApply: boolean): readonly Tool[] {
  return allowApply ? TOOLS : TOOLS.filter(({ name }) => name !== 'apply');
}

function input(properties: InputSchema['properties'], required: readonly string[] = []): InputSchema {
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}
