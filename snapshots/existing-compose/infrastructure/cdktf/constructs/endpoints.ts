/** Ways to AWS itself that do not leave the network. */
import { SecurityGroup } from '#aws/security-group';
import { VpcEndpoint } from '#aws/vpc-endpoint';
import { VpcSecurityGroupIngressRule } from '#aws/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';

export interface EndpointsProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly routeTableIds: string[];
}

export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, { prefix, env, vpcId, subnetIds, routeTableIds }: EndpointsProps) {
    super(scope, id);
    const name = (service: string) => `com.amazonaws.${env.region}.${service}`;
    // Costs nothing, and layers of images come from S3.
    new VpcEndpoint(this, 's3', {
      vpcId,
      serviceName: name('s3'),
      vpcEndpointType: 'Gateway',
      routeTableIds,
      tags: { Name: `${prefix}-s3` },
    });
    if (env.network.interfaceEndpoints.length === 0) return;
    const group = new SecurityGroup(this, 'security-group', {
      vpcId,
      name: `${prefix}-endpoints`,
      description: 'Interface endpoints of AWS services',
      tags: { Name: `${prefix}-endpoints` },
    });
    new VpcSecurityGroupIngressRule(this, 'https', {
      securityGroupId: group.id,
      cidrIpv4: env.network.cidr,
      fromPort: 443,
      toPort: 443,
      ipProtocol: 'tcp',
      description: 'HTTPS from inside the network',
    });
    for (const service of env.network.interfaceEndpoints) {
      new VpcEndpoint(this, service, {
        vpcId,
        serviceName: name(service),
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds,
        securityGroupIds: [group.id],
        tags: { Name: `${prefix}-${service}` },
      });
    }
  }
}
