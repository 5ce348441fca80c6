import type { Message } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { AwsJsonError, type AwsJsonService } from '../protocol/aws-json';
import type { MessageSource } from '../lambda/queue-poller';
import type { FifoQueue, ReceivedMessage } from './fifo-queue';

const ACCOUNT = '000000000000';

/** The path of a queue's URL: `/000000000000/<name>`. */
export function queuePath(name: string): string {
  return `/${ACCOUNT}/${name}`;
}

/** A queue's ARN. */
export function queueArn(region: string, name: string): string {
  return `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;
}

/** A received message as SQS describes it. */
function sdkMessage(message: ReceivedMessage): Message {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SequenceNumber: message.sequence,
      MessageGroupId: message.group,
      SenderId: ACCOUNT,
      MessageDeduplicationId: message.deduplicationId,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    },
  };
}

/** A queue for a poller. */
export function queueSource(queue: FifoQueue, region: string): MessageSource {
  return {
    arn: queueArn(region, queue.name),
    receive: async (count) => (await queue.receive(count)).map(sdkMessage),
    remove: async (messages) => {
      await Promise.all(messages.map(({ ReceiptHandle = '' }) => queue.delete(ReceiptHandle)));
    },
    hide: async (messages, milliseconds) => {
      await Promise.all(messages.map(({ ReceiptHandle = '' }) => queue.hide(ReceiptHandle, milliseconds)));
    },
    onAvailable: (listener) => queue.onAvailable(listener),
    nextLook: () => (queue.nextVisibleAt === undefined ? undefined : Math.max(1, queue.nextVisibleAt - queue.now())),
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * The part of SQS that functions and developers use, over FIFO queues of this machine.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 *
 * @param origin of the URLs, e.g. `http://localhost:3000`
 */
export function queueService(queues: readonly FifoQueue[], region: string, origin: string): AwsJsonService {
  type Input = Readonly<Record<string, unknown>>;
  const queueOf = (input: Input): FifoQueue => {
    const name = String(input['QueueUrl'] ?? input['QueueName'] ?? '')
      .split('/')
      .at(-1);
    const queue = queues.find((each) => each.name === name);
    if (!queue) throw new AwsJsonError('QueueDoesNotExist', `There is no queue ${name} here.`);
    return queue;
  };
  const send = async (queue: FifoQueue, entry: Input): Promise<object> => {
    const group = required(entry, 'MessageGroupId');
    const deduplicationId = required(entry, 'MessageDeduplicationId');
    const body = required(entry, 'MessageBody');
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    if (Buffer.byteLength(body) > 1024 * 1024) {
      throw new AwsJsonError(
        'InvalidParameterValue',
        'One or more parameters are invalid: a message is at most 1 MiB.',
      );
    }
    const { id, sequence } = await queue.send({ group, deduplicationId, body });
    return { MessageId: id, MD5OfMessageBody: md5(body), SequenceNumber: sequence };
  };
  const batch = async (
    input: Input,
    each: (queue: FifoQueue, entry: Input) => Promise<object>,
  ): Promise<{ Successful: object[]; Failed: object[] }> => {
    const queue = queueOf(input);
    const outcome: { Successful: object[]; Failed: object[] } = { Successful: [], Failed: [] };
    for (const entry of (input['Entries'] as Input[] | undefined) ?? []) {
      try {
        outcome.Successful.push({ Id: entry['Id'], ...(await each(queue, entry)) });
      } catch (error) {
        if (!(error instanceof AwsJsonError)) throw error;
        outcome.Failed.push({ Id: entry['Id'], Code: error.name, Message: error.message, SenderFault: true });
      }
    }
    return outcome;
  };
  const remove = async (queue: FifoQueue, entry: Input): Promise<object> => {
    await queue.delete(required(entry, 'ReceiptHandle'));
    return {};
  };
  const hide = async (queue: FifoQueue, entry: Input): Promise<object> => {
    const seconds = Number(entry['VisibilityTimeout']);
    if (!(seconds >= 0 && seconds <= 43_200)) {
      throw new AwsJsonError('InvalidParameterValue', 'VisibilityTimeout must be from 0 to 43200 seconds.');
    }
    if (!(await queue.hide(required(entry, 'ReceiptHandle'), seconds * 1000))) {
      throw new AwsJsonError('MessageNotInflight', 'The message is not in flight by this receipt handle.');
    }
    return {};
  };

  return {
    targetPrefix: 'AmazonSQS',
    operations: {
      SendMessage: (input) => send(queueOf(input), input),
      SendMessageBatch: (input) => batch(input, send),
      DeleteMessage: (input) => remove(queueOf(input), input),
      DeleteMessageBatch: (input) => batch(input, remove),
      ChangeMessageVisibility: (input) => hide(queueOf(input), input),
      ChangeMessageVisibilityBatch: (input) => batch(input, hide),
      ReceiveMessage: async (input) => {
        const queue = queueOf(input);
        const seconds = input['VisibilityTimeout'];
        const timeout = typeof seconds === 'number' ? seconds * 1000 : undefined;
        const limit = Number(input['MaxNumberOfMessages'] ?? 1);
        const deadline = Date.now() + Number(input['WaitTimeSeconds'] ?? 0) * 1000;
        let received = await queue.receive(limit, timeout);
        while (received.length === 0 && Date.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          received = await queue.receive(limit, timeout);
        }
        return { Messages: received.map(sdkMessage) };
      },
      GetQueueUrl: (input) => ({ QueueUrl: `${origin}${queuePath(queueOf(input).name)}` }),
      ListQueues: () => ({ QueueUrls: queues.map(({ name }) => `${origin}${queuePath(name)}`) }),
      GetQueueAttributes: (input) => {
        const queue = queueOf(input);
        return {
          Attributes: {
            QueueArn: queueArn(region, queue.name),
            FifoQueue: 'true',
            VisibilityTimeout: String(queue.visibilityTimeout / 1000),
            ApproximateNumberOfMessages: String(queue.size - queue.hidden),
            ApproximateNumberOfMessagesNotVisible: String(queue.hidden),
          },
        };
      },
    },
  };

  function required(input: Input, name: string): string {
    const value = input[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new AwsJsonError('MissingParameter', `The request must contain the parameter ${name}.`);
  }
}
