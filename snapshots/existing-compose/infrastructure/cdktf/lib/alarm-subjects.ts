/** What an alarm looks at, by its scope: names that are known before anything is there. */
import type { Alarm } from '../config/alarms.js';
import type { EnvironmentConfig } from '../config/schema.js';
import { type Datastore, facts, webServices } from '../config/services.js';
import type { Subject } from '../constructs/alarms.js';

interface Balancer {
  readonly arnSuffix: string;
  readonly targetGroups: ReadonlyMap<string, { readonly arnSuffix: string }>;
}

export function subjectsOf(
  prefix: string,
  env: EnvironmentConfig,
  balancer: Balancer | null,
): (scope: Alarm['scope']) => readonly Subject[] {
  const stores = (kinds: readonly Datastore['kind'][]) => facts.datastores.filter(({ kind }) => kinds.includes(kind));
  return (scope) => {
    switch (scope) {
      case 'service':
        return facts.services.map(({ name }) => ({ name, dimensions: [{ ClusterName: prefix, ServiceName: name }] }));
      case 'target-group':
        return webServices.map(({ name }) => ({
          name,
          dimensions: [{ LoadBalancer: balancer?.arnSuffix ?? '', TargetGroup: balancer?.targetGroups.get(name)?.arnSuffix ?? '' }],
        }));
      case 'load-balancer':
        return balancer === null ? [] : [{ name: null, dimensions: [{ LoadBalancer: balancer.arnSuffix }] }];
      case 'database':
        return stores(['postgresql', 'mysql']).map(({ name }) => ({
          name: null,
          dimensions: [{ DBInstanceIdentifier: `${prefix}-${name}` }],
        }));
      case 'cache':
        return stores(['redis']).map(({ name }) => ({ name: null, dimensions: nodes(`${prefix}-${name}`, env.cache.nodes) }));
    }
  };
}

/** ElastiCache counts the nodes of a group from 001. */
function nodes(group: string, count: number): readonly Record<string, string>[] {
  return Array.from({ length: count }, (_, index) => ({ CacheClusterId: `${group}-${String(index + 1).padStart(3, '0')}` }));
}
