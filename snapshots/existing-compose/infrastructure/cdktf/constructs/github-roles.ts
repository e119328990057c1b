/** Roles that the repository's workflows take without any stored key: one that reads, one that applies. */
import { IamOpenidConnectProvider } from '#aws/iam-openid-connect-provider';
import { IamPolicy } from '#aws/iam-policy';
import { IamRole } from '#aws/iam-role';
import { IamRolePolicy } from '#aws/iam-role-policy';
import { IamRolePolicyAttachment } from '#aws/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { policy } from '../lib/iam.js';
import { deployStatements, type DeployScope, readStateStatements } from '../lib/permissions.js';

const ISSUER = 'token.actions.githubusercontent.com';

export interface GithubRolesProps extends DeployScope {
  /** `owner/name`. */
  readonly repository: string;
  /** A condition of Terraform's: an account has room for one provider of this address. */
  readonly createProvider: string;
}

export class GithubRoles extends Construct {
  readonly planArn: string;
  readonly deployArn: string;

  constructor(scope: Construct, id: string, props: GithubRolesProps) {
    super(scope, id);
    const { accountId, repository, prefix } = props;
    const provider = new IamOpenidConnectProvider(this, 'provider', { url: `https://${ISSUER}`, clientIdList: ['sts.amazonaws.com'] });
    provider.addOverride('count', `\${${props.createProvider} ? 1 : 0}`);
    const trust = (subject: string) =>
      policy({
        Sid: 'Workflow',
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${ISSUER}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: `repo:${repository}:${subject}` } },
      });
    const role = (name: 'plan' | 'deploy', subject: string) =>
      new IamRole(this, name, {
        name: `${prefix}-${name}`,
        maxSessionDuration: 3600,
        assumeRolePolicy: trust(subject),
        dependsOn: [provider],
      });

    const plan = role('plan', 'pull_request');
    new IamRolePolicyAttachment(this, 'plan-reads', { role: plan.name, policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' });
    new IamRolePolicy(this, 'plan-reads-state', { role: plan.id, name: 'read-state', policy: policy(...readStateStatements(props)) });

    const deploy = role('deploy', `environment:${props.environment}`);
    for (const [name, statements] of Object.entries(deployStatements(props))) {
      // A policy of its own each: all that is written into a role itself has to fit into 10,240 characters.
      const part = new IamPolicy(this, `deploy-${name}`, { name: `${prefix}-deploy-${name}`, policy: policy(...statements) });
      new IamRolePolicyAttachment(this, `deploy-may-${name}`, { role: deploy.name, policyArn: part.arn });
    }
    new IamRolePolicyAttachment(this, 'deploy-reads', { role: deploy.name, policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' });
    this.planArn = plan.arn;
    this.deployArn = deploy.arn;
  }
}
