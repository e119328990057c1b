/** The topology of production in smaller sizes. */
import { base } from './base.js';
import type { EnvironmentConfig } from './schema.js';

export const staging: EnvironmentConfig = {
  ...base,
  name: 'staging',
  protect: false,
  shell: false,
  network: {
    cidr: "10.20.0.0/16",
    natGateways: 'single',
    interfaceEndpoints: [],
  },
  capacity: { cpu: 512, memory: 1024, minimum: 2, maximum: 4 },
  database: { instanceClass: 'db.t4g.small', gibibytes: 20, maximumGibibytes: 100, multiZone: true, backupDays: 7 },
  cache: { nodeType: 'cache.t4g.micro', nodes: 2, backupDays: 7 },
};
