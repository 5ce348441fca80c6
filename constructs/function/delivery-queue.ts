import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { LambdaFunctionRecursionConfig } from '@cdktf/provider-aws/lib/lambda-function-recursion-config';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from '../monitoring/alarm';
import { AwsAccount } from '../core/aws-account';
import { Duration } from '../core/duration';
import { LiveFunction } from './live-function';
import { policyDocument } from '../core/role';
import { Metric, Statistic } from '../monitoring/metric';

export interface DeliveryQueueProps {
  readonly account: AwsAccount;
  readonly stage: string;
  /** Where alarms about late or undelivered messages go. */
  readonly alarms: AlarmRoute;
}

/** Long enough to wait for an hour of 429 from Telegram, and short enough to hear of it the same day. */
const ATTEMPTS = 100;

/**
 * Concurrent batches of up to ten conversations each: more than Telegram takes from a bot, and no more than that of the ten
 * executions of a new account, which both stages and the frames of visitors share (docs/adr/0035-deliveries-continue.md).
 */
const BATCHES = 4;

/** Telegram makes a busy group wait for minutes now and then. */
const PATIENCE = Duration.minutes(15);

/**
 * What is on its way to Telegram: first in, first out for each visitor.
 *
 * Creates the queue, the dead-letter queue that keeps what could not be delivered, and the alarms on both.
 *
 * @example
 * const delivery = new DeliveryQueue(scope, 'delivery', { account, stage: 'dev', alarms: route });
 * delivery.deliverTo(fn);
 */
export class DeliveryQueue extends Construct {
  private readonly queue: SqsQueue;
  private readonly deadLetters: SqsQueue;

  constructor(scope: Construct, id: string, props: DeliveryQueueProps) {
    super(scope, id);
    const queueName = `${props.stage}-delivery.fifo`;
    const deadLettersName = `${props.stage}-delivery-dead-letters.fifo`;
    this.deadLetters = new SqsQueue(this, 'dead-letters', {
      name: deadLettersName,
      fifoQueue: true,
      policy: tlsOnly(props.account.arn('sqs', deadLettersName)),
      messageRetentionSeconds: Duration.days(14).toSeconds(),
      sqsManagedSseEnabled: true,
    });
    this.queue = new SqsQueue(this, 'queue', {
      name: queueName,
      fifoQueue: true,
      policy: tlsOnly(props.account.arn('sqs', queueName)),
      contentBasedDeduplication: false,
      // Six times the function's time-out: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeoutSeconds: 180,
      messageRetentionSeconds: Duration.days(4).toSeconds(),
      sqsManagedSseEnabled: true,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: ATTEMPTS }),
    });
    this.watch(props.alarms);
  }

  get url(): string {
    return this.queue.url;
  }

  /**
   * The function gets what is in the queue, may put more in, and answers which messages of a batch have failed.
   *
   * A long task continues through the queue. Lambda takes that for a loop and stops it after some 16 messages, unless told not to:
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
   */
  deliverTo(fn: LiveFunction): LambdaEventSourceMapping {
    const permission = fn.role.allow('use-delivery-queue', {
      actions: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
      resources: [this.queue.arn],
    });
    const continues = new LambdaFunctionRecursionConfig(this, 'continues', {
      functionName: fn.resource.functionName,
      recursiveLoop: 'Allow',
    });
    return new LambdaEventSourceMapping(this, 'to-function', {
      eventSourceArn: this.queue.arn,
      functionName: fn.arn,
      batchSize: 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: BATCHES },
      // Lambda refuses an event source that the function's role cannot read.
      dependsOn: [permission, continues],
    });
  }

  /**
   * What SQS counts of the queue, or of its dead letters.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  metric(name: string, statistic: Statistic, of: 'queue' | 'dead letters' = 'queue'): Metric {
    const { name: queueName } = of === 'queue' ? this.queue : this.deadLetters;
    return { namespace: 'AWS/SQS', name, dimensions: { QueueName: queueName }, statistic };
  }

  private watch(route: AlarmRoute): void {
    const { stage } = route;
    new Alarm(this, 'undelivered', {
      route,
      name: 'undelivered-messages',
      meaning: `Messages of ${stage} could not be delivered to Telegram; they are kept for two weeks in ${stage}-delivery-dead-letters.fifo.`,
      remedy: 'Fix what the log reports about them, then move them back to the queue.',
      measure: {
        kind: 'metric',
        metric: this.metric('ApproximateNumberOfMessagesVisible', 'Maximum', 'dead letters'),
      },
      limit: { above: 0 },
      period: Duration.minutes(1),
    });
    new Alarm(this, 'delay', {
      route,
      name: 'delivery-delay',
      meaning: `A message of ${stage} has been waiting for Telegram for more than ${PATIENCE.toMinutes()} minutes.`,
      remedy: 'The log of the request dispatcher says why it is retried.',
      measure: { kind: 'metric', metric: this.metric('ApproximateAgeOfOldestMessage', 'Maximum') },
      limit: { above: PATIENCE.toSeconds() },
    });
  }
}

/**
 * A queue's policy that refuses requests without TLS. It is made with the queue: as a resource of its own it takes
 * Terraform another 25 seconds, because the provider waits after each change of a queue.
 */
function tlsOnly(queueArn: string): string {
  return policyDocument([
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      // A deny, so the wildcard takes away and gives nothing:
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
      Action: 'sqs:*',
      Resource: queueArn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
}
