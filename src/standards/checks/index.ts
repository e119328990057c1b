/** Every check there is, in the order of the catalogue's areas; agreement between files last. */
import type { Check } from '../check.ts';
import { agreement } from './agreement.ts';
import { agreementFiles } from './agreement-files.ts';
import { ciFiles } from './ci-files.ts';
import { ciKinds } from './ci-kinds.ts';
import { ciStructure } from './ci-structure.ts';
import { ciWork } from './ci-work.ts';
import { configuration } from './configuration.ts';
import { dockerImage } from './docker-image.ts';
import { dockerRun } from './docker-run.ts';
import { securityAccess } from './security-access.ts';
import { securityScans } from './security-scans.ts';
import { workflowSafety } from './workflow-safety.ts';

export const checks: readonly Check[] = [
  ...ciKinds,
  ...ciStructure,
  ...ciWork,
  ...ciFiles,
  ...dockerImage,
  ...dockerRun,
  ...securityScans,
  ...securityAccess,
  ...configuration,
  ...workflowSafety,
  ...agreement,
  ...agreementFiles,
];
