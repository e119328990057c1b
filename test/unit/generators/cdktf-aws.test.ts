import { describe, expect, it } from 'vitest';
import { cdktfAws } from '../../../generators/cdktf-aws.ts';
import { cloudOnlyAlerts, cloudSignals } from '../../../generators/shared/alerts/cloud.ts';
import { cloudNames, serviceNames } from '../../../generators/shared/cloud.ts';
import { cloudEnvironment } from '../../../generators/shared/cloud-environment.ts';
import { managedDatastores } from '../../../generators/shared/stacks/datastores.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { DatastoreKind, DatastoreLink, Service, System } from '../../../src/model.ts';
import { expressService, service, system } from '../../helpers/system.ts';
import { datastore, link } from '../../helpers/system-matrix.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);

/** As it is where the stacks are chosen. */
function onAws(changes: Partial<System> = {}): System {
  return system({ generators: ['docker', 'cdktf-aws', 'runbooks'], ...changes });
}

function files(sys: System): Readonly<Record<string, string>> {
  const specs = cdktfAws.files({ system: sys, answers: {}, outputs: {}, pins });
  return Object.fromEntries(specs.map((spec) => [spec.path, renderFile(templates, cdktfAws.id, spec).text]));
}

type FactService = Readonly<{
  environment: Record<string, string>;
  secrets: { name: string; source: string }[];
  datastores: { datastore: string; urlSuffix: string }[];
  externalPorts: number[];
  writable: string[] | null;
  migrations: string[] | null;
}>;
type Facts = Readonly<{
  github: string | null;
  services: FactService[];
  datastores: { name: string; engine: string; version: string; tlsOnly: boolean }[];
  alarms: { alert: string; action: string; runbook: string | null; per: string | null }[];
}>;

const facts = (sys: System): Facts =>
  JSON.parse(files(sys)['infrastructure/cdktf/config/services.json'] ?? '') as Facts;
const steps = (sys: System) => cdktfAws.nextSteps({ system: sys, answers: {}, outputs: {}, pins });
const texts = (sys: System) => steps(sys).map(({ text }) => text);

/** One service with one datastore, reached by these variables. */
function linked(kind: DatastoreKind, variables: Partial<DatastoreLink['variables']>, changes: Partial<Service> = {}) {
  return onAws({
    services: [
      service({
        environment: Object.values(variables).flatMap((name) =>
          name === null
            ? []
            : [{ name, required: true, secret: true, local: null, from: 'datastore' as const, seenAt: 'src/db.ts:1' }],
        ),
        datastores: [link(kind, variables)],
        migrations: null,
        ...changes,
      }),
    ],
    datastores: [datastore(kind, ['orders'])],
  });
}

const environmentOf = (sys: System) =>
  Object.fromEntries(cloudEnvironment(sys.services[0] ?? expressService, sys).map(({ name, from }) => [name, from]));

describe('applies', () => {
  it('says why not, where nothing is deployed or nothing runs', () => {
    expect(cdktfAws.applies(onAws())).toBe(true);
    expect(cdktfAws.applies(onAws({ services: [service({ kind: 'library', start: null })] }))).toContain('no service');
    const { infrastructure } = onAws();
    expect(cdktfAws.applies(onAws({ infrastructure: { ...infrastructure, target: 'none' } }))).toContain('not');
  });
});

