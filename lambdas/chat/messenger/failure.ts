import type { Message } from '../model/records';
import type { World } from '../ports';
import { traceOf } from '../trace';
import { MessengerFailure } from './port';

/**
 * Best effort: a failure of the messenger is logged, and that is all. True: it is done.
 */
export async function bestEffort(
  world: Pick<World, 'logger'>,
  what: string,
  task: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await task();
    return true;
  } catch (error) {
    if (!(error instanceof MessengerFailure)) throw error;
    world.logger.info(`${what}: not done`, { kind: error.kind, reason: error.message });
    return false;
  }
}

/** Logs that a delivery failed for the `attempt`th time. The saved query `message` finds the line by its handle. */
export function logUndelivered(
  world: Pick<World, 'logger'>,
  {
    message,
    failure,
    attempt,
  }: { readonly message: Message; readonly failure: MessengerFailure; readonly attempt: number },
): void {
  const { kind, message: reason } = failure;
  world.logger.warn('A message could not be delivered', { ...traceOf(message), kind, reason, attempt });
}
