/** Small, and quick to throw away. */
import { base } from './base.js';
import type { EnvironmentConfig } from './schema.js';

export const development: EnvironmentConfig = {
  ...base,
  name: 'development',
  protect: false,
  shell: true,
  network: {
    cidr: "10.10.0.0/16",
    natGateways: 'single',
    interfaceEndpoints: [],
  },
  capacity: { cpu: 256, memory: 512, minimum: 1, maximum: 2 },
  database: { instanceClass: 'db.t4g.micro', gibibytes: 20, maximumGibibytes: 50, multiZone: false, backupDays: 7 },
  cache: { nodeType: 'cache.t4g.micro', nodes: 1, backupDays: 1 },
};
