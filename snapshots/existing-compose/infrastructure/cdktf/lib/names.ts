/** What things are called. Alarms, runbooks and scrape configurations outside of this folder speak of them by these names. */
import type { EnvironmentName } from '../config/schema.js';
import { facts } from '../config/services.js';

/** `orders-production`: the cluster, the load balancer, and what every other name begins with. */
export function prefixOf(environment: EnvironmentName): string {
  return `${facts.project}-${environment}`;
}

/** The private DNS zone. The same in every environment: each has a network of its own. */
export const namespace = `${facts.project}.internal`;

export const stateBucket = (prefix: string, accountId: string): string => `${prefix}-tfstate-${accountId}`;

/** Access logs of the load balancer and of the state bucket. */
export const logBucket = (prefix: string, accountId: string): string => `${prefix}-logs-${accountId}`;

export const stateKey = (prefix: string, layer: string): string => `${prefix}/${layer}.tfstate`;

/** What the state and the images are encrypted with. */
export const stateAlias = (prefix: string): string => `${prefix}-state`;

export const repository = (prefix: string, image: string): string => `${prefix}/${image}`;

/** The image that holds the migrations of a service: a stage of the same Dockerfile. */
export const migrationsImage = (image: string): string => `${image}-migrations`;

export const secretName = (prefix: string, service: string, variable: string): string => `${prefix}/${service}/${variable}`;

/** Six characters, which is what AWS leaves for the beginning of a target group's name. */
export const targetGroupPrefix = (service: string): string => `${service.slice(0, 5).replace(/-+$/, '')}-`;

/** Outputs of the data stack. */
export const hostOutput = (datastore: string): string => `${datastore}_host`;
export const groupOutput = (datastore: string): string => `${datastore}_security_group_id`;
export const secretOutput = (service: string, variable: string): string => `secret_${service}_${variable}`;

/** The policy that no role of an environment can go beyond. */
export const boundaryName = (prefix: string): string => `${prefix}-boundary`;

/** The role that copies and restores databases. */
export const backupRoleName = (prefix: string): string => `${prefix}-backup`;

/** Nothing that is written into a setting may become a template of Terraform's. */
export function literal(text: string): string {
  return text.replace(/[$%]\{/g, (found) => found.slice(0, 1) + found);
}
