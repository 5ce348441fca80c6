import { DeliveryQueue } from '../../constructs/function/delivery-queue';
import { LiveFunction } from '../../constructs/function/live-function';
import { StoredArtifact } from '../../constructs/pipeline/stored-artifact';
import { LONGEST_DELAY } from '../../lambdas/adapters/sqs-queue';
import { Synthesized } from './synthesized';

const stack = Synthesized.stackWith((scope, account) => {
  const queue = new DeliveryQueue(scope, 'delivery', {
    account,
    stage: 'dev',
    alarms: {
      prefix: 'kite',
      stage: 'dev',
      topicArn: 'arn:aws:sns:topic',
      runbookUrl: 'https://example.com/operations.md',
    },
  });
  const artifact = new StoredArtifact(scope, 'artifact', { bucket: 'b', key: 'k', remedy: 'build it.' });
  queue.deliverTo(
    new LiveFunction(scope, 'fn', {
      functionName: 'dev-request-dispatcher',
      rolePrefix: 'kite',
      description: 'test',
      code: { deployedBy: 'ci', artifact },
      runtime: { architecture: 'arm64', runtime: 'nodejs22.x', handler: 'index.handler' },
      environment: {},
    }),
  );
});
const queues = stack.all('aws_sqs_queue');
const [deadLetters, queue] = ['dev-delivery-dead-letters.fifo', 'dev-delivery.fifo'].map((name) =>
  queues.find((candidate) => candidate['name'] === name),
);

describe('DeliveryQueue', () => {
  it('keeps the order, and gives the function six times its time-out', () => {
    expect(queue).toMatchObject({
      fifo_queue: true,
      content_based_deduplication: false,
      visibility_timeout_seconds: 180,
      sqs_managed_sse_enabled: true,
    });
  });

  it('hides a message for at most the rest of the twelve hours that SQS allows', () => {
    expect(Number(queue?.['visibility_timeout_seconds']) + LONGEST_DELAY).toBeLessThanOrEqual(12 * 60 * 60);
  });

  it('keeps what cannot be delivered for two weeks, in order', () => {
    expect(deadLetters).toMatchObject({ fifo_queue: true, message_retention_seconds: 1_209_600 });
    expect(JSON.parse(String(queue?.['redrive_policy']))).toEqual({
      deadLetterTargetArn: expect.stringMatching(/dead-letters/) as string,
      maxReceiveCount: 100,
    });
  });

  it('refuses requests without TLS, in either queue', () => {
    for (const one of [deadLetters, queue]) {
      expect(JSON.parse(String(one?.['policy']))).toMatchObject({
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: expect.stringMatching(
              new RegExp(`^arn:aws:sqs:eu-north-1:.*:${String(one?.['name'])}$`),
            ) as string,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      });
    }
  });

  const alarm = (name: string) => stack.all('aws_cloudwatch_metric_alarm').find((one) => one['alarm_name'] === name);

  it('mails as soon as there is one message that could not be delivered', () => {
    expect(alarm('kite-dev-undelivered-messages')).toMatchObject({
      metric_name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: expect.stringMatching(/dead-letters/) as string },
      threshold: 0,
      comparison_operator: 'GreaterThanThreshold',
      treat_missing_data: 'notBreaching',
      alarm_actions: ['arn:aws:sns:topic'],
    });
  });

  it('mails when a message waits for more than a quarter of an hour', () => {
    expect(alarm('kite-dev-delivery-delay')).toMatchObject({
      metric_name: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: expect.stringMatching(/delivery_queue/) as string },
      statistic: 'Maximum',
      threshold: 900,
      alarm_actions: ['arn:aws:sns:topic'],
    });
  });

  it('is read through the alias, and hears which messages of a batch have failed', () => {
    expect(stack.the('aws_lambda_event_source_mapping')).toMatchObject({
      function_name: `\${${stack.address('aws_lambda_alias')}.arn}`,
      function_response_types: ['ReportBatchItemFailures'],
      depends_on: expect.arrayContaining([expect.stringMatching(/use-delivery-queue/)]) as string[],
    });
  });

  it('delivers at most four batches at once, so that visitors can still connect and write in an account with ten executions', () => {
    expect(stack.the('aws_lambda_event_source_mapping')).toMatchObject({ scaling_config: { maximum_concurrency: 4 } });
  });

  it('lets the function continue a long task through its queue, which Lambda would stop as a loop after 16 messages', () => {
    expect(stack.grant('use-delivery-queue')[0]?.Action).toContain('sqs:SendMessage');
    expect(stack.the('aws_lambda_function_recursion_config')).toMatchObject({
      function_name: `\${${stack.address('aws_lambda_function')}.function_name}`,
      recursive_loop: 'Allow',
    });
  });

  it('lets the function use this queue and no other', () => {
    const [grant] = stack.grant('use-delivery-queue');
    expect(grant?.Action).toEqual([
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
    expect(grant?.Resource).toHaveLength(1);
  });
});
