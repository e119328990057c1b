/** Rules that every stack is held to while it is synthesized. An aspect of the app would never run: each stack gets its own. */
import { Annotations, type IAspect, TerraformResource } from '#cdk';
import type { IConstruct } from 'constructs';

const STATEFUL: ReadonlySet<string> = new Set([
  'aws_db_instance',
  'aws_elasticache_replication_group',
  'aws_s3_bucket',
  'aws_kms_key',
  'aws_backup_vault',
  'aws_ecr_repository',
  'aws_secretsmanager_secret',
]);

/** `lifecycle.prevent_destroy` on everything that holds data: a plan that would delete it is an error. */
export class ProtectStatefulResources implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !STATEFUL.has(node.terraformResourceType)) return;
    // A lifecycle that is set replaces the one before it.
    node.lifecycle = { ...node.lifecycle, preventDestroy: true };
  }
}

/** Fails the synthesis where a log group would be kept for ever, or unencrypted. */
export class RequireLogRetention implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || node.terraformResourceType !== 'aws_cloudwatch_log_group') return;
    const group = node as unknown as { retentionInDaysInput?: number; kmsKeyIdInput?: string };
    if (group.retentionInDaysInput === undefined) Annotations.of(node).addError('a log group without retentionInDays');
    if (group.kmsKeyIdInput === undefined) Annotations.of(node).addError('a log group without kmsKeyId');
  }
}
