/** What AWS Backup copies and restores databases with. */
import { IamRole } from '#aws/iam-role';
import { IamRolePolicyAttachment } from '#aws/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { assumedBy } from '../lib/iam.js';
import { backupRoleName } from '../lib/names.js';

export interface BackupRoleProps {
  readonly prefix: string;
  readonly accountId: string;
}

export class BackupRole extends Construct {
  constructor(scope: Construct, id: string, { prefix, accountId }: BackupRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: backupRoleName(prefix),
      assumeRolePolicy: assumedBy('backup.amazonaws.com', accountId),
    });
    for (const kind of ['Backup', 'Restores'])
      new IamRolePolicyAttachment(this, kind, {
        role: role.name,
        policyArn: `arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor${kind}`,
      });
  }
}
