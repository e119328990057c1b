/** What is said after a write. */

import type { Plan } from '../../model.ts';
import { checkDisk, type Ports, type Setup } from '../../pipeline.ts';
import { countsText, countVerdicts } from './findings.ts';

export const UNDO = 'Undo: create-devops-setup undo';

/** `73 files written`: the same number that the plan announced; our own records go along. */
export function writtenText({ changes }: Plan): string {
  const files = changes.filter(({ kind }) => kind === 'create' || kind === 'update' || kind === 'delete').length;
  if (files === 0) return 'the records in .devops/ were written';
  return `${files} ${files === 1 ? 'file' : 'files'} written`;
}

/** How many standards hold on what is on the disk now. */
export function verifiedText(ports: Ports, plan: Plan, setup: Setup): string {
  return `verify: ${countsText(countVerdicts(checkDisk(ports, plan.lock, setup).verdicts))}`;
}
