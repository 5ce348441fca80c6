import { block, text } from '../attributes';
import { Rule } from '../rule';
import { conditionKeys, refusesPlainText, statementsOf } from '../statements';

/** What identifies a publisher, so that a service does not publish on behalf of another account. */
const SOURCES = ['aws:SourceArn', 'aws:SourceAccount', 'AWS:SourceOwner'];

export const MESSAGING_RULES = [
  {
    name: 'queue-encrypted',
    reason: 'The messages in a queue are what people wrote',
    source: 'FSBP SQS.1',
    remedy: 'set sqsManagedSseEnabled, or a key.',
    of: ['aws_sqs_queue'],
    problem: ({ attributes }) =>
      attributes['sqs_managed_sse_enabled'] === true || text(attributes['kms_master_key_id']) !== ''
        ? undefined
        : 'nothing says that it is encrypted',
  },
  {
    name: 'queue-tls-only',
    reason: 'Messages that are sent without TLS can be read in transit',
    source:
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html',
    remedy:
      'give it a policy that denies sqs:* where aws:SecureTransport is false, as constructs/function/delivery-queue.ts does.',
    of: ['aws_sqs_queue'],
    problem: (queue, stack) =>
      [queue, ...stack.belonging(queue, 'aws_sqs_queue_policy', 'queue_url')].some(({ attributes }) =>
        refusesPlainText(attributes['policy'], ['sqs:*']),
      )
        ? undefined
        : 'it answers requests without TLS',
  },
  {
    name: 'queue-not-public',
    reason: 'Anyone who may send to a queue can write in the name of visitors',
    source: 'FSBP SQS.3',
    remedy: 'name the service that may, with a condition on where it comes from.',
    of: ['aws_sqs_queue', 'aws_sqs_queue_policy'],
    problem: ({ attributes }) => (attributes['policy'] === undefined ? undefined : openTo(attributes['policy'])),
  },
  {
    name: 'topic-publishers-named',
    reason: 'Mails that say "alarm" must come from alarms of this account',
    source: 'FSBP SNS.4',
    remedy:
      'name the services, each with a condition on aws:SourceArn, as constructs/monitoring/notification-topic.ts does.',
    of: ['aws_sns_topic_policy'],
    problem: ({ attributes }) => openTo(attributes['policy']),
  },
  {
    // Encrypting the topic itself takes a key of one's own for a dollar a month: alarms cannot publish by AWS's key.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    name: 'topic-tls-only',
    reason: 'Messages that are published without TLS can be read in transit',
    source:
      'https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit',
    remedy: 'give it a policy that denies sns:Publish where aws:SecureTransport is false.',
    of: ['aws_sns_topic'],
    problem: (topic, stack) =>
      stack
        .belonging(topic, 'aws_sns_topic_policy', 'arn')
        .some(({ attributes }) => refusesPlainText(attributes['policy'], ['sns:Publish']))
        ? undefined
        : 'it takes messages without TLS',
  },
  {
    name: 'stream-encrypted',
    reason: 'What waits in a stream is what the functions have logged',
    source: 'FSBP DataFirehose.1',
    remedy: "set serverSideEncryption with AWS's own key (AWS_OWNED_CMK), which costs nothing.",
    of: ['aws_kinesis_firehose_delivery_stream'],
    problem: ({ attributes }) =>
      block(attributes, 'server_side_encryption')['enabled'] === true ? undefined : 'it is not encrypted',
  },
  {
    name: 'query-results-encrypted',
    reason: 'Results hold data, so every query must store them where they are encrypted and expire',
    source: 'https://docs.aws.amazon.com/athena/latest/ug/encrypting-query-results-stored-in-s3.html',
    remedy: 'set encryptionConfiguration in resultConfiguration, and enforceWorkgroupConfiguration.',
    of: ['aws_athena_workgroup'],
    problem: ({ attributes }) => {
      const configuration = block(attributes, 'configuration');
      const result = block(configuration, 'result_configuration');
      if (configuration['enforce_workgroup_configuration'] !== true) return 'a client may write its results elsewhere';
      return text(block(result, 'encryption_configuration')['encryption_option']) === ''
        ? 'nothing says that its results are encrypted'
        : undefined;
    },
  },
] as const satisfies readonly Rule[];

/** The principals that a policy allows, other than AWS services on behalf of known accounts. */
function openTo(policy: unknown): string | undefined {
  const statements = statementsOf(policy);
  if (statements === undefined) return 'its policy cannot be read';
  for (const statement of statements) {
    if (statement.effect !== 'Allow') continue;
    const kinds = Object.keys(statement.principals);
    if (kinds.some((kind) => kind !== 'Service')) return `it allows ${JSON.stringify(statement.principals)}`;
    const known = conditionKeys(statement).some((key) => SOURCES.includes(key));
    if (!known) return `it allows ${statement.principals['Service']?.join(', ')} on behalf of any account`;
  }
  return undefined;
}
