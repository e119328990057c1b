/** Where the load balancer finds the tasks of a service, and how it knows that they are well. */
import { LbTargetGroup } from '#aws/lb-target-group';
import { Construct } from 'constructs';
import type { Service } from '../config/services.js';
import { targetGroupPrefix } from '../lib/names.js';

export interface TargetGroupProps {
  readonly service: Service;
  readonly vpcId: string;
}

export class TargetGroup extends Construct {
  readonly arn: string;
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, { service, vpcId }: TargetGroupProps) {
    super(scope, id);
    const group = new LbTargetGroup(this, 'group', {
      namePrefix: targetGroupPrefix(service.name),
      port: service.port ?? 0,
      protocol: 'HTTP',
      targetType: 'ip',
      vpcId,
      deregistrationDelay: '30',
      loadBalancingAlgorithmType: 'least_outstanding_requests',
      healthCheck: {
        enabled: true,
        path: service.healthPath ?? '/',
        // Without a path of its own for it, any answer but an error says that the service is there.
        matcher: service.healthPath === null ? '200-499' : '200-299',
        interval: 15,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
      },
      tags: { Service: service.name },
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = group.arn;
    this.arnSuffix = group.arnSuffix;
  }
}
