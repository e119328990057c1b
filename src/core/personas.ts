/**
 * The five personas: presets like any other, what a persona's document chooses where nobody else has chosen. Beside the preset stand what
 * no question answers: the switch matrix, which is complete also for generators that are yet to come, and where files go.
 */
import type { PersonaId, Plain, PlainRecord, Preset, Question } from '../model.ts';
import { FEATURES, type Feature, type Switch } from './personas/features.ts';

export type { Feature, Switch } from './personas/features.ts';

export type Persona = Readonly<{
  id: PersonaId;
  title: string;
  /** One line for the prompt. */
  summary: string;
  /** `generators` are those that the document calls for; those that exist and apply are chosen. */
  preset: Preset;
  features: Readonly<Record<Feature, Switch>>;
  /** `standard`: files at their conventional places. `automator`: at the places that this persona's document names. */
  layout: 'standard' | 'automator';
}>;

const DELIVERY = ['ci-github', 'security-scan', 'docker', 'compose', 'configuration'];
const OPERATIONS = ['cdktf-aws', 'prometheus', 'alertmanager', 'grafana', 'runbooks'];

function answers(id: PersonaId, generators: readonly string[], values: PlainRecord): Preset {
  return { name: id, kind: 'persona', place: `persona ${id}`, values: { generators, ...values }, locked: {} };
}

/** Every persona, the default one first. */
export const PERSONAS: readonly Persona[] = [
  {
    id: 'devops-engineer',
    title: 'DevOps engineer',
    summary:
      'owns delivery and operations; every commit checked in ten minutes, uneventful deploys, few and short outages',
    preset: answers('devops-engineer', [...DELIVERY, ...OPERATIONS], { delivery: { strategy: 'rolling' } }),
    features: { ...FEATURES, driftDetection: 'on' },
    layout: 'standard',
  },
  {
    id: 'automator',
    title: 'DevOps automator',
    summary: 'an agency: blue-green, previews, approval, files at the places its hand-over names',
    preset: answers('automator', [...DELIVERY, ...OPERATIONS], { delivery: { strategy: 'blue-green', e2e: true } }),
    features: {
      ...FEATURES,
      endToEndTests: 'on',
      previews: 'on',
      productionApproval: 'on',
      objectives: 'on',
      policyAsCode: 'on',
      multiRegion: 'optional',
      chaos: 'optional',
      handoffFiles: 'optional',
    },
    layout: 'automator',
  },
  {
    id: 'buddy-specialist',
    title: 'Reliability specialist',
    summary: 'automation, observability and reliability first; objectives, error budgets, policy as code',
    preset: answers('buddy-specialist', [...DELIVERY, ...OPERATIONS, 'kubernetes'], {
      delivery: { strategy: 'rolling' },
    }),
    features: {
      ...FEATURES,
      azurePipelines: 'optional',
      kubernetes: 'on',
      objectives: 'on',
      policyAsCode: 'on',
      multiRegion: 'optional',
      featureFlags: 'on',
      chaos: 'optional',
    },
    layout: 'standard',
  },
  {
    id: 'workflow',
    title: 'Life-cycle agent',
    summary: 'a documented product life cycle: 80 % coverage gate, staging, approvals, a document for each step',
    preset: answers('workflow', [...DELIVERY, ...OPERATIONS, 'documents'], { delivery: { coverage: 80, e2e: true } }),
    features: {
      ...FEATURES,
      coverageGate: 'on',
      endToEndTests: 'on',
      productionApproval: 'on',
      tracing: 'optional',
      restoreTest: 'optional',
      lifecycleDocuments: 'on',
    },
    layout: 'standard',
  },
  {
    id: 'battra-contributor',
    title: 'Team contributor',
    summary:
      'infrastructure beside dev and QA agents: contract tests, correlation ids, platform secrets, no stacks of its own',
    preset: answers('battra-contributor', [...DELIVERY, 'runbooks'], {
      delivery: { contract: true },
      infrastructure: { target: 'none' },
    }),
    features: {
      ...FEATURES,
      otherPlatforms: 'off',
      contractTests: 'on',
      previews: 'off',
      automatedRollback: 'optional',
      stacks: 'off',
      driftDetection: 'off',
      kubernetes: 'off',
      shuttle: 'on',
      monitoring: 'optional',
      objectives: 'off',
      tracing: 'optional',
      secretsManager: 'off',
      policyAsCode: 'off',
      restoreTest: 'optional',
      featureFlags: 'off',
      cost: 'optional',
      agentConfiguration: 'on',
    },
    layout: 'standard',
  },
];

/** The persona with this id. Throws on an id that the question would have refused. */
export function personaOf(id: PersonaId): Persona {
  const found = PERSONAS.find((persona) => persona.id === id);
  if (!found) throw new Error(`unknown persona ${id}`);
  return found;
}

/** The generators that a persona's document calls for, registered or not. */
export function generatorsOf({ preset }: Persona): readonly string[] {
  return preset.values.generators as readonly string[];
}

/** The persona as a layer of answers: of the generators, those that are registered. */
export function personaPreset(id: PersonaId, questions: readonly Question[]): Preset {
  const { preset } = personaOf(id);
  const registered = questions.find((question) => question.id === 'generators')?.choices;
  if (!registered) return preset;
  const wanted: readonly Plain[] = generatorsOf(personaOf(id));
  const generators = wanted.filter((generator) => registered.some(({ value }) => (value as Plain) === generator));
  return { ...preset, values: { ...preset.values, generators } };
}
