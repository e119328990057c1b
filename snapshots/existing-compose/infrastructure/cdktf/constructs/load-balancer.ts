/** The one way in. With a domain it is public and speaks TLS; without one it is internal, and only the network reaches it. */
import { Lb } from '#aws/lb';
import { LbListener, type LbListenerConfig } from '#aws/lb-listener';
import { LbListenerRule } from '#aws/lb-listener-rule';
import { SecurityGroup } from '#aws/security-group';
import { VpcSecurityGroupIngressRule } from '#aws/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { type Service, webServices } from '../config/services.js';
import { logBucket } from '../lib/names.js';
import { Certificate } from './certificate.js';
import { TargetGroup } from './target-group.js';
import { WebAcl } from './web-acl.js';

/** A domain's first listeners, and where the others begin without one. */
const HTTP = 80;
const HTTPS = 443;
const OTHERS = 8080;

export interface LoadBalancerProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly vpcId: string;
  readonly subnetIds: { readonly public: string[]; readonly private: string[] };
  readonly logsKeyArn: string;
}

export class LoadBalancer extends Construct {
  readonly arnSuffix: string;
  readonly securityGroupId: string;
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  /** By service. */
  readonly addresses: Readonly<Record<string, string>>;
  /** A service can join its target group once these are there. */
  readonly ready: (LbListener | LbListenerRule)[] = [];
  private readonly balancer: Lb;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LoadBalancerProps,
  ) {
    super(scope, id);
    const { prefix, env, accountId, vpcId, subnetIds } = props;
    const isPublic = env.domain !== null;
    const name = `${prefix}-load-balancer`;
    const group = new SecurityGroup(this, 'security-group', {
      vpcId,
      name,
      description: `Load balancer of ${prefix}`,
      tags: { Name: name },
    });
    this.securityGroupId = group.id;
    this.balancer = new Lb(this, 'balancer', {
      name: prefix,
      loadBalancerType: 'application',
      internal: !isPublic,
      subnets: isPublic ? subnetIds.public : subnetIds.private,
      securityGroups: [group.id],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: 'defensive',
      enableDeletionProtection: env.protect,
      accessLogs: { enabled: true, bucket: logBucket(prefix, accountId), prefix: 'alb' },
    });
    this.arnSuffix = this.balancer.arnSuffix;
    this.targetGroups = new Map(webServices.map((service) => [service.name, new TargetGroup(this, service.name, { service, vpcId })]));
    this.addresses = env.domain === null ? this.internal() : this.public(env.domain);
  }

  /** Without a domain there is no name to tell services apart by: each one has a port of its own, the first one port 80. */
  private internal(): Record<string, string> {
    const addresses: Record<string, string> = {};
    for (const [index, service] of webServices.entries()) {
      const port = index === 0 ? HTTP : OTHERS + index;
      this.open(port, `HTTP to ${service.name} from inside the network`, this.props.env.network.cidr);
      this.listener(`http-${service.name}`, { port, protocol: 'HTTP', defaultAction: [this.forward(service)] });
      addresses[service.name] = `http://${this.balancer.dnsName}:${port}`;
    }
    return addresses;
  }

  /** The first service is asked at the domain itself, every other one at a name below it. */
  private public(domain: NonNullable<EnvironmentConfig['domain']>): Record<string, string> {
    const { env, prefix, logsKeyArn } = this.props;
    const names = webServices.map((service, index) => ({ service, host: index === 0 ? domain.name : `${service.name}.${domain.name}` }));
    const hosts = names.map(({ host }) => host);
    const certificate = new Certificate(this, 'certificate', { hosts, hostedZoneId: domain.hostedZoneId, balancer: this.balancer });
    this.open(HTTP, 'HTTP from everywhere, to be sent to HTTPS', '0.0.0.0/0');
    this.open(HTTPS, 'HTTPS from everywhere', '0.0.0.0/0');
    this.listener('http', {
      port: HTTP,
      protocol: 'HTTP',
      defaultAction: [{ type: 'redirect', redirect: { port: String(HTTPS), protocol: 'HTTPS', statusCode: 'HTTP_301' } }],
    });
    const https = this.listener('https', {
      port: HTTPS,
      protocol: 'HTTPS',
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificateArn: certificate.arn,
      defaultAction: [
        { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', statusCode: '404', messageBody: 'Not found' } },
      ],
    });
    for (const [index, { service, host }] of names.entries()) {
      const rule = new LbListenerRule(this, `${service.name}-host`, {
        listenerArn: https.arn,
        priority: 10 * (index + 1),
        condition: [{ hostHeader: { values: [host] } }],
        action: [this.forward(service)],
      });
      this.ready.push(rule);
    }
    new WebAcl(this, 'web-acl', { prefix, balancerArn: this.balancer.arn, logsKeyArn, logRetentionDays: env.logRetentionDays });
    return Object.fromEntries(names.map(({ service, host }) => [service.name, `https://${host}`]));
  }

  private listener(id: string, config: Omit<LbListenerConfig, 'loadBalancerArn'>): LbListener {
    const listener = new LbListener(this, id, { loadBalancerArn: this.balancer.arn, ...config });
    this.ready.push(listener);
    return listener;
  }

  private forward(service: Service) {
    return { type: 'forward', targetGroupArn: this.targetGroups.get(service.name)?.arn ?? '' };
  }

  private open(port: number, description: string, cidrIpv4: string): void {
    new VpcSecurityGroupIngressRule(this, `port-${port}`, {
      securityGroupId: this.securityGroupId,
      cidrIpv4,
      fromPort: port,
      toPort: port,
      ipProtocol: 'tcp',
      description,
    });
  }
}
