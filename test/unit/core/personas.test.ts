import { describe, expect, it } from 'vitest';
import {
  type Feature,
  generatorsOf,
  PERSONAS,
  type Persona,
  personaOf,
  personaPreset,
  type Switch,
} from '../../../src/core/personas.ts';
import { persona as personaQuestion } from '../../../src/core/questions/index.ts';
import { valueAt } from '../../../src/core/resolve/ids.ts';
import { leaves } from '../../../src/core/resolve/keys.ts';
import type { PersonaId } from '../../../src/model.ts';
import { QUESTIONS } from '../../helpers/facts.ts';

/** Columns of the document's switch matrix (section 1.5). */
const COLUMNS: readonly PersonaId[] = [
  'battra-contributor',
  'devops-engineer',
  'buddy-specialist',
  'automator',
  'workflow',
];

/** The matrix as the document has it: x on, o optional, - off. */
const MATRIX: Readonly<Record<Feature, string>> = {
  githubActions: 'x x x x x',
  otherPlatforms: '- o o o o',
  azurePipelines: '- - o - -',
  timeBudget: 'x x x x x',
  coverageGate: 'o o o o x',
  contractTests: 'x o o o o',
  endToEndTests: 'o o o x x',
  previews: '- o o x o',
  productionApproval: 'o o o x x',
  automatedRollback: 'o x x x x',
  stacks: '- x x x x',
  driftDetection: '- x o o o',
  kubernetes: '- o x o o',
  shuttle: 'x - - - -',
  monitoring: 'o x x x x',
  objectives: '- o x x o',
  tracing: 'o x x x o',
  // "platform" for the first one: the platform keeps the secrets, no manager of ours does.
  secretsManager: '- x x x x',
  policyAsCode: '- o x x o',
  restoreTest: 'o x x x o',
  multiRegion: '- - o o -',
  featureFlags: '- o x o o',
  chaos: '- - o o -',
  cost: 'o x x x x',
  decisionRecords: 'x x x x x',
  lifecycleDocuments: '- - - - x',
  handoffFiles: '- - - o -',
  agentConfiguration: 'x - - - -',
  runbooks: 'x x x x x',
};

const SWITCHES: Readonly<Record<string, Switch>> = { x: 'on', o: 'optional', '-': 'off' };

describe('personas', () => {
  it('are presets: the same type, named and placed like one, and they lock nothing', () => {
    for (const { id, preset } of PERSONAS)
      expect(preset).toMatchObject({ name: id, kind: 'persona', place: `persona ${id}`, locked: {} });
  });

  it('are the five, the default one first', () => {
    expect(PERSONAS.map(({ id }) => id).toSorted()).toEqual(COLUMNS.toSorted());
    expect(PERSONAS[0]?.id).toBe('devops-engineer');
    expect(personaQuestion.choices?.map(({ value }) => value)).toEqual(PERSONAS.map(({ id }) => id));
    expect(() => personaOf('nobody' as PersonaId)).toThrow('nobody');
  });

  it.each(Object.keys(MATRIX) as Feature[])('%s is what the matrix says', (feature) => {
    const expected = MATRIX[feature].split(' ').map((mark) => SWITCHES[mark]);
    expect(COLUMNS.map((id) => personaOf(id).features[feature])).toEqual(expected);
  });

  it.each(PERSONAS.map((persona): [string, Persona] => [persona.id, persona]))('%s has every switch', (_, persona) => {
    expect(Object.keys(persona.features).toSorted()).toEqual(Object.keys(MATRIX).toSorted());
  });

  it.each(PERSONAS.map((persona): [string, Persona] => [persona.id, persona]))(
    '%s answers questions that exist, with values that parse to themselves',
    (_, persona) => {
      const { values } = personaPreset(persona.id, QUESTIONS);
      const answered = QUESTIONS.filter(({ id }) => valueAt(values, id) !== undefined);
      for (const { id, parse } of answered) expect(parse(valueAt(values, id)), id).toEqual(valueAt(values, id));
      expect(leaves(values, new Set(QUESTIONS.map(({ id }) => id)))).toEqual([]);
      expect(answered.length).toBeGreaterThan(1);
    },
  );

  it('default to the strategy of the matrix; where it is the platform’s or asked for, none is imposed', () => {
    const strategies = COLUMNS.map((id) => valueAt(personaOf(id).preset.values, 'delivery.strategy'));
    expect(strategies).toEqual([undefined, 'rolling', 'rolling', 'blue-green', undefined]);
  });

  it('agree with their own switches', () => {
    for (const persona of PERSONAS) {
      const { id, features, preset } = persona;
      const generators = generatorsOf(persona);
      const said = (question: string) => valueAt(preset.values, question);
      expect(generators.includes('cdktf-aws'), `${id} stacks`).toBe(features.stacks === 'on');
      expect(generators.includes('prometheus'), `${id} monitoring`).toBe(features.monitoring === 'on');
      expect(generators.includes('runbooks'), `${id} runbooks`).toBe(features.runbooks === 'on');
      expect(generators.includes('kubernetes'), `${id} kubernetes`).toBe(features.kubernetes === 'on');
      expect(said('delivery.coverage') === 80, `${id} coverage`).toBe(features.coverageGate === 'on');
      expect(said('delivery.e2e') === true, `${id} e2e`).toBe(features.endToEndTests === 'on');
      expect(said('delivery.contract') === true, `${id} contract`).toBe(features.contractTests === 'on');
      expect(new Set(generators).size, `${id} twice`).toBe(generators.length);
    }
  });
});
