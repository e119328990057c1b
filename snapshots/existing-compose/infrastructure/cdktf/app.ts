/** All environments with all their layers. A function of its configuration, so that tests can call it. */
import { type App, Aspects } from '#cdk';
import { assertValid } from './config/index.js';
import type { EnvironmentConfig } from './config/schema.js';
import { hasData } from './config/services.js';
import { ProtectStatefulResources, RequireLogRetention } from './lib/aspects.js';
import { type BaseStack, TERRAFORM } from './lib/base-stack.js';
import { BootstrapStack } from './stacks/bootstrap.js';
import { DataStack } from './stacks/data.js';
import { NetworkStack } from './stacks/network.js';
import { ServiceStack } from './stacks/service.js';

/** @throws Error that lists every problem of the configuration. */
export function buildApp(app: App, environments: readonly EnvironmentConfig[]): App {
  assertValid(environments);
  // cdktn looks whether this Terraform has what the stacks use; cdktf does not read it.
  app.node.setContext('targetVersions', { terraform: TERRAFORM });
  for (const env of environments) {
    const stacks: readonly BaseStack[] = [
      new BootstrapStack(app, env),
      new NetworkStack(app, env),
      ...(hasData ? [new DataStack(app, env)] : []),
      new ServiceStack(app, env),
    ];
    for (const stack of stacks) {
      Aspects.of(stack).add(new RequireLogRetention());
      if (env.protect) Aspects.of(stack).add(new ProtectStatefulResources());
    }
  }
  return app;
}
