/** What the package exports. Every function here is one that our own command line calls; docs/api.md tells how they go together. */
export { type Kit, kit } from './api/kit.ts';
export { type MemoryFiles, memoryProject } from './api/memory.ts';
export { compileTemplates, generators, openPorts, type PortOptions, pins } from './api/open.ts';
export { renderGenerator, type Sample } from './api/render-generator.ts';
export { schemas } from './api/schemas.ts';
export { apply, detect, openWriter, plan, render, resolve, verify, type Wish } from './api/steps.ts';
export type {
  Asked,
  CompiledTemplates,
  Decisions,
  Inspection,
  Ports,
  Project,
  Report,
  Resolution,
  Setup,
} from './api/types.ts';
export {
  confirm,
  decimal,
  defineGenerator,
  type Generator,
  type GeneratorDeclaration,
  type GeneratorInput,
  InvalidAnswer,
  integer,
  multiselect,
  type NextStep,
  type Outputs,
  type Pins,
  select,
  text,
} from './define.ts';
export { type ErrorCode, type Problem, SetupError } from './errors.ts';
export { findRoot, type OpenedProject, openProject } from './io/project-files.ts';
export type {
  Answer,
  AnswerSource,
  Change,
  ChangeKind,
  ConflictPolicy,
  Facts,
  FileSpec,
  Finding,
  GitFiles,
  Lock,
  MergeConflict,
  Ownership,
  Plain,
  PlainRecord,
  Plan,
  ProjectFiles,
  ProjectWriter,
  Question,
  Recovery,
  RenderedFile,
  Service,
  System,
  Undoable,
  View,
  ViewValue,
  WriteOptions,
} from './model.ts';
