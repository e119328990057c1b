/** What every stack has: remote state that is encrypted and locked, and a provider that is held to one account. */
import { AwsProvider } from '#aws/provider';
import { DataTerraformRemoteStateS3, S3Backend, type S3BackendConfig, TerraformStack, TerraformVariable } from '#cdk';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { facts } from '../config/services.js';
import { boundaryName, prefixOf, stateAlias, stateBucket, stateKey } from './names.js';

/** The first that keeps write-only arguments out of the state. */
export const TERRAFORM = '>=1.11.0';

export type Layer = 'bootstrap' | 'network' | 'data' | 'service';

export abstract class BaseStack extends TerraformStack {
  readonly prefix: string;
  /** A token: the account is a variable of every stack, and nobody's default. */
  readonly accountId: string;
  protected readonly env: EnvironmentConfig;

  constructor(scope: Construct, layer: Layer, env: EnvironmentConfig) {
    super(scope, `${prefixOf(env.name)}-${layer}`);
    this.env = env;
    this.prefix = prefixOf(env.name);
    this.accountId = this.input(
      'account_id',
      'The AWS account of this environment.',
      'length(regexall("^[0-9]{12}$", var.account_id)) == 1',
      'An AWS account id has 12 digits.',
    );
    this.backend(layer);
    new AwsProvider(this, 'aws', {
      region: env.region,
      allowedAccountIds: [this.accountId],
      defaultTags: [{ tags: this.tags(layer) }],
    });
    // The binding asks for exactly the provider that it was made from; later ones of the same major are welcome.
    this.addOverride('terraform.required_providers.aws', { source: 'hashicorp/aws', version: '~> 6.25' });
    this.addOverride('terraform.required_version', TERRAFORM);
  }

  /** The bucket's name has the account in it, so `terraform init -backend-config=bucket=…` says it. */
  private backend(layer: Layer): void {
    new S3Backend(this, {
      key: stateKey(this.prefix, layer),
      region: this.env.region,
      encrypt: true,
      // Without it Terraform asks for AES-256 with each object, whatever the bucket has as its default.
      kmsKeyId: `alias/${stateAlias(this.prefix)}`,
    } as S3BackendConfig);
    this.addOverride('terraform.backend.s3.use_lockfile', true);
  }

  private tags(layer: Layer): Record<string, string> {
    return {
      Project: facts.project,
      Environment: this.env.name,
      Owner: this.env.owner,
      CostCentre: this.env.costCentre,
      ManagedBy: 'terraform',
      Stack: layer,
      ...(facts.repository === null ? {} : { Repository: facts.repository }),
    };
  }

  /** A Terraform variable that has to be said at each plan. */
  protected input(name: string, description: string, condition: string, errorMessage: string): string {
    const variable = new TerraformVariable(this, name, {
      type: 'string',
      nullable: false,
      description,
      validation: [{ condition: `\${${condition}}`, errorMessage }],
    });
    variable.overrideLogicalId(name);
    return variable.stringValue;
  }

  /** What another layer says about itself: by name, so that no stack depends on another one's insides. */
  protected outputsOf(layer: Layer): DataTerraformRemoteStateS3 {
    return new DataTerraformRemoteStateS3(this, `${layer}-state`, {
      bucket: stateBucket(this.prefix, this.accountId),
      key: stateKey(this.prefix, layer),
      region: this.env.region,
    });
  }

  /** What every role of this environment carries: a policy that it cannot go beyond. */
  get boundaryArn(): string {
    return `arn:aws:iam::${this.accountId}:policy/${boundaryName(this.prefix)}`;
  }
}
