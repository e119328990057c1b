/** Values that Terraform holds while it runs, and writes nowhere: neither in a plan nor in the state. */
import type { TerraformStack } from '#cdk';

/** Letters and digits only: such a password can stand in an address as it is. */
export function randomPassword(stack: TerraformStack, id: string): string {
  stack.addOverride(`ephemeral.aws_secretsmanager_random_password.${id}`, {
    password_length: 40,
    exclude_punctuation: true,
    require_each_included_type: true,
  });
  return `\${ephemeral.aws_secretsmanager_random_password.${id}.random_password}`;
}

/** What a secret holds, read while applying. */
export function valueOf(stack: TerraformStack, id: string, secretId: string, versionId: string): string {
  stack.addOverride(`ephemeral.aws_secretsmanager_secret_version.${id}`, { secret_id: secretId, version_id: versionId });
  return `\${ephemeral.aws_secretsmanager_secret_version.${id}.secret_string}`;
}
