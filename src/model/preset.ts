/** A preset: answers that somebody else gave, as data. It never holds code. */
import type { PlainRecord } from './config.ts';

/**
 * `name` is the word in `extends`, or the persona's id; `place` says where it stands, for messages (`presets/acme.yaml`). `values` is
 * shaped like the configuration; below `services` the name `*` speaks of every service. `locked`: question id → who decided and why; a
 * project may not answer it otherwise. `lines`: the line of each answer, where there is a file.
 */
export type Preset = Readonly<{
  name: string;
  kind: 'preset' | 'persona';
  place: string;
  values: PlainRecord;
  locked: Readonly<Record<string, string>>;
  lines?: Readonly<Record<string, number>>;
}>;
