/** Commands of the pages that describe how things are done: deploying, going back, scaling, coming back from a disaster. */
import { posix } from 'node:path';
import type { Datastore, Service, System } from '../../../src/model.ts';
import { cloudNames, production, serviceNames } from '../cloud.ts';
import { stackSecrets } from '../environment.ts';
import { localCommands } from '../local-stack.ts';
import { shellWord } from '../workflow-toolchain.ts';
import { managed } from './aws.ts';
import { lines } from './shell.ts';
import type { Tools } from './tools.ts';

export type Layer = 'bootstrap' | 'network' | 'data' | 'service';

/** The folder of a stack of production as `npm run synth` writes it. */
function stackFolder(system: System, layer: Layer): string {
  const { prefix } = cloudNames(system, production(system).name);
  return posix.join(system.layout.stacks, 'cdktf.out', 'stacks', `${prefix}-${layer}`);
}

/** Bucket and key of a stack's state; the bucket's name ends with the account. */
export function stateOf(system: System, layer: Layer): Readonly<{ bucket: string; key: string }> {
  const { prefix } = cloudNames(system, production(system).name);
  return { bucket: `${prefix}-tfstate-$ACCOUNT`, key: `${prefix}/${layer}.tfstate` };
}

const ACCOUNT = 'ACCOUNT=$(aws sts get-caller-identity --query Account --output text)';
const TAG = 'TAG="${TAG:-$(git rev-parse HEAD)}"';

/** Makes the Terraform files anew and lets Terraform say what it would change. */
export function planOf(system: System, layer: Layer): string {
  const folder = shellWord(stackFolder(system, layer));
  return [
    ACCOUNT,
    ...(layer === 'service' ? [TAG] : []),
    `(cd ${shellWord(system.layout.stacks)} && npm ci && npm run synth)`,
    lines(`terraform -chdir=${folder} init -input=false`, `-backend-config="bucket=${stateOf(system, layer).bucket}"`),
    lines(
      `terraform -chdir=${folder} plan -input=false -out=release.tfplan`,
      `-var "account_id=$ACCOUNT"${layer === 'service' ? ' -var "image_tag=$TAG"' : ''}`,
    ),
  ].join('\n');
}

export function applyOf(system: System, layer: Layer): string {
  return `terraform -chdir=${shellWord(stackFolder(system, layer))} apply -input=false release.tfplan`;
}

/** Builds the image of a service at the present commit and puts it where the stacks look for it. */
export function pushOf(system: System, service: Service): string {
  const { region } = cloudNames(system, production(system).name);
  const { repository } = serviceNames(service, system, production(system).name);
  const ours = service.files.dockerfileOwner === 'us';
  const dockerfile = shellWord(service.files.dockerfile);
  const image = (name: string) => `"$REGISTRY/${name}:$TAG"`;
  const build = (target: string, name: string) =>
    `docker build --file ${dockerfile}${ours ? ` --target ${target}` : ''} --tag ${image(name)} .`;
  const both = ours && service.migrations !== null ? [['migrations', `${repository}-migrations`] as const] : [];
  const all = [['runtime', repository] as const, ...both];
  return [
    ACCOUNT,
    TAG,
    `REGISTRY="$ACCOUNT.dkr.ecr.${region}.amazonaws.com"`,
    `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin "$REGISTRY"`,
    ...all.flatMap(([target, name]) => [build(target, name), `docker push ${image(name)}`]),
  ].join('\n');
}

/** The last versions of a state, then one of them made the current one again. */
export function stateVersions(system: System, layer: Layer): string {
  const { region } = cloudNames(system, production(system).name);
  const { bucket, key } = stateOf(system, layer);
  return [
    ACCOUNT,
    lines(
      `aws s3api list-object-versions --region ${region}`,
      `--bucket "${bucket}" --prefix ${key}`,
      `--query 'Versions[:10].[LastModified,VersionId,Size]' --output text`,
    ),
  ].join('\n');
}

export function stateRestore(system: System, layer: Layer): string {
  const { region } = cloudNames(system, production(system).name);
  const { bucket, key } = stateOf(system, layer);
  return [
    ACCOUNT,
    ': "${VERSION:?set VERSION to the version that was good}"',
    lines(
      `aws s3api copy-object --region ${region}`,
      `--bucket "${bucket}" --key ${key}`,
      `--copy-source "${bucket}/${key}?versionId=$VERSION"`,
    ),
  ].join('\n');
}

/** The one command that starts the local stack. */
export function startsLocally(system: System): string {
  return localCommands(system, stackSecrets(system).length > 0).up;
}

/** How many rows each table has: what two databases are compared by. */
const ROWS =
  "select table_schema, table_name, (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', table_schema, table_name), false, true, '')))[1]::text as rows from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2";

export type Drill = Readonly<{
  store: string;
  kind: string;
  back: string;
  restore: string;
  compare: string;
  drop: string;
}>;

/** A backup of the local datastore, restored beside it and compared. Null for kinds that have no such tool in their image. */
export function drillOf({ local }: Tools, store: Datastore): Drill | null {
  if (local === null || store.kind !== 'postgresql') return null;
  const inside = `${local.compose} exec -T ${store.name}`;
  const user = `--username=${shellWord(store.user)}`;
  const copy = `${store.database}_drill`;
  const count = (database: string) =>
    `${inside} psql ${user} --dbname=${shellWord(database)} --no-align --tuples-only --command="$ROWS"`;
  const file = `"\${TMPDIR:-/tmp}/${store.name}-drill.dump"`;
  return {
    store: store.name,
    kind: 'PostgreSQL',
    back: `${inside} pg_dump ${user} --dbname=${shellWord(store.database)} --format=custom > ${file}\nls -l ${file}`,
    restore: [
      `${inside} createdb ${user} ${shellWord(copy)}`,
      `time ${inside} pg_restore ${user} --dbname=${shellWord(copy)} --no-owner --exit-on-error < ${file}`,
    ].join('\n'),
    compare: [
      `ROWS="${ROWS}"`,
      `diff <(${count(store.database)}) <(${count(copy)}) && echo 'the copy is complete'`,
    ].join('\n'),
    drop: [
      `${inside} psql ${user} --dbname=${shellWord(store.database)} --list | grep ${shellWord(copy)} &&`,
      `  ${inside} dropdb ${user} ${shellWord(copy)} &&`,
      `  rm ${file}`,
    ].join('\n'),
  };
}

/** What each datastore is brought back from, and what of it is lost at most. */
export function recoveryRow(system: System, store: Datastore, aws: boolean) {
  const kind = aws ? managed(store) : null;
  const { rtoMinutes, rpoMinutes } = system.infrastructure.recovery;
  const how =
    kind === 'rds'
      ? 'RDS, to a point in time: transaction logs are kept every 5 minutes'
      : kind === 'elasticache'
        ? 'a new node that fills again, or the last daily snapshot: what it holds has to be losable'
        : aws
          ? 'not made by these stacks: whoever runs it restores it'
          : 'nothing in this repository backs it up: whoever runs it restores it';
  return { store: store.name, kind: store.kind, rto: `${rtoMinutes} minutes`, rpo: `${rpoMinutes} minutes`, how };
}
