/** Alerts that CloudWatch raises by itself where Prometheus has no rule of that name: the load balancer counts for services that do not. */
import type { System } from '../../../src/model.ts';
import type { Alert } from './alert.ts';

type Twin = Omit<Alert, 'prometheus' | 'cloudwatch'>;

/** Families and severities are those of the rule of the same name. */
export function cloudTwins(system: System): readonly Twin[] {
  const wait = `${system.observability.objective.p95Milliseconds} ms`;
  return [
    {
      name: 'ServiceDown',
      severity: 'critical',
      type: 'symptom',
      family: 'availability',
      category: 'availability',
      summary: 'Users get no answer: the service is down.',
      description: 'No task of the service runs.',
      action: 'See whether its tasks start and why they end; after a deployment, roll back.',
    },
    {
      name: 'ProbeFailed',
      severity: 'critical',
      type: 'symptom',
      family: 'availability',
      category: 'availability',
      summary: 'Users get no answer: the service cannot be reached from outside, or says that it is not well.',
      description: 'No task of the service passes the health check of the load balancer.',
      action: 'Ask the service yourself, at its health path or its port, and read the last lines of its log.',
    },
    {
      name: 'HighErrorRate',
      severity: 'critical',
      type: 'symptom',
      family: 'errors',
      category: 'availability',
      summary: 'Users get errors: more than 5% of the requests to the service fail.',
      description: 'The load balancer counts more than 5% of the answers of the service with a 5xx status.',
      action: 'Compare the start of the errors with the last deployment, and roll back if they began with it.',
    },
    {
      name: 'HighResponseTime',
      severity: 'warning',
      type: 'symptom',
      family: 'latency',
      category: 'performance',
      summary: `Users wait: one of twenty requests to the service takes longer than ${wait}.`,
      description: `The load balancer measures that 95% of the requests do not answer within ${wait}.`,
      action: 'See whether all routes or one got slow, and whether the database or the event loop got slow with it.',
    },
  ];
}
