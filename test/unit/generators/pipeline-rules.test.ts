import { describe, expect, it } from 'vitest';
import { ciGithub } from '../../../generators/ci-github.ts';
import { securityScan } from '../../../generators/security-scan.ts';
import type { System } from '../../../src/model.ts';
import { judgePipeline, PIPELINE_RULES } from '../../helpers/pipeline-rules.ts';
import { systemMatrix } from '../../helpers/system-matrix.ts';
import { renderAll } from '../../helpers/templates.ts';

/** What never applies to these two workflows: they publish and deploy nothing, and nobody knows whether a repository is public. */
const ELSEWHERE = [
  'GH-CONC-DEPLOY',
  'GH-DEPLOY-ROLLBACK',
  'GH-DEPLOY-VERIFY',
  'GH-DIGEST',
  'GH-ENV',
  'GH-LOWERCASE',
  'GH-PREVIEW',
  'GH-PROVENANCE',
  'GH-RELEASE-TAG',
  'GH-SCORECARD',
  'GH-VERIFY-BEFORE',
];

const filesOf = (system: System) => [...renderAll(ciGithub, system), ...renderAll(securityScan, system)];

describe('the 48 rules for GitHub workflows', () => {
  it('are 48, each once', () => {
    expect(new Set(PIPELINE_RULES.map(({ id }) => id)).size).toBe(48);
    expect(PIPELINE_RULES).toHaveLength(48);
  });

  it.each(Object.entries(systemMatrix))('%s breaks none', (_, system) => {
    const broken = judgePipeline(filesOf(system), system).filter(({ findings }) => findings.length > 0);
    expect(broken).toEqual([]);
  });

  it('apply to a usual project, save those about releases and deployments', () => {
    const { 'express-postgres': system } = systemMatrix;
    const notApplicable = judgePipeline(filesOf(system as System), system as System)
      .filter(({ notApplicable }) => notApplicable !== null)
      .map(({ id }) => id);
    expect(notApplicable).toEqual(ELSEWHERE);
  });
});
