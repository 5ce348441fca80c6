import { newLease } from '../outbox/lease';
import type { World } from '../ports';
import type { Messenger } from './port';

/** How long one handling of an update may take, milliseconds: API Gateway waits 29 s for it. */
const LEASE = 30_000;

/** What an update came to: `retry` if the same update can succeed later. */
export type Handled = 'handled' | 'retry';

/**
 * Does what an update asks for, unless it has been done. If the task throws, the update may be handled again at
 * once; if the function dies, when the lease is over.
 */
export async function once(
  world: Pick<World, 'messages' | 'clock' | 'random' | 'logger'>,
  messenger: Messenger,
  update: string,
  task: () => Promise<unknown>,
): Promise<Handled> {
  const bot = await messenger.botId();
  const now = world.clock.now();
  const lease = newLease(world, LEASE);
  const claim = await world.messages.claimUpdate(bot, update, lease, now);
  if (claim === 'done') return 'handled';
  if (claim === 'busy') return 'retry';
  try {
    await task();
  } catch (error) {
    await world.messages.releaseUpdate(bot, update, lease).catch((reason: unknown) => {
      world.logger.warn('An update stays claimed until its lease is over', { reason: String(reason) });
    });
    throw error;
  }
  await world.messages.finishUpdate(bot, update);
  return 'handled';
}
