import { answerQueue, type QueueTargets } from '../../lambdas/adapters/lambda-events/queue';
import type { FifoQueue, ReceivedMessage } from '../../emulators/aws/sqs/fifo-queue';
import type { VirtualClock } from './virtual-clock';

/** Messages in one event, as `constructs/function/delivery-queue.ts` has it. */
const BATCH = 10;

/** What Lambda did. */
export interface PollerCount {
  invocations: number;
  /** Milliseconds. */
  longest: number;
}

/**
 * Lambda's event source mapping in virtual time: every group that has something is worked on at once, each by one function,
 * which answers as the deployed one does.
 */
export class Poller {
  readonly count: PollerCount = { invocations: 0, longest: 0 };
  private nextLook = Infinity;
  private looking = false;
  private lookAgain = false;
  private stopped = false;

  constructor(
    private readonly queue: FifoQueue,
    private readonly clock: VirtualClock,
    private readonly targets: Pick<QueueTargets, 'deliver' | 'onError'>,
  ) {
    queue.onAvailable(() => void this.look());
  }

  /** Takes nothing more. */
  stop(): void {
    this.stopped = true;
  }

  private async look(): Promise<void> {
    this.lookAgain = true;
    if (this.looking) return;
    this.looking = true;
    while (this.lookAgain && !this.stopped) {
      this.lookAgain = false;
      for (;;) {
        const batch = await this.clock.really(() => this.queue.receive(BATCH));
        if (batch.length === 0) break;
        void this.invoke(batch);
      }
    }
    this.looking = false;
    this.wake();
  }

  private async invoke(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queue, clock, targets } = this;
    const begun = clock.now();
    const { batchItemFailures } = await answerQueue(
      {
        Records: batch.map((message) => ({
          eventSource: 'aws:sqs',
          messageId: message.id,
          receiptHandle: message.receipt,
          body: message.body,
          attributes: { ApproximateReceiveCount: String(message.receiveCount), MessageGroupId: message.group },
        })),
      },
      {
        ...targets,
        now: () => clock.now(),
        delay: async (receipt, seconds) => {
          await clock.really(() => queue.hide(receipt, seconds * 1000));
        },
        onNotHidden: (error) => {
          throw error;
        },
      },
    );
    this.count.invocations++;
    this.count.longest = Math.max(this.count.longest, clock.now() - begun);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = batch.filter(({ id }) => !failed.has(id));
    await clock.really(() => Promise.all(done.map(({ receipt }) => queue.delete(receipt))));
    void this.look();
  }

  private wake(): void {
    const at = this.queue.nextVisibleAt;
    if (this.stopped || at === undefined || at >= this.nextLook) return;
    this.nextLook = at;
    void this.clock.until(at).then(() => {
      if (this.nextLook === at) this.nextLook = Infinity;
      return this.look();
    });
  }
}
