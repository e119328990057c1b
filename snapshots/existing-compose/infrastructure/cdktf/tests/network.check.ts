/** Who can reach what: subnets, security groups, ports. */
import { describe, expect, it } from 'vitest';
import { environments } from '../config/index.js';
import { blocks, named, type Resource, resources, resourcesOf, type Stack, stacks, targets } from './synthesis.js';

const ANYONE = ['0.0.0.0/0', '::/0'];

/** Subnets whose route table leads to the internet gateway: what is in them can have a public address. */
function publicSubnets(stack: Stack): readonly string[] {
  const all = resourcesOf(stack);
  const routed = all.filter(
    ({ type, is }) =>
      ['aws_route', 'aws_route_table', 'aws_default_route_table'].includes(type) && JSON.stringify(is).includes('aws_internet_gateway.'),
  );
  const tables = routed
    .flatMap((resource) => (resource.type === 'aws_route' ? targets(resource.is.route_table_id, stack) : [resource]))
    .map(({ address }) => address);
  return all
    .filter(
      ({ type, is }) =>
        type === 'aws_route_table_association' && targets(is.route_table_id, stack).some(({ address }) => tables.includes(address)),
    )
    .flatMap(({ is }) => targets(is.subnet_id, stack).map(({ address }) => address));
}

describe.each(stacks.filter(({ layer }) => layer === 'network').map((stack) => [stack.id, stack] as const))('%s', (_, stack) => {
  const of = (type: string) => resourcesOf(stack).filter((resource) => resource.type === type);

  it('IAC-018: has three tiers in three zones, and a way out of them', () => {
    const zones = new Map<string, string[]>();
    for (const { is, address } of of('aws_subnet')) zones.set(is.availability_zone, [...(zones.get(is.availability_zone) ?? []), address]);
    expect([...zones.values()].map((subnets) => subnets.length)).toEqual([3, 3, 3]);
    expect(publicSubnets(stack)).toHaveLength(3);
    expect(of('aws_nat_gateway')).toHaveLength(stack.environment.protect ? 3 : 1);
  });

  it('SEC-015: gives no public address by itself', () => {
    for (const { is } of of('aws_subnet')) expect(is.map_public_ip_on_launch ?? false).toBe(false);
  });

  it('SEC-017: records all traffic, and keeps the record for a stated time', () => {
    const [flow, ...others] = of('aws_flow_log');
    expect(others).toEqual([]);
    expect(flow?.is.traffic_type).toBe('ALL');
    for (const { is } of of('aws_cloudwatch_log_group')) expect(is.retention_in_days).toBeGreaterThan(0);
  });

  it('SEC-016: leaves nothing open that AWS opens by default', () => {
    const [group] = of('aws_default_security_group');
    expect(group).toBeDefined();
    expect([...blocks(group?.is.ingress), ...blocks(group?.is.egress)]).toEqual([]);
    expect([...of('aws_default_network_acl'), ...of('aws_network_acl')]).not.toEqual([]);
  });
});

it('the networks of the environments do not overlap, so that they can be joined', () => {
  const ranges = resources('aws_vpc').map(({ is }) => rangeOf(is.cidr_block));
  expect(ranges).toHaveLength(environments.length);
  for (const [index, [from, to]] of ranges.entries())
    for (const [otherFrom, otherTo] of ranges.slice(index + 1)) expect(to < otherFrom || otherTo < from).toBe(true);
});

describe('security groups', () => {
  const ingress = resources('aws_vpc_security_group_ingress_rule');
  const egress = resources('aws_vpc_security_group_egress_rule');

  it('SEC-016: have rules of their own, each for one port and one peer, and described', () => {
    for (const { is, address } of resources('aws_security_group'))
      expect([...blocks(is.ingress), ...blocks(is.egress)], address).toEqual([]);
    for (const { is, address } of [...ingress, ...egress]) {
      expect(is.description, address).toMatch(/\S/);
      expect(is.ip_protocol, address).toMatch(/^(tcp|udp)$/);
      expect(is.from_port, address).toBe(is.to_port);
      const peers = [is.cidr_ipv4, is.cidr_ipv6, is.prefix_list_id, is.referenced_security_group_id].filter((peer) => peer !== undefined);
      expect(peers, address).toHaveLength(1);
    }
  });

  it.each(named(ingress.filter(({ is }) => ANYONE.includes(is.cidr_ipv4) || ANYONE.includes(is.cidr_ipv6))))(
    'SEC-016: %s lets anyone reach a load balancer on 80 or 443, nothing else',
    (_, rule) => {
      expect([80, 443]).toContain(rule.is.from_port);
      const groups = targets(rule.is.security_group_id, rule.stack).map(({ address }) => address);
      expect(groups).not.toEqual([]);
      expect(usersOf(groups, rule.stack).map(({ type }) => type)).toEqual(['aws_lb']);
    },
  );

  it('SEC-015: nothing but load balancers and NAT gateways is in a public subnet', () => {
    const open = new Map(stacks.filter(({ layer }) => layer === 'network').map((stack) => [stack.environment.name, publicSubnets(stack)]));
    const exposed = resources()
      .filter(
        ({ type }) =>
          !['aws_lb', 'aws_nat_gateway', 'aws_route_table_association', 'aws_network_acl', 'aws_network_acl_association'].includes(type),
      )
      .filter(({ is, stack }) => targets(subnetsOf(is), stack).some(({ address }) => open.get(stack.environment.name)?.includes(address)));
    expect(exposed.map(({ stack, address }) => `${stack.id} ${address}`)).toEqual([]);
    for (const { is, address } of resources('aws_ecs_service'))
      expect(is.network_configuration.assign_public_ip ?? false, address).toBe(false);
  });

  it('a load balancer without a certificate is internal', () => {
    for (const { is, stack } of resources('aws_lb')) {
      const encrypted = resourcesOf(stack).some(({ type, is: listener }) => type === 'aws_lb_listener' && listener.protocol === 'HTTPS');
      expect(is.internal ?? false).toBe(!encrypted);
    }
  });
});

function subnetsOf(is: Resource['is']): unknown {
  return [is.subnet_id, is.subnet_ids, is.subnets, is.network_configuration, is.vpc_zone_identifier];
}

/** Resources that carry one of the security groups; the groups' own rules do not. */
function usersOf(groups: readonly string[], stack: Stack): readonly Resource[] {
  return resourcesOf(stack).filter(
    ({ type, is }) =>
      !type.startsWith('aws_vpc_security_group_') &&
      targets(
        [is.security_groups, is.network_configuration?.security_groups, is.vpc_security_group_ids, is.security_group_ids],
        stack,
      ).some(({ address }) => groups.includes(address)),
  );
}

function rangeOf(cidr: string): readonly [number, number] {
  const [address = '', bits = ''] = cidr.split('/');
  const from = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return [from, from + 2 ** (32 - Number(bits)) - 1];
}
