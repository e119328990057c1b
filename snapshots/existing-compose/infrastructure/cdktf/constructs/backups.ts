/** Copies beside the database's own backups: in a vault with a key of its own, and restored once a week to prove that they can be. */
import { BackupPlan } from '#aws/backup-plan';
import { BackupRestoreTestingPlan } from '#aws/backup-restore-testing-plan';
import { BackupRestoreTestingSelection } from '#aws/backup-restore-testing-selection';
import { BackupSelection } from '#aws/backup-selection';
import { BackupVault } from '#aws/backup-vault';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { backupRoleName } from '../lib/names.js';

export interface BackupsProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly keyArn: string;
  readonly resourceArns: string[];
}

export class Backups extends Construct {
  constructor(scope: Construct, id: string, { prefix, env, accountId, keyArn, resourceArns }: BackupsProps) {
    super(scope, id);
    const vault = new BackupVault(this, 'vault', { name: prefix, kmsKeyArn: keyArn, forceDestroy: !env.protect });
    // Made by bootstrap: it may do more than anything that the pipeline can make.
    const iamRoleArn = `arn:aws:iam::${accountId}:role/${backupRoleName(prefix)}`;
    const plan = new BackupPlan(this, 'plan', {
      name: prefix,
      rule: [
        {
          ruleName: 'daily',
          targetVaultName: vault.name,
          schedule: 'cron(0 4 * * ? *)',
          startWindow: 60,
          completionWindow: 300,
          lifecycle: { deleteAfter: 35 },
        },
      ],
    });
    new BackupSelection(this, 'selection', { name: prefix, planId: plan.id, iamRoleArn, resources: resourceArns });
    const test = new BackupRestoreTestingPlan(this, 'restore-test', {
      name: `${prefix}_restore`.replaceAll('-', '_'),
      scheduleExpression: 'cron(0 6 ? * SUN *)',
      startWindowHours: 4,
      recoveryPointSelection: [
        { algorithm: 'LATEST_WITHIN_WINDOW', includeVaults: [vault.arn], recoveryPointTypes: ['SNAPSHOT'], selectionWindowDays: 7 },
      ],
    });
    new BackupRestoreTestingSelection(this, 'restore-test-databases', {
      name: 'databases',
      restoreTestingPlanName: test.name,
      protectedResourceType: 'RDS',
      protectedResourceArns: resourceArns,
      iamRoleArn,
      validationWindowHours: 1,
    });
  }
}
