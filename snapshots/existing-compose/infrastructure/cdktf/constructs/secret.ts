/** A secret in Secrets Manager. Its value is handed over by a write-only argument, so Terraform never stores it. */
import { SecretsmanagerSecret } from '#aws/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '#aws/secretsmanager-secret-version';
import { Construct } from 'constructs';

export interface SecretProps {
  readonly name: string;
  readonly description: string;
  readonly keyArn: string;
  readonly protect: boolean;
  /** null: an empty one, that a person fills. */
  readonly value: { readonly text: string; readonly version: number } | null;
}

export class Secret extends Construct {
  readonly arn: string;
  /** null where a person fills it: then a task takes the newest one. */
  readonly versionId: string | null;

  constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name: props.name,
      description: props.description,
      kmsKeyId: props.keyArn,
      recoveryWindowInDays: props.protect ? 30 : 7,
    });
    this.arn = secret.arn;
    this.versionId = props.value === null ? null : this.version(secret.id, props.value).versionId;
  }

  private version(secretId: string, { text, version }: { readonly text: string; readonly version: number }): SecretsmanagerSecretVersion {
    return new SecretsmanagerSecretVersion(this, 'version', { secretId, secretStringWo: text, secretStringWoVersion: version });
  }

  /** How a task definition names it: with the version, so that a rotation is a new task definition. */
  get reference(): string {
    return this.versionId === null ? this.arn : `${this.arn}:::${this.versionId}`;
  }
}
