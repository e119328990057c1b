/** As many tasks as the load asks for: out early, back in slowly. */
import { AppautoscalingPolicy } from '#aws/appautoscaling-policy';
import { AppautoscalingTarget } from '#aws/appautoscaling-target';
import { Construct } from 'constructs';
import type { Capacity } from '../config/schema.js';

export interface AutoscalingProps {
  readonly cluster: string;
  readonly service: string;
  readonly capacity: Capacity;
}

/** Percent of what a task has. */
const TARGETS = [
  { id: 'cpu', metric: 'ECSServiceAverageCPUUtilization', value: 70 },
  { id: 'memory', metric: 'ECSServiceAverageMemoryUtilization', value: 80 },
] as const;

export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, { cluster, service, capacity }: AutoscalingProps) {
    super(scope, id);
    const target = new AppautoscalingTarget(this, 'target', {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${cluster}/${service}`,
      minCapacity: capacity.minimum,
      maxCapacity: capacity.maximum,
    });
    for (const { id: name, metric, value } of TARGETS) {
      new AppautoscalingPolicy(this, name, {
        name,
        policyType: 'TargetTrackingScaling',
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        targetTrackingScalingPolicyConfiguration: {
          targetValue: value,
          scaleOutCooldown: 60,
          scaleInCooldown: 300,
          predefinedMetricSpecification: { predefinedMetricType: metric },
        },
      });
    }
  }
}
