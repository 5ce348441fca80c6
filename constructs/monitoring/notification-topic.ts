import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { AwsAccount } from '../core/aws-account';
import { Grantee, policyDocument } from '../core/role';

export interface NotificationTopicProps {
  readonly topicName: string;
  readonly account: AwsAccount;
  /** The address for mails, which it has to confirm once. @default - no mails */
  readonly email?: string;
}

/**
 * Mails to the people who run Kite: failed builds, drift, alarms, costs.
 *
 * Creates the topic, its policy and the subscription. AWS mails a link that has to be followed once.
 *
 * @example
 * new NotificationTopic(scope, 'topic', { topicName: 'kite-notifications', account, email: 'you@example.com' });
 */
export class NotificationTopic extends Construct {
  /** Lets services of AWS publish. */
  readonly policy: SnsTopicPolicy;
  private readonly topic: SnsTopic;

  constructor(scope: Construct, id: string, props: NotificationTopicProps) {
    super(scope, id);
    this.topic = new SnsTopic(this, 'topic', { name: props.topicName, displayName: 'Kite' });
    this.policy = this.letServicesPublish(props.account);
    if (props.email) {
      new SnsTopicSubscription(this, 'mail', { topicArn: this.arn, protocol: 'email', endpoint: props.email });
    }
  }

  get arn(): string {
    return this.topic.arn;
  }

  /** May send a mail. */
  grantPublish(grantee: Grantee): void {
    grantee.role.allow('publish-notifications', { actions: ['sns:Publish'], resources: [this.arn] });
  }

  /** Rules, alarms and budgets of this account, and of no other. */
  private letServicesPublish(account: AwsAccount): SnsTopicPolicy {
    const sources = {
      'events.amazonaws.com': account.arn('events', 'rule/*'),
      'cloudwatch.amazonaws.com': account.arn('cloudwatch', 'alarm:*'),
      // Budgets belong to no region: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
      'budgets.amazonaws.com': `arn:aws:budgets::${account.accountId}:*`,
    };
    return new SnsTopicPolicy(this, 'policy', {
      arn: this.arn,
      policy: policyDocument([
        ...Object.entries(sources).map(([service, source]) => ({
          Effect: 'Allow',
          Principal: { Service: service },
          Action: 'sns:Publish',
          Resource: this.arn,
          // The account is in the ARN.
          Condition: { ArnLike: { 'aws:SourceArn': source } },
        })),
        // https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: this.arn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
  }
}
