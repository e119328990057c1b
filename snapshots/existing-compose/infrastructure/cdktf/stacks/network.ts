/** The network of an environment, and the key of everything that is logged in it. Changes rarely. */
import { TerraformOutput } from '#cdk';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { EncryptionKey, logsUseKey, publisherUsesKey } from '../constructs/encryption-key.js';
import { Network } from '../constructs/network.js';
import { BaseStack } from '../lib/base-stack.js';

export class NetworkStack extends BaseStack {
  constructor(scope: Construct, env: EnvironmentConfig) {
    super(scope, 'network', env);
    const { prefix, accountId, boundaryArn } = this;
    const key = new EncryptionKey(this, 'logs-key', {
      alias: `${prefix}-logs`,
      description: `Logs and alerts of ${prefix}`,
      accountId,
      statements: [
        logsUseKey(env.region, accountId),
        ...['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'].map((service) => publisherUsesKey(service, accountId)),
      ],
    });
    const network = new Network(this, 'network', { prefix, env, accountId, boundaryArn, keyArn: key.arn });
    new TerraformOutput(this, 'vpc_id', { value: network.vpcId });
    new TerraformOutput(this, 'public_subnet_ids', { value: network.subnetIds.public });
    new TerraformOutput(this, 'private_subnet_ids', { value: network.subnetIds.private });
    new TerraformOutput(this, 'data_subnet_ids', { value: network.subnetIds.data });
    new TerraformOutput(this, 'logs_key_arn', { value: key.arn });
  }
}
