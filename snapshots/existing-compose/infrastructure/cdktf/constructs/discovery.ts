/** Private names of the services' tasks, and the group of who watches them. */
import { SecurityGroup } from '#aws/security-group';
import { ServiceDiscoveryPrivateDnsNamespace } from '#aws/service-discovery-private-dns-namespace';
import { ServiceDiscoveryService } from '#aws/service-discovery-service';
import { VpcSecurityGroupEgressRule } from '#aws/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '#aws/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import type { Service } from '../config/services.js';
import { namespace } from '../lib/names.js';

export interface DiscoveryProps {
  readonly prefix: string;
  readonly vpcId: string;
}

export class Discovery extends Construct {
  private readonly namespaceId: string;
  private readonly metricsGroupId: string;

  constructor(scope: Construct, id: string, { prefix, vpcId }: DiscoveryProps) {
    super(scope, id);
    this.namespaceId = new ServiceDiscoveryPrivateDnsNamespace(this, 'namespace', {
      name: namespace,
      vpc: vpcId,
      description: `Tasks of ${prefix}`,
    }).id;
    const name = `${prefix}-metrics`;
    // A Prometheus that gets this group reads and probes every service; nothing else does.
    this.metricsGroupId = new SecurityGroup(this, 'metrics-clients', {
      vpcId,
      name,
      description: `Who watches ${prefix}`,
      tags: { Name: name },
    }).id;
  }

  /** @returns the registry that tasks of the service are entered in: `<service>.<namespace>` is all of their addresses. */
  register({ name }: Service): string {
    return new ServiceDiscoveryService(this, name, {
      name,
      dnsConfig: { namespaceId: this.namespaceId, routingPolicy: 'MULTIVALUE', dnsRecords: [{ type: 'A', ttl: 10 }] },
    }).arn;
  }

  /** Opens a service to that group: its metrics, and the port that users ask, which is probed. */
  letIn({ name, port, metrics }: Service, securityGroupId: string): void {
    if (metrics !== null) this.open(`metrics-of-${name}`, metrics.port, `Metrics of ${name}`, securityGroupId);
    if (port !== null && port !== metrics?.port) this.open(`probe-of-${name}`, port, `Probe of ${name}`, securityGroupId);
  }

  private open(id: string, port: number, description: string, securityGroupId: string): void {
    const rule = { fromPort: port, toPort: port, ipProtocol: 'tcp', description };
    const { metricsGroupId } = this;
    new VpcSecurityGroupIngressRule(this, `${id}-in`, { ...rule, securityGroupId, referencedSecurityGroupId: metricsGroupId });
    new VpcSecurityGroupEgressRule(this, `${id}-out`, {
      ...rule,
      securityGroupId: metricsGroupId,
      referencedSecurityGroupId: securityGroupId,
    });
  }
}
