import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import { ACCOUNT_ID, type EmulatedAws } from '../../../emulators/aws/account';
import { clientSettings } from './somebody';

/** A queue of the test's own in the account, into which something delivers. */
export class Queue {
  private constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
    readonly arn: string,
  ) {}

  static async create(aws: EmulatedAws, name: string): Promise<Queue> {
    const sqs = new SQSClient(clientSettings(aws));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    return new Queue(sqs, QueueUrl, `arn:aws:sqs:${aws.region}:${ACCOUNT_ID}:${name}`);
  }

  /** What has been delivered since it was last asked. */
  async take(): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return bodies;
      for (const { Body = '', ReceiptHandle } of Messages) {
        bodies.push(Body);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle }));
      }
    }
  }
}
