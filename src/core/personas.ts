/**
 * The five presets as data: what a persona's document chooses where nobody else has chosen. The switch matrix is complete, also for
 * generators that are yet to come; a generator that is not registered is simply not among those that run.
 */
import type { PersonaId, Plain } from '../model.ts';

/** `on`: by default. `optional`: off unless asked for. `off`: not offered. `asked`: the person has to choose. */
export type Switch = 'on' | 'optional' | 'off' | 'asked';

/** The rows of the documents' switch matrix. What is no switch (the strategy) stands among the defaults. */
export type Feature =
  | 'githubActions'
  | 'otherPlatforms'
  | 'azurePipelines'
  | 'timeBudget'
  | 'coverageGate'
  | 'contractTests'
  | 'endToEndTests'
  | 'previews'
  | 'productionApproval'
  | 'automatedRollback'
  | 'stacks'
  | 'driftDetection'
  | 'kubernetes'
  | 'shuttle'
  | 'monitoring'
  | 'objectives'
  | 'tracing'
  | 'secretsManager'
  | 'policyAsCode'
  | 'restoreTest'
  | 'multiRegion'
  | 'featureFlags'
  | 'chaos'
  | 'cost'
  | 'decisionRecords'
  | 'lifecycleDocuments'
  | 'handoffFiles'
  | 'agentConfiguration'
  | 'runbooks';

export type Persona = Readonly<{
  id: PersonaId;
  title: string;
  /** One line for the prompt. */
  summary: string;
  /** Generators that the document calls for, in the registry's order; those that exist and apply are chosen by default. */
  generators: readonly string[];
  /** Question id → value. */
  defaults: Readonly<Record<string, Plain>>;
  features: Readonly<Record<Feature, Switch>>;
  /** `standard`: files at their conventional places. `automator`: at the places that this persona's document names. */
  layout: 'standard' | 'automator';
}>;

const DELIVERY = ['ci-github', 'security-scan', 'docker', 'compose', 'configuration'];
const OPERATIONS = ['cdktf-aws', 'prometheus', 'alertmanager', 'grafana', 'runbooks'];

const FEATURES: Readonly<Record<Feature, Switch>> = {
  githubActions: 'on',
  otherPlatforms: 'optional',
  azurePipelines: 'off',
  timeBudget: 'on',
  coverageGate: 'optional',
  contractTests: 'optional',
  endToEndTests: 'optional',
  previews: 'optional',
  productionApproval: 'optional',
  automatedRollback: 'on',
  stacks: 'on',
  driftDetection: 'optional',
  kubernetes: 'optional',
  shuttle: 'off',
  monitoring: 'on',
  objectives: 'optional',
  tracing: 'on',
  secretsManager: 'on',
  policyAsCode: 'optional',
  restoreTest: 'on',
  multiRegion: 'off',
  featureFlags: 'optional',
  chaos: 'off',
  cost: 'on',
  decisionRecords: 'on',
  lifecycleDocuments: 'off',
  handoffFiles: 'off',
  agentConfiguration: 'off',
  runbooks: 'on',
};

/** Every persona, the default one first. */
export const PERSONAS: readonly Persona[] = [
  {
    id: 'devops-engineer',
    title: 'DevOps engineer',
    summary:
      'owns delivery and operations; every commit checked in ten minutes, uneventful deploys, few and short outages',
    generators: [...DELIVERY, ...OPERATIONS],
    defaults: { 'delivery.strategy': 'rolling' },
    features: { ...FEATURES, driftDetection: 'on' },
    layout: 'standard',
  },
  {
    id: 'automator',
    title: 'DevOps automator',
    summary: 'an agency: blue-green, previews, approval, files at the places its hand-over names',
    generators: [...DELIVERY, ...OPERATIONS],
    defaults: { 'delivery.strategy': 'blue-green', 'delivery.e2e': true },
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
    generators: [...DELIVERY, ...OPERATIONS, 'kubernetes'],
    defaults: { 'delivery.strategy': 'rolling' },
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
    generators: [...DELIVERY, ...OPERATIONS, 'documents'],
    defaults: { 'delivery.coverage': 80, 'delivery.e2e': true },
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
    generators: [...DELIVERY, 'runbooks'],
    defaults: { 'delivery.contract': true, 'infrastructure.target': 'none' },
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
