/** What stays to be done before the stacks run: things that only a person can decide, and what the stacks cannot do for this code. */
import type { NextStep } from '../../../src/define.ts';
import type { System } from '../../../src/model.ts';
import { cloudServices } from '../cloud.ts';
import { cloudEnvironment, isMade } from '../cloud-environment.ts';
import { fileDatabase } from '../local-stack.ts';
import { isByAddress, linksTo, managedDatastores } from './datastores.ts';
import { githubOf } from './facts.ts';

export function stackSteps(system: System): readonly NextStep[] {
  return [
    ...accountSteps(system),
    ...domainSteps(system),
    ...secretSteps(system),
    ...datastoreSteps(system),
    ...deliverySteps(system),
    ...objectiveSteps(system),
  ];
}

function accountSteps(system: System): readonly NextStep[] {
  const { stacks } = system.layout;
  const { cdk, budget } = system.infrastructure;
  const archived =
    cdk === 'cdktf'
      ? ` (cdktf is final, archived on 10 December 2025; --set infrastructure.cdk=cdktn takes its maintained fork, and the state stays.)`
      : '';
  return [
    {
      text: `Nothing is deployed yet: ${stacks}/README.md leads from an empty AWS account to a running environment. Before that, set alertEmails in ${stacks}/config, or nobody hears the alarms and the budget of ${budget} dollars a month, which is a default.${archived}`,
      command: `cd ${stacks} && npm ci && npm test && npm run synth`,
      standard: 'COST-004',
    },
  ];
}

/** Nothing of ours invents a domain, so there is no certificate either. */
function domainSteps(system: System): readonly NextStep[] {
  const web = cloudServices(system).filter(({ kind }) => kind === 'web');
  if (web.length === 0) return [];
  const others = web.slice(1).map(({ name }, index) => `${name} at port ${OTHER_PORTS + index + 1}`);
  const apart =
    others.length === 0
      ? ''
      : ` Until then services are told apart by port: ${web[0]?.name} at 80, ${others.join(', ')}.`;
  return [
    {
      text: `There is no domain, so the load balancer is internal and speaks HTTP (IAC-021 waits for it too): set domain in ${system.layout.stacks}/config/<environment>.ts, and it gets a certificate, HTTPS and a firewall.${apart}`,
      standard: 'SEC-013',
    },
  ];
}

/** `OTHERS` of constructs/load-balancer.ts. */
const OTHER_PORTS = 8080;

function secretSteps(system: System): readonly NextStep[] {
  const given = cloudServices(system).flatMap((service) =>
    cloudEnvironment(service, system).flatMap((variable) =>
      variable.from === 'given' ? [`${service.name}/${variable.name} (${variable.seenAt})`] : [],
    ),
  );
  if (given.length === 0) return [];
  return [
    {
      text: `Only you know the values of ${given.join(', ')}: the data stack makes an empty secret for each in every environment, and tasks do not start before it is filled (${system.layout.stacks}/README.md).`,
    },
  ];
}

function datastoreSteps(system: System): readonly NextStep[] {
  const services = cloudServices(system);
  const others = system.datastores.filter(
    ({ kind, name }) =>
      !isMade(kind) && services.some(({ datastores }) => datastores.some(({ datastore }) => datastore === name)),
  );
  const loose = managedDatastores(system).filter(({ tlsOnly }) => !tlsOnly);
  return [
    ...others.map(
      ({ name }): NextStep => ({
        text: `The stacks make no ${name}: run it elsewhere (a managed one, best), and hand its address over as a secret.`,
      }),
    ),
    ...loose.map(
      ({ kind, name }): NextStep => ({
        text: `${name} lets in connections without TLS, because ${kind === 'mysql' ? 'an address of MySQL has no common word for it' : 'the code puts its address together itself'}: switch TLS on in the client, then set datastores: { ${name}: { tlsOnly: true } } in ${system.layout.stacks}/config/base.ts.`,
        standard: 'SEC-013',
      }),
    ),
    ...system.datastores
      .filter(({ kind }) => kind === 'postgresql' || kind === 'redis')
      .flatMap((store) => storeNotes(store.name, system)),
    ...services.flatMap((service): readonly NextStep[] => {
      const variable = fileDatabase(service);
      return variable === null
        ? []
        : [
            {
              text: `${service.name} keeps its data in a file (${variable}), and a task on Fargate loses its files: move to PostgreSQL, and run the set-up again.`,
            },
          ];
    }),
  ];
}

function storeNotes(name: string, system: System): readonly NextStep[] {
  const store = system.datastores.find((one) => one.name === name);
  if (!store) return [];
  const links = linksTo(store, system);
  const fixed = links.flatMap(({ service, link }): readonly NextStep[] =>
    link.fixedTo
      ? [
          {
            text: `${service.name} looks for ${name} on its own machine (${link.fixedTo}), where no task has one: read the host from a variable, and run the set-up again.`,
          },
        ]
      : [],
  );
  if (store.kind === 'postgresql') {
    const unverified = links.some(({ link }) => isByAddress(link));
    return [
      ...fixed,
      ...(unverified
        ? [
            {
              text: `Connections to ${name} are encrypted, but the code does not look at the certificate: put Amazon's bundle (rds global-bundle.pem) into the image, set NODE_EXTRA_CA_CERTS, and set datastores: { ${name}: { urlSuffix: '?sslmode=verify-full' } } in ${system.layout.stacks}/config/base.ts.`,
            },
          ]
        : []),
    ];
  }
  const asking = links.filter(({ service, link }) =>
    service.environment.some(({ name: variable, required }) => required && variable === link.variables.password),
  );
  return [
    ...fixed,
    ...asking.map(
      ({ service, link }): NextStep => ({
        text: `${service.name} asks for ${link.variables.password}, and the cache has no password (Terraform would keep it in its state; security groups decide who may come in): let the code do without one.`,
      }),
    ),
  ];
}

function deliverySteps(system: System): readonly NextStep[] {
  const { strategy } = system.delivery;
  return [
    ...(strategy === 'rolling'
      ? []
      : [
          {
            text: `You asked for ${strategy} deployments; the stacks deploy rolling, with a circuit breaker and alarms that roll back.`,
          },
        ]),
    ...(githubOf(system) === null
      ? [
          {
            text: 'The stacks have no role for a pipeline: the repository is not on github.com, whose workflows they would trust.',
          },
        ]
      : []),
  ];
}

/** RDS can be put back to any moment but the last five minutes. */
const SMALLEST_RPO = 5;

function objectiveSteps(system: System): readonly NextStep[] {
  const { rpoMinutes } = system.infrastructure.recovery;
  const database = managedDatastores(system).some(({ kind }) => kind !== 'redis');
  const cache = managedDatastores(system).some(({ kind }) => kind === 'redis');
  return [
    ...(database && rpoMinutes < SMALLEST_RPO
      ? [
          {
            text: `You allow ${rpoMinutes} minutes of lost data; a restore of RDS can lose the last ${SMALLEST_RPO}.`,
            standard: 'DR-003',
          },
        ]
      : []),
    ...(cache && rpoMinutes < 24 * 60
      ? [
          {
            text: `You allow ${rpoMinutes} minutes of lost data; the cache is copied once a day, so keep nothing in it that cannot be made again.`,
            standard: 'DR-003',
          },
        ]
      : []),
  ];
}
