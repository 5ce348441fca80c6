import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';

import type { EmulatedAws } from '../../../emulators/aws/account';
import { Queue } from './queue';
import { clientSettings } from './somebody';

/** A mail as SNS delivers it. */
export interface DeliveredMail {
  readonly subject: string;
  readonly text: string;
}

/** Gets what the subscribers of a topic get. */
export class Mailbox {
  private constructor(private readonly queue: Queue) {}

  static async of(aws: EmulatedAws, topicArn: string): Promise<Mailbox> {
    const queue = await Queue.create(aws, 'mailbox');
    await new SNSClient(clientSettings(aws)).send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queue.arn }),
    );
    return new Mailbox(queue);
  }

  /** The mails since it was last asked. */
  async take(): Promise<DeliveredMail[]> {
    return (await this.queue.take()).map((body) => {
      const { Subject, Message } = JSON.parse(body) as { Subject: string; Message: string };
      return { subject: Subject, text: Message };
    });
  }
}
