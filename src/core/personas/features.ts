/** The documents' switch matrix: what each persona has on, offers, or leaves out. */

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

/** What most of the personas have. */
export const FEATURES: Readonly<Record<Feature, Switch>> = {
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
