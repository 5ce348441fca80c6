import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';
import { Duration } from './duration';
import { LiveFunction } from './live-function';

export interface DeliveryQueueProps {
  /** In front of the alarm's name. */
  readonly prefix: string;
  readonly stage: string;
  /** The ARN of the topic that hears of messages which could not be delivered. */
  readonly alarmTopicArn: string;
}

/** Long enough to wait for an hour of 429 from Telegram, and short enough to hear of it the same day. */
const ATTEMPTS = 100;

/**
 * What is on its way to Telegram: first in, first out for each visitor.
 *
 * Creates the queue, the dead-letter queue that keeps what could not be delivered, and the alarm on it.
 */
export class DeliveryQueue extends Construct {
  private readonly queue: SqsQueue;

  constructor(scope: Construct, id: string, props: DeliveryQueueProps) {
    super(scope, id);
    const name = `${props.stage}-delivery`;
    const deadLetters = new SqsQueue(this, 'dead-letters', {
      name: `${name}-dead-letters.fifo`,
      fifoQueue: true,
      messageRetentionSeconds: Duration.days(14).toSeconds(),
      sqsManagedSseEnabled: true,
    });
    this.queue = new SqsQueue(this, 'queue', {
      name: `${name}.fifo`,
      fifoQueue: true,
      contentBasedDeduplication: false,
      // Six times the function's time-out: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeoutSeconds: 180,
      messageRetentionSeconds: Duration.days(4).toSeconds(),
      sqsManagedSseEnabled: true,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: ATTEMPTS }),
    });
    this.watch(deadLetters, props);
  }

  get url(): string {
    return this.queue.url;
  }

  /** The function gets what is in the queue, may put more in, and answers which messages of a batch have failed. */
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
    return new LambdaEventSourceMapping(this, 'to-function', {
      eventSourceArn: this.queue.arn,
      functionName: fn.arn,
      batchSize: 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      // Lambda refuses a source that the function's role cannot read.
      dependsOn: [permission],
    });
  }

  private watch(deadLetters: SqsQueue, { prefix, stage, alarmTopicArn }: DeliveryQueueProps): void {
    new CloudwatchMetricAlarm(this, 'undelivered', {
      alarmName: `${prefix}-${stage}-undelivered-messages`,
      alarmDescription: `Messages of ${stage} could not be delivered to Telegram; they are kept in ${stage}-delivery-dead-letters.fifo.`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: deadLetters.name },
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [alarmTopicArn],
      okActions: [alarmTopicArn],
    });
  }
}
