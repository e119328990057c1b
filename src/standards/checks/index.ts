/** Every check there is, in the order of the catalogue's areas; agreement between files last. */
import type { Check } from '../check.ts';
import { agreement } from './agreement.ts';
import { agreementCommands } from './agreement-commands.ts';
import { agreementFiles } from './agreement-files.ts';
import { agreementImages } from './agreement-images.ts';
import { agreementMetrics } from './agreement-metrics.ts';
import { agreementRunbooks } from './agreement-runbooks.ts';
import { agreementScrape } from './agreement-scrape.ts';
import { agreementStacks } from './agreement-stacks.ts';
import { alertLabels } from './alert-labels.ts';
import { alertRoutes } from './alert-routes.ts';
import { alertRules } from './alert-rules.ts';
import { ciFiles } from './ci-files.ts';
import { ciGates } from './ci-gates.ts';
import { ciKinds } from './ci-kinds.ts';
import { ciPeople } from './ci-people.ts';
import { ciStructure } from './ci-structure.ts';
import { ciWork } from './ci-work.ts';
import { dockerBuild } from './docker-build.ts';
import { dockerImage } from './docker-image.ts';
import { dockerRun } from './docker-run.ts';
import { dockerStack } from './docker-stack.ts';
import { guideChecks } from './guide.ts';
import { observability } from './observability.ts';
import { observabilityCoverage } from './observability-coverage.ts';
import { observabilitySignals } from './observability-signals.ts';
import { pinChecks } from './pins.ts';
import { runbookPages } from './runbook-pages.ts';
import { runbookSet } from './runbook-set.ts';
import { runbookTemplates } from './runbook-templates.ts';
import { secretChecks } from './secrets.ts';
import { securityAccess } from './security-access.ts';
import { securityScans } from './security-scans.ts';
import { securityUpkeep } from './security-upkeep.ts';
import { stackSecrets } from './stack-secrets.ts';
import { stackChecks } from './stacks.ts';
import { workflowSafety } from './workflow-safety.ts';
import { workstation } from './workstation.ts';

export const checks: readonly Check[] = [
  ...ciKinds,
  ...ciStructure,
  ...ciGates,
  ...ciWork,
  ...ciPeople,
  ...ciFiles,
  ...dockerImage,
  ...dockerBuild,
  ...dockerRun,
  ...dockerStack,
  ...securityScans,
  ...securityUpkeep,
  ...securityAccess,
  ...secretChecks,
  ...workstation,
  ...guideChecks,
  ...stackChecks,
  ...stackSecrets,
  ...observability,
  ...observabilityCoverage,
  ...observabilitySignals,
  ...alertRules,
  ...alertLabels,
  ...alertRoutes,
  ...runbookPages,
  ...runbookSet,
  ...runbookTemplates,
  ...pinChecks,
  ...workflowSafety,
  ...agreement,
  ...agreementImages,
  ...agreementFiles,
  ...agreementCommands,
  ...agreementStacks,
  ...agreementScrape,
  ...agreementRunbooks,
  ...agreementMetrics,
];