describe('files', () => {
  it('are all rendered, each once, and leave no mark behind', () => {
    const made = files(onAws());
    expect(Object.keys(made).filter((path) => !path.startsWith('infrastructure/cdktf/'))).toEqual([]);
    expect(Object.entries(made).filter(([, text]) => /<%|%>/.test(text))).toEqual([]);
    expect(Object.entries(made).filter(([, text]) => /[ \t]$/m.test(text))).toEqual([]);
  });

  it('differ between the flavours in the packages and the words about them alone', () => {
    const { infrastructure } = onAws();
    const [a, b] = [files(onAws()), files(onAws({ infrastructure: { ...infrastructure, cdk: 'cdktn' } }))];
    const different = Object.keys(a).filter((path) => a[path] !== b[path]);
    expect(different.map((path) => path.replace('infrastructure/cdktf/', '')).sort()).toEqual([
      'README.md',
      'package-lock.json',
      'package.json',
    ]);
  });

  it('import the subpaths of #cdk and #aws alone', () => {
    const imports = Object.values(files(onAws())).flatMap((text) => [
      ...text.matchAll(/^import .* from '([^.'][^']*)'/gm),
    ]);
    const packages = new Set(imports.map(([, name = '']) => name.replace(/^#aws\/.+/, '#aws/*')));
    expect([...packages].filter((name) => !name.startsWith('node:')).sort()).toEqual([
      '#aws/*',
      '#cdk',
      'constructs',
      'vitest',
      'vitest/config',
    ]);
  });

  it('tell in the guide what the configuration says', () => {
    const made = files(onAws());
    const of = (name: string, find: RegExp) => find.exec(made[`infrastructure/cdktf/config/${name}.ts`] ?? '')?.[1];
    const guide = made['infrastructure/cdktf/README.md'] ?? '';
    for (const name of ['development', 'staging', 'production']) {
      expect(guide).toContain(of(name, /instanceClass: '([^']+)'/));
      expect(guide).toContain(`${of(name, /cpu: (\d+)/)} / ${of(name, /memory: (\d+)/)}`);
    }
    const tasks = ['development', 'staging', 'production'].map((name) => of(name, /minimum: (\d+)/));
    expect(guide).toContain(`| ${tasks.join(' | ')} |`);
  });
});

describe('names', () => {
  it('keep within what AWS allows, with the longest project, environment and service', () => {
    const longest = onAws({
      project: { ...onAws().project, slug: 'a'.repeat(20) },
      services: [service({ name: 'b'.repeat(20) })],
    });
    for (const { name } of longest.environments) {
      const names = serviceNames(longest.services[0] ?? expressService, longest, name);
      expect(cloudNames(longest, name).loadBalancer.length).toBeLessThanOrEqual(32);
      expect(`${names.taskFamily}-execution`.length).toBeLessThanOrEqual(64);
      expect(`${cloudNames(longest, name).prefix}-tfstate-000000000000`.length).toBeLessThanOrEqual(63);
    }
  });
});

describe('the environment of a service', () => {
  it('takes each variable from where its value is known', () => {
    expect(environmentOf(onAws())).toEqual({
      DATABASE_URL: 'password',
      LOG_LEVEL: 'setting',
      PORT: 'image',
      SESSION_SECRET: 'generated',
    });
  });
});

describe('a link to a datastore', () => {
  it('keeps passwords and addresses of databases secret, and tells the rest', () => {
    const sys = linked('mysql', {
      host: 'DB_HOST',
      port: 'DB_PORT',
      user: 'DB_USER',
      password: 'DB_PASSWORD',
      database: 'DB_NAME',
    });
    expect(environmentOf(sys)).toEqual({
      DB_HOST: 'address',
      DB_NAME: 'address',
      DB_PASSWORD: 'password',
      DB_PORT: 'address',
      DB_USER: 'address',
    });
    expect(facts(sys).datastores).toMatchObject([{ engine: 'mysql', version: '8.4', tlsOnly: false }]);
    expect(
      steps(sys)
        .filter(({ standard }) => standard === 'SEC-013')
        .map(({ text }) => text),
    ).toContainEqual(expect.stringContaining('lets in connections without TLS'));
  });

  it('asks for TLS where an address can say so', () => {
    const byAddress = linked('redis', { url: 'REDIS_URL' });
    expect(environmentOf(byAddress)).toEqual({ REDIS_URL: 'address' });
    expect(managedDatastores(byAddress)).toMatchObject([{ kind: 'redis', tlsOnly: true }]);
    const byHost = linked('redis', { host: 'REDIS_HOST', password: 'REDIS_PASSWORD' });
    expect(managedDatastores(byHost)).toMatchObject([{ kind: 'redis', tlsOnly: false }]);
    expect(texts(byHost)).toContainEqual(expect.stringContaining('asks for REDIS_PASSWORD'));
  });

  it('knows the word of the client that migrates', () => {
    const url = { url: 'DATABASE_URL' };
    const prisma = linked('postgresql', url, {
      migrations: { tool: 'prisma', command: ['prisma', 'migrate', 'deploy'] },
    });
    expect(facts(prisma).services[0]?.datastores).toMatchObject([{ urlSuffix: '?sslmode=require' }]);
    expect(facts(linked('postgresql', url)).services[0]?.datastores).toMatchObject([
      { urlSuffix: '?sslmode=no-verify' },
    ]);
  });

  it.each(['mongodb', 'rabbitmq', 'kafka'] as const)('leaves %s to a person', (kind) => {
    const sys = linked(kind, { url: 'SOME_URL' });
    const [told] = facts(sys).services;
    expect(environmentOf(sys)).toEqual({ SOME_URL: 'given' });
    expect(told?.secrets).toEqual([{ name: 'SOME_URL', source: 'given' }]);
    expect(told?.externalPorts).toEqual([sys.datastores[0]?.port]);
    expect(facts(sys).datastores).toEqual([]);
    expect(texts(sys)).toContainEqual(expect.stringContaining('orders/SOME_URL'));
    expect(texts(sys)).toContainEqual(expect.stringContaining('The stacks make no'));
  });
});

describe('settings', () => {
  const reading = (local: string, required: boolean) =>
    onAws({
      services: [
        service({
          datastores: [],
          environment: [{ name: 'API_BASE', required, secret: false, local, from: 'setting', seenAt: 'src/a.ts:1' }],
        }),
      ],
      datastores: [],
    });

  it('do not point a task at a workstation', () => {
    expect(environmentOf(reading('http://localhost:4000/v1', false))).toEqual({});
    expect(environmentOf(reading('http://127.0.0.1:4000', true))).toEqual({ API_BASE: 'given' });
    expect(environmentOf(reading('https://api.example.org', true))).toEqual({ API_BASE: 'setting' });
    expect(environmentOf(reading('local', true))).toEqual({ API_BASE: 'setting' });
  });

  it('know the region, which nobody has to say', () => {
    const region = {
      name: 'AWS_REGION',
      required: true,
      secret: false,
      local: null,
      from: 'unknown',
      seenAt: 'a.ts:1',
    } as const;
    const sys = onAws({ services: [service({ datastores: [], environment: [region] })], datastores: [] });
    expect(facts(sys).services[0]?.environment).toEqual({ AWS_REGION: 'eu-west-1' });
  });

  it("say what an image of the user's may not say itself, and trust it with nothing", () => {
    const sys = onAws({ services: [service({ files: { ...expressService.files, dockerfileOwner: 'user' } })] });
    const [told] = facts(sys).services;
    expect(told?.environment).toMatchObject({ NODE_ENV: 'production', PORT: '3000' });
    expect(told).toMatchObject({ writable: null, migrations: null });
    expect(files(sys)['infrastructure/cdktf/.checkov.yaml']).toContain('CKV_AWS_336');
    expect(files(onAws())['infrastructure/cdktf/.checkov.yaml']).not.toContain('CKV_AWS_336');
  });
});

describe('alarms', () => {
  it('carry what to do first as plain words, and their runbook', () => {
    const { alarms } = facts(onAws());
    expect(alarms.map(({ alert }) => alert)).toContain('ServiceDown');
    expect(alarms.filter(({ action }) => /\{\{/.test(action))).toEqual([]);
    for (const { alert, runbook } of alarms) expect(runbook).toMatch(new RegExp(`/alerts/${alert}\\.md$`));
    expect(facts(onAws({ generators: ['cdktf-aws'] })).alarms.map(({ runbook }) => runbook)).not.toContainEqual(
      expect.anything(),
    );
  });

  it('are those of what is there', () => {
    const worker = onAws({ services: [service({ kind: 'worker', port: null, datastores: [] })], datastores: [] });
    expect([...cloudSignals(worker).keys()]).toEqual(['ServiceDown']);
    expect(cloudOnlyAlerts(worker).map(({ name }) => name)).toEqual(['ServiceCpuHigh', 'ServiceMemoryHigh']);
    expect(cloudOnlyAlerts(onAws()).map(({ name }) => name)).toContain('DatabaseStorageLow');
    expect(cloudSignals(onAws()).get('HighResponseTime')).toMatchObject({ threshold: 0.5 });
    expect(cloudOnlyAlerts(system())).toEqual([]);
  });
});

describe('next steps', () => {
  it('say that TLS is unmet without a domain, and how services are told apart', () => {
    const two = onAws({ services: [service(), service({ name: 'admin', image: 'admin' })] });
    const [domain] = steps(two).filter(({ standard }) => standard === 'SEC-013');
    expect(domain?.text).toContain('orders at 80, admin at port 8081');
    const worker = onAws({ services: [service({ kind: 'worker', port: null })] });
    expect(texts(worker).filter((text) => text.includes('domain'))).toEqual([]);
  });

  it('name what the stacks do not do yet', () => {
    const base = onAws();
    const canary = onAws({ delivery: { ...base.delivery, strategy: 'canary' } });
    expect(texts(canary)).toContainEqual(expect.stringContaining('canary deployments; the stacks deploy rolling'));
    const elsewhere = onAws({ project: { ...base.project, repository: null } });
    expect(facts(elsewhere).github).toBeNull();
    expect(texts(elsewhere)).toContainEqual(expect.stringContaining('not on github.com'));
    const recovery = { ...base.infrastructure.recovery, rpoMinutes: 1 };
    expect(texts(onAws({ infrastructure: { ...base.infrastructure, recovery } }))).toContainEqual(
      expect.stringContaining('1 minutes of lost data'),
    );
  });
});
