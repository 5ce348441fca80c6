import type { World } from '../ports';
import { HostFailure } from './host';

/**
 * Does something that is welcome and not necessary: if the host does not do it, that is only logged. True: it is done.
 */
export async function welcome(
  world: Pick<World, 'logger'>,
  what: string,
  deed: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await deed();
    return true;
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    world.logger.info(`${what}: not done`, { kind: error.kind, reason: error.message });
    return false;
  }
}
