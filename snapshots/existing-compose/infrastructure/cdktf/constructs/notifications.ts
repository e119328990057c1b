/** Where alarms and the budget speak: one encrypted topic, and the addresses that subscribed to it. */
import { BudgetsBudget } from '#aws/budgets-budget';
import { SnsTopic } from '#aws/sns-topic';
import { SnsTopicPolicy } from '#aws/sns-topic-policy';
import { SnsTopicSubscription } from '#aws/sns-topic-subscription';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { policy, type Statement } from '../lib/iam.js';

export interface NotificationsProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly keyArn: string;
}

export class Notifications extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, { prefix, env, accountId, keyArn }: NotificationsProps) {
    super(scope, id);
    const topic = new SnsTopic(this, 'topic', { name: `${prefix}-alerts`, kmsMasterKeyId: keyArn });
    this.topicArn = topic.arn;
    const publish = (Sid: string, service: string): Statement => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sns:Publish',
      Resource: topic.arn,
      Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
    });
    const rules = new SnsTopicPolicy(this, 'topic-policy', {
      arn: topic.arn,
      policy: policy(publish('Alarms', 'cloudwatch.amazonaws.com'), publish('Budget', 'budgets.amazonaws.com')),
    });
    for (const endpoint of env.alertEmails) new SnsTopicSubscription(this, endpoint, { topicArn: topic.arn, protocol: 'email', endpoint });
    const notification = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      comparisonOperator: 'GREATER_THAN',
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      subscriberSnsTopicArns: [topic.arn],
    });
    new BudgetsBudget(this, 'budget', {
      name: prefix,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(env.monthlyBudget),
      limitUnit: 'USD',
      notification: [notification('ACTUAL', 80), notification('FORECASTED', 100)],
      dependsOn: [rules],
    });
  }
}
