/** One standard of the catalogue. */
export type Standard = Readonly<{
  id: string;
  title: string;
  requirement: string;
  level: 'must' | 'should' | 'may';
  basis: 'stated' | 'example' | 'derived';
  personas: readonly string[];
  /** Who can decide: the files on disk, the tests of the synthesized stacks, people, or a running system. */
  held: 'output' | 'synth' | 'people' | 'runtime';
  served: readonly string[];
  check: string;
}>;
