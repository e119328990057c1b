/** Everything that may differ between environments, in one typed place. */

export type EnvironmentName = 'development' | 'staging' | 'production';

/** CPU units (1024 are one vCPU) and MiB of each task, and how many tasks there may be. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface EnvironmentConfig {
  readonly name: EnvironmentName;
  readonly region: string;
  /** Named, not asked for: a plan must not depend on what an account can see. */
  readonly zones: readonly string[];
  readonly owner: string;
  readonly costCentre: string;
  /** Refuse to delete what holds data. */
  readonly protect: boolean;
  /** People may open a shell in a running task (`aws ecs execute-command`). */
  readonly shell: boolean;
  /** null: the load balancer is internal and speaks HTTP. The zone has to be in Route 53 of the same account. */
  readonly domain: { readonly name: string; readonly hostedZoneId: string } | null;
  /** Addresses that alarms and the budget write to; each one has to confirm the subscription. */
  readonly alertEmails: readonly string[];
  /** US dollars a month of the whole account. */
  readonly monthlyBudget: number;
  readonly logRetentionDays: number;
  readonly network: {
    readonly cidr: string;
    readonly natGateways: 'single' | 'one-per-zone';
    /** Services of AWS that tasks reach without a NAT gateway, `ecr.api`. */
    readonly interfaceEndpoints: readonly string[];
  };
  readonly capacity: Capacity;
  /** What differs from `capacity` for one service, by its name. */
  readonly services: Readonly<Record<string, Partial<Capacity>>>;
  /** Settings of one environment, over those in services.json: service, then variable. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Ports besides 443 and those of known datastores that a service reaches outside of the network (mail: 587), by its name. */
  readonly outgoingPorts: Readonly<Record<string, readonly number[]>>;
  /** What the code has learnt since: a datastore's name, and whether nothing but TLS is let in, or how an address of it ends. */
  readonly datastores: Readonly<Record<string, { readonly tlsOnly?: boolean; readonly urlSuffix?: string }>>;
  readonly database: {
    readonly instanceClass: string;
    readonly gibibytes: number;
    readonly maximumGibibytes: number;
    readonly multiZone: boolean;
    readonly backupDays: number;
  };
  readonly cache: { readonly nodeType: string; readonly nodes: number; readonly backupDays: number };
  /** Raise it by one and apply data, then service: every generated password is made anew. */
  readonly secretsVersion: number;
}
