/** One zone of the network: a subnet of each tier, and the way out for the private one. */
import { Eip } from '#aws/eip';
import type { InternetGateway } from '#aws/internet-gateway';
import { NatGateway } from '#aws/nat-gateway';
import { Route } from '#aws/route';
import { RouteTable } from '#aws/route-table';
import { RouteTableAssociation } from '#aws/route-table-association';
import { Subnet } from '#aws/subnet';
import { Construct } from 'constructs';
import { subnet } from '../lib/cidr.js';

export type Tier = 'public' | 'private' | 'data';

/** Which sixteenths of the network a tier has: four each, one a zone and one to spare. */
const FIRST: Readonly<Record<Tier, number>> = { public: 0, private: 4, data: 8 };

export interface ZoneProps {
  readonly prefix: string;
  readonly zone: string;
  readonly index: number;
  readonly vpcId: string;
  readonly cidr: string;
  readonly gateway: InternetGateway;
  readonly publicTableId: string;
  readonly dataTableId: string;
  /** The NAT gateway of another zone; null: this zone gets its own. */
  readonly sharedNatId: string | null;
}

export class Zone extends Construct {
  readonly subnetIds: Readonly<Record<Tier, string>>;
  readonly natId: string;
  readonly privateTableId: string;

  constructor(scope: Construct, id: string, props: ZoneProps) {
    super(scope, id);
    const { prefix, zone, vpcId } = props;
    const open = this.subnet('public', props);
    const closed = this.subnet('private', props);
    const data = this.subnet('data', props);
    this.subnetIds = { public: open.id, private: closed.id, data: data.id };
    this.natId = props.sharedNatId ?? this.nat(open.id, props);
    const table = new RouteTable(this, 'private-routes', { vpcId, tags: { Name: `${prefix}-private-${zone}` } });
    this.privateTableId = table.id;
    new Route(this, 'private-default-route', { routeTableId: table.id, destinationCidrBlock: '0.0.0.0/0', natGatewayId: this.natId });
    new RouteTableAssociation(this, 'public-association', { subnetId: open.id, routeTableId: props.publicTableId });
    new RouteTableAssociation(this, 'private-association', { subnetId: closed.id, routeTableId: table.id });
    new RouteTableAssociation(this, 'data-association', { subnetId: data.id, routeTableId: props.dataTableId });
  }

  private subnet(tier: Tier, { prefix, zone, index, vpcId, cidr }: ZoneProps): Subnet {
    return new Subnet(this, tier, {
      vpcId,
      availabilityZone: zone,
      cidrBlock: subnet(cidr, 4, FIRST[tier] + index),
      // Public addresses are given to load balancers and NAT gateways by name, and to nothing else.
      mapPublicIpOnLaunch: false,
      tags: { Name: `${prefix}-${tier}-${zone}`, Tier: tier },
    });
  }

  private nat(subnetId: string, { prefix, zone, gateway }: ZoneProps): string {
    const tags = { Name: `${prefix}-${zone}` };
    const address = new Eip(this, 'nat-address', { domain: 'vpc', tags, dependsOn: [gateway] });
    return new NatGateway(this, 'nat', { allocationId: address.allocationId, subnetId, tags, dependsOn: [gateway] }).id;
  }
}
