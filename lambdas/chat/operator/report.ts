import type { QueueItem, QueueOutcome, ReportPlace, World } from '../ports';
import { type Messenger, MessengerFailure, isPassing, type Post } from '../messenger/port';
import { DONE, tryAgain } from '../outbox/poke';

type Report = Extract<QueueItem, { kind: 'report' }>;

/** Tells a chat, through the queue, what became of something that took long. The same `step` again is the same report. */
export function report({ queue }: Pick<World, 'queue'>, told: Omit<Report, 'kind'>): Promise<void> {
  return queue.send({ kind: 'report', ...told });
}

/** Posts a report, as soon as the messenger takes it. */
export function postReport(
  world: Pick<World, 'logger'>,
  messenger: Messenger,
  { place, text }: Report,
  attempt: number,
): Promise<QueueOutcome> {
  return posting(world, attempt, async () => {
    await postAt(messenger, place, { kind: 'text', text });
    return DONE;
  });
}

/** Posts where it was asked for, or, if that topic is not there any more, in the chat. */
export async function postAt(messenger: Messenger, place: ReportPlace, post: Post): Promise<void> {
  const { chat, thread } = place;
  try {
    await messenger.post(chat, post, place);
  } catch (error) {
    const topics = ['topic gone', 'topic closed', 'no forum'];
    if (thread === undefined || !(error instanceof MessengerFailure) || !topics.includes(error.kind)) throw error;
    await messenger.post(chat, post);
  }
}

/** Posts something that somebody waits for. What the messenger does not take now it may take later; what it refuses is logged. */
export async function posting(
  { logger }: Pick<World, 'logger'>,
  attempt: number,
  post: () => Promise<QueueOutcome>,
): Promise<QueueOutcome> {
  try {
    return await post();
  } catch (error) {
    if (!(error instanceof MessengerFailure)) throw error;
    const { kind, message: reason, details } = error;
    if (details.retryAfter !== undefined) return { kind: 'retry', retryAfter: details.retryAfter };
    if (isPassing(error)) return tryAgain(attempt);
    logger.warn('A report could not be posted', { kind, reason });
    return DONE;
  }
}
