/** The registry: every generator, in the order in which they run and are listed. Ids are persisted and never change. */
import type { Generator } from '../src/define.ts';
import { agentGuide } from './agent-guide.ts';
import { alertmanager } from './alertmanager.ts';
import { cdktfAws } from './cdktf-aws.ts';
import { ciGithub } from './ci-github.ts';
import { compose } from './compose.ts';
import { configuration } from './configuration.ts';
import { docker } from './docker.ts';
import { prometheus } from './prometheus.ts';
import { runbooks } from './runbooks.ts';
import { securityScan } from './security-scan.ts';

export const generators: readonly Generator[] = [
  ciGithub,
  securityScan,
  docker,
  compose,
  cdktfAws,
  prometheus,
  alertmanager,
  runbooks,
  configuration,
  agentGuide,
];
