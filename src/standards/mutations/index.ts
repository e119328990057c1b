/** Every mutation there is. Imported by tests only. */
import { agreementMutations } from './agreement.ts';
import { alertMutations } from './alerts.ts';
import { ciMutations } from './ci.ts';
import { configurationMutations } from './configuration.ts';
import { dockerMutations } from './docker.ts';
import type { Mutation } from './mutation.ts';
import { observabilityMutations } from './observability.ts';
import { runbookMutations } from './runbooks.ts';
import { securityMutations } from './security.ts';
import { stackMutations } from './stacks.ts';

export type { Mutation } from './mutation.ts';

export const mutations: readonly Mutation[] = [
  ...ciMutations,
  ...dockerMutations,
  ...securityMutations,
  ...configurationMutations,
  ...agreementMutations,
  ...observabilityMutations,
  ...alertMutations,
  ...runbookMutations,
  ...stackMutations,
];
