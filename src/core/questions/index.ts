/** The questions of the house itself, in the order in which they are asked and written; generators may declare more. */
import type { Question } from '../../model.ts';
import * as delivery from './delivery.ts';
import * as infrastructure from './infrastructure.ts';
import * as operations from './operations.ts';
import * as services from './services.ts';
import * as setup from './setup.ts';

export * from './delivery.ts';
export * from './infrastructure.ts';
export * from './names.ts';
export * from './operations.ts';
export * from './services.ts';
export * from './setup.ts';

/** All of them. `registered` are the generators, in order. */
export function houseQuestions(registered: Parameters<typeof setup.generatorsQuestion>[0]): readonly Question[] {
  return [
    setup.persona,
    setup.generatorsQuestion(registered),
    setup.projectName,
    delivery.platform,
    delivery.strategy,
    delivery.coverage,
    delivery.endToEnd,
    delivery.contract,
    delivery.codeScanning,
    operations.target,
    operations.region,
    operations.cdk,
    infrastructure.networks.development,
    infrastructure.networks.staging,
    infrastructure.networks.production,
    infrastructure.taskCpu,
    infrastructure.taskMemory,
    infrastructure.recoveryTime,
    infrastructure.recoveryPoint,
    infrastructure.budget,
    operations.pager,
    operations.chatKind,
    operations.chatChannel,
    operations.availability,
    operations.p95,
    infrastructure.instrument,
    services.servicePath,
    services.serviceSetUp,
    services.serviceKind,
    services.servicePort,
    services.serviceStart,
    services.serviceHealth,
    services.serviceReady,
    services.serviceMetrics,
  ] as unknown as readonly Question[];
}
