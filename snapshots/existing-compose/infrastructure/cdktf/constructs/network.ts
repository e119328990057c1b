/** A network over three zones in three tiers: public (load balancer), private (tasks), data (no way out at all). */
import { DefaultNetworkAcl } from '#aws/default-network-acl';
import { DefaultRouteTable } from '#aws/default-route-table';
import { DefaultSecurityGroup } from '#aws/default-security-group';
import { InternetGateway } from '#aws/internet-gateway';
import { Route } from '#aws/route';
import { RouteTable } from '#aws/route-table';
import { Vpc } from '#aws/vpc';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { Endpoints } from './endpoints.js';
import { FlowLogs } from './flow-logs.js';
import { type Tier, Zone } from './zone.js';

export interface NetworkProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly boundaryArn: string;
  readonly keyArn: string;
}

export class Network extends Construct {
  readonly vpcId: string;
  readonly subnetIds: Readonly<Record<Tier, string[]>>;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { env, prefix } = props;
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: env.network.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: prefix },
    });
    this.vpcId = vpc.id;
    this.closeDefaults(vpc, prefix);
    const gateway = new InternetGateway(this, 'internet-gateway', { vpcId: vpc.id, tags: { Name: prefix } });
    const table = (tier: Tier) => new RouteTable(this, `${tier}-routes`, { vpcId: vpc.id, tags: { Name: `${prefix}-${tier}` } });
    const [open, data] = [table('public'), table('data')];
    new Route(this, 'public-default-route', { routeTableId: open.id, destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway.id });
    const zones: Zone[] = [];
    for (const [index, zone] of env.zones.entries()) {
      // The id is the zone, never its index: taking out one zone must not move the others.
      zones.push(
        new Zone(this, zone, {
          prefix,
          zone,
          index,
          vpcId: vpc.id,
          cidr: env.network.cidr,
          gateway,
          publicTableId: open.id,
          dataTableId: data.id,
          sharedNatId: env.network.natGateways === 'single' ? (zones[0]?.natId ?? null) : null,
        }),
      );
    }
    const ids = (tier: Tier) => zones.map(({ subnetIds }) => subnetIds[tier]);
    this.subnetIds = { public: ids('public'), private: ids('private'), data: ids('data') };
    new Endpoints(this, 'endpoints', {
      prefix,
      env,
      vpcId: vpc.id,
      subnetIds: this.subnetIds.private,
      routeTableIds: [...zones.map(({ privateTableId }) => privateTableId), data.id],
    });
    new FlowLogs(this, 'flow-logs', { ...props, vpcId: vpc.id });
  }

  /** What AWS makes open is taken over and closed; nothing of ours uses it. */
  private closeDefaults(vpc: Vpc, prefix: string): void {
    const tags = { Name: `${prefix}-default-unused` };
    new DefaultSecurityGroup(this, 'default-security-group', { vpcId: vpc.id, ingress: [], egress: [], tags });
    new DefaultRouteTable(this, 'default-route-table', { defaultRouteTableId: vpc.defaultRouteTableId, tags });
    const all = { protocol: '-1', ruleNo: 100, action: 'allow', cidrBlock: '0.0.0.0/0', fromPort: 0, toPort: 0 };
    // Security groups decide. Subnets join this list by themselves, so what AWS says about them is left alone.
    new DefaultNetworkAcl(this, 'default-network-acl', {
      defaultNetworkAclId: vpc.defaultNetworkAclId,
      ingress: [all],
      egress: [all],
      tags,
      lifecycle: { ignoreChanges: ['subnet_ids'] },
    });
  }
}
