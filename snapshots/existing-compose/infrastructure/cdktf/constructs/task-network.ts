/** Who may talk to the tasks of a service, and to whom they may talk: each way in and out is a rule of its own. */
import { SecurityGroup } from '#aws/security-group';
import { VpcSecurityGroupEgressRule } from '#aws/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '#aws/vpc-security-group-ingress-rule';
import type { ITerraformDependable } from '#cdk';
import { Construct } from 'constructs';
import { datastoreOf, type Service } from '../config/services.js';

export interface TaskNetworkProps {
  readonly prefix: string;
  readonly vpcId: string;
  readonly service: Service;
  readonly outgoingPorts: readonly number[];
  /** null: nothing is in front of the service. */
  readonly balancerGroupId: string | null;
  readonly groupOf: (datastore: string) => string;
}

export class TaskNetwork extends Construct {
  readonly securityGroupId: string;
  readonly rules: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, { prefix, vpcId, service, outgoingPorts, balancerGroupId, groupOf }: TaskNetworkProps) {
    super(scope, id);
    const name = `${prefix}-${service.name}`;
    this.securityGroupId = new SecurityGroup(this, 'security-group', {
      vpcId,
      name,
      description: `Tasks of ${service.name}`,
      tags: { Name: name },
    }).id;
    if (balancerGroupId !== null && service.port !== null)
      this.link('load-balancer', balancerGroupId, this.securityGroupId, service.port, `Load balancer to ${service.name}`);
    for (const link of service.datastores) {
      const { port } = datastoreOf(link.datastore);
      this.link(link.datastore, this.securityGroupId, groupOf(link.datastore), port, `${service.name} to ${link.datastore}`);
    }
    this.out(443, 'HTTPS to AWS and to the services of others');
    for (const port of new Set([...service.externalPorts, ...outgoingPorts])) if (port !== 443) this.out(port, 'Something that others run');
  }

  /** Both halves of one way: out of the one, into the other. */
  private link(id: string, from: string, to: string, port: number, description: string): void {
    const common = { fromPort: port, toPort: port, ipProtocol: 'tcp', description };
    this.rules.push(
      new VpcSecurityGroupEgressRule(this, `${id}-out`, { ...common, securityGroupId: from, referencedSecurityGroupId: to }),
      new VpcSecurityGroupIngressRule(this, `${id}-in`, { ...common, securityGroupId: to, referencedSecurityGroupId: from }),
    );
  }

  private out(port: number, description: string): void {
    const rule = {
      securityGroupId: this.securityGroupId,
      cidrIpv4: '0.0.0.0/0',
      fromPort: port,
      toPort: port,
      ipProtocol: 'tcp',
      description,
    };
    this.rules.push(new VpcSecurityGroupEgressRule(this, `out-${port}`, rule));
  }
}
