/** The containers of a task, as ECS wants them. */
import type { EnvironmentConfig } from '../config/schema.js';
import type { Service } from '../config/services.js';

export interface ContainerProps {
  readonly service: Service;
  readonly env: EnvironmentConfig;
  readonly image: string;
  /** The application's own image, whose first step prepares what is written to. */
  readonly preparedBy: string;
  /** null: what the image runs by itself. */
  readonly command: readonly string[] | null;
  readonly logGroup: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Variable and what names its secret. */
  readonly secrets: Readonly<Record<string, string>>;
}

const MODE = '0o1777';

/** JSON.stringify keeps tokens of text; there are no others in here. */
export function containerDefinitions(props: ContainerProps): string {
  const { service, env } = props;
  const folders = writableFolders(service, env);
  const prepare = folders.length === 0 ? [] : [prepareContainer(props, folders)];
  return JSON.stringify([...prepare, applicationContainer(props, prepare.length > 0)]);
}

/** Where a shell is allowed, its agent writes too: everything else stays read-only. */
function writableFolders({ writable }: Service, { shell }: EnvironmentConfig): readonly string[] {
  if (writable === null) return [];
  return shell ? [...writable, '/var/lib/amazon', '/var/log/amazon'] : writable;
}

export function volumes(service: Service, env: EnvironmentConfig): readonly { readonly name: string; readonly path: string }[] {
  return writableFolders(service, env).map((path, index) => ({ name: `writable-${index}`, path }));
}

function applicationContainer(props: ContainerProps, prepared: boolean) {
  const { service, env, image, command, environment, secrets } = props;
  const ports = [service.port, service.metrics?.port ?? null].filter((port) => port !== null);
  const serves = command === null;
  return {
    ...common(props, service.name),
    name: service.name,
    image,
    essential: true,
    ...(serves ? {} : { command }),
    readonlyRootFilesystem: service.writable !== null,
    linuxParameters: { capabilities: { drop: ['ALL'] }, initProcessEnabled: service.initProcess || env.shell },
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    portMappings: serves ? [...new Set(ports)].map((containerPort) => ({ containerPort, hostPort: containerPort, protocol: 'tcp' })) : [],
    ...(serves
      ? { healthCheck: { command: ['CMD', ...service.healthCommand], interval: 15, timeout: 5, retries: 3, startPeriod: 30 } }
      : {}),
    ...(prepared ? { dependsOn: [{ containerName: 'prepare', condition: 'SUCCESS' }] } : {}),
    // A process that is not root may listen below 1024 only where the container says so.
    systemControls:
      service.port !== null && service.port < 1024
        ? [{ namespace: 'net.ipv4.ip_unprivileged_port_start', value: String(service.port) }]
        : [],
    // Seconds for what is under way; a load balancer has stopped asking by then.
    stopTimeout: 60,
  };
}

/** A volume of Fargate belongs to root; the application does not run as root. */
function prepareContainer(props: ContainerProps, folders: readonly string[]) {
  const { service, preparedBy } = props;
  return {
    ...common(props, 'prepare'),
    name: 'prepare',
    image: preparedBy,
    essential: false,
    user: '0',
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ['ALL'] } },
    command: [service.runtime, '-e', `for (const folder of ${JSON.stringify(folders)}) require('node:fs').chmodSync(folder, ${MODE})`],
    environment: [],
    portMappings: [],
    systemControls: [],
  };
}

function common({ service, env, logGroup }: ContainerProps, stream: string) {
  return {
    cpu: 0,
    privileged: false,
    mountPoints: volumes(service, env).map(({ name, path }) => ({ sourceVolume: name, containerPath: path, readOnly: false })),
    volumesFrom: [],
    versionConsistency: 'enabled',
    logConfiguration: {
      logDriver: 'awslogs',
      // A service must not stand still because its logs do.
      options: {
        'awslogs-group': logGroup,
        'awslogs-region': env.region,
        'awslogs-stream-prefix': stream,
        mode: 'non-blocking',
        'max-buffer-size': '25m',
      },
    },
  };
}
