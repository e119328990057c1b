/** Where users are: nothing that holds data can be deleted by accident. */
import { base } from './base.js';
import type { EnvironmentConfig } from './schema.js';

export const production: EnvironmentConfig = {
  ...base,
  name: 'production',
  protect: true,
  shell: false,
  network: {
    cidr: "10.30.0.0/16",
    natGateways: 'one-per-zone',
    interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'],
  },
  // DNS shows eight tasks at most to a Prometheus, and eight pools of ten connections stay below the database's hundred.
  capacity: { cpu: 1024, memory: 2048, minimum: 3, maximum: 8 },
  database: { instanceClass: 'db.m7g.large', gibibytes: 100, maximumGibibytes: 500, multiZone: true, backupDays: 35 },
  cache: { nodeType: 'cache.m7g.large', nodes: 2, backupDays: 35 },
};
