/** The types of the house. Types only; imports nothing but its own parts. */
export type * from './model/config.ts';
export type * from './model/facts.ts';
export type * from './model/files.ts';
export type * from './model/finding.ts';
export type * from './model/merge.ts';
export type * from './model/plan.ts';
export type * from './model/ports.ts';
export type * from './model/preset.ts';
export type * from './model/system.ts';
