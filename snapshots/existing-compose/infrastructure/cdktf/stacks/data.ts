/** What has to outlive every deployment: databases, caches and secrets. */
import { TerraformOutput } from '#cdk';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { type Datastore, datastoreOf, facts } from '../config/services.js';
import { Backups } from '../constructs/backups.js';
import { Cache } from '../constructs/cache.js';
import { Database } from '../constructs/database.js';
import { EncryptionKey } from '../constructs/encryption-key.js';
import { Secret } from '../constructs/secret.js';
import { addressParts } from '../lib/addresses.js';
import { BaseStack } from '../lib/base-stack.js';
import { randomPassword, valueOf } from '../lib/ephemeral.js';
import { groupOutput, hostOutput, literal, secretName, secretOutput } from '../lib/names.js';

export class DataStack extends BaseStack {
  private readonly keyArn: string;
  private readonly hosts = new Map<string, string>();
  private readonly passwords = new Map<string, string>();

  constructor(scope: Construct, env: EnvironmentConfig) {
    super(scope, 'data', env);
    const { prefix, accountId } = this;
    this.keyArn = new EncryptionKey(this, 'data-key', {
      alias: `${prefix}-data`,
      description: `Data and secrets of ${prefix}`,
      accountId,
    }).arn;
    const databases = facts.datastores.flatMap((datastore) => this.datastore(datastore));
    if (databases.length > 0)
      new Backups(this, 'backups', { prefix, env, accountId, keyArn: this.keyArn, resourceArns: databases.map(({ arn }) => arn) });
    this.datastoreSecrets();
    this.ownSecrets();
    new TerraformOutput(this, 'data_key_arn', { value: this.keyArn });
  }

  /** @returns the database, for its backups; a cache has snapshots of its own. */
  private datastore(known: Datastore): readonly Database[] {
    const datastore = { ...known, ...this.env.datastores[known.name] };
    const network = this.outputsOfNetwork();
    const common = { prefix: this.prefix, env: this.env, datastore, keyArn: this.keyArn, ...network };
    const made =
      datastore.kind === 'redis'
        ? new Cache(this, datastore.name, common)
        : new Database(this, datastore.name, {
            ...common,
            accountId: this.accountId,
            boundaryArn: this.boundaryArn,
            password: this.password(datastore),
          });
    this.hosts.set(datastore.name, made.host);
    new TerraformOutput(this, hostOutput(datastore.name), { value: made.host });
    new TerraformOutput(this, groupOutput(datastore.name), { value: made.securityGroupId });
    return made instanceof Database ? [made] : [];
  }

  private network: { vpcId: string; subnetIds: string[]; logsKeyArn: string } | null = null;

  private outputsOfNetwork(): { vpcId: string; subnetIds: string[]; logsKeyArn: string } {
    if (this.network !== null) return this.network;
    const state = this.outputsOf('network');
    this.network = {
      vpcId: state.getString('vpc_id'),
      subnetIds: state.getList('data_subnet_ids'),
      logsKeyArn: state.getString('logs_key_arn'),
    };
    return this.network;
  }

  /**
   * Made once and kept in a secret of its own. Database and addresses read it there, so an apply that stopped half-way, and a
   * variable that is added later, find the same password.
   */
  private password({ name }: Datastore): string {
    const id = `${name.replaceAll('-', '_')}_password`;
    const secret = new Secret(this, `${name}-password`, {
      name: `${this.prefix}/${name}/password`,
      description: `Password of ${name}; made by Terraform, never stored by it`,
      keyArn: this.keyArn,
      protect: this.env.protect,
      value: { text: randomPassword(this, id), version: this.env.secretsVersion },
    });
    const value = valueOf(this, id, secret.arn, secret.versionId ?? '');
    this.passwords.set(name, value);
    return value;
  }

  /** Variables that hold a password, or an address with one in it. */
  private datastoreSecrets(): void {
    for (const { name: service, datastores } of facts.services) {
      for (const { datastore: name, urlSuffix, variables } of datastores) {
        const password = this.passwords.get(name);
        const host = this.hosts.get(name);
        if (password === undefined || host === undefined) continue;
        const { before, after } = addressParts(datastoreOf(name), host, this.env.datastores[name]?.urlSuffix ?? urlSuffix);
        if (variables.password !== null) this.secret(service, variables.password, password);
        if (variables.url !== null) this.secret(service, variables.url, `${before}${password}${after}`);
      }
    }
  }

  private ownSecrets(): void {
    for (const { name: service, secrets } of facts.services) {
      for (const { name, source } of secrets) {
        const id = `${service}_${name}`.toLowerCase().replace(/[^a-z0-9]/g, '_');
        this.secret(service, name, source === 'given' ? null : randomPassword(this, id));
      }
    }
  }

  private secret(service: string, variable: string, text: string | null): void {
    const secret = new Secret(this, `${service}-${variable}`, {
      name: secretName(this.prefix, service, variable),
      description: literal(`${variable} of ${service}${text === null ? '; filled by a person' : ''}`),
      keyArn: this.keyArn,
      protect: this.env.protect,
      value: text === null ? null : { text, version: this.env.secretsVersion },
    });
    // Its name and version; the value is nowhere to be read.
    new TerraformOutput(this, secretOutput(service, variable), { value: secret.reference });
  }
}
