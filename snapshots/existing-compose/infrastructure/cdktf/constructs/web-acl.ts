/** What is turned away before it reaches a task: known attacks, and more requests than a person makes. */
import { CloudwatchLogGroup } from '#aws/cloudwatch-log-group';
import { Wafv2WebAcl } from '#aws/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '#aws/wafv2-web-acl-association';
import { Wafv2WebAclLoggingConfiguration } from '#aws/wafv2-web-acl-logging-configuration';
import { Construct } from 'constructs';

export interface WebAclProps {
  readonly prefix: string;
  readonly balancerArn: string;
  readonly logsKeyArn: string;
  readonly logRetentionDays: number;
}

/** Requests in five minutes from one address. */
const RATE = 2000;

const MANAGED = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'];

export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { prefix, balancerArn, logsKeyArn, logRetentionDays }: WebAclProps) {
    super(scope, id);
    const visibility = (metricName: string) => ({ cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName });
    const managed = MANAGED.map((name, index) => ({
      name,
      priority: index + 1,
      overrideAction: { none: {} },
      // Within a statement the names are those of Terraform.
      statement: { managed_rule_group_statement: { vendor_name: 'AWS', name } },
      visibilityConfig: visibility(name),
    }));
    const rate = {
      name: 'rate',
      priority: 0,
      action: { block: {} },
      statement: { rate_based_statement: { limit: RATE, aggregate_key_type: 'IP' } },
      visibilityConfig: visibility('rate'),
    };
    const acl = new Wafv2WebAcl(this, 'acl', {
      name: prefix,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rule: [rate, ...managed],
      visibilityConfig: visibility(prefix),
    });
    new Wafv2WebAclAssociation(this, 'association', { resourceArn: balancerArn, webAclArn: acl.arn });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `aws-waf-logs-${prefix}`,
      retentionInDays: logRetentionDays,
      kmsKeyId: logsKeyArn,
    });
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn: acl.arn,
      logDestinationConfigs: [logs.arn],
      redactedFields: ['authorization', 'cookie'].map((name) => ({ singleHeader: { name } })),
    });
  }
}
