import { HostFailure } from './host';
import type { World } from '../ports';

/** Does something that is welcome and not necessary: if the host refuses it, that is only logged. */
export async function welcome(world: Pick<World, 'logger'>, what: string, deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    world.logger.info(`${what}: not done`, { kind: error.kind, reason: error.message });
  }
}
