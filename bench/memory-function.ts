import { memoryEnvironment } from '../__tests__/lambdas/request-dispatcher/memory-environment';
import { createMemoryWorld, type MemoryWorld } from '../__tests__/memory/world';
import { systemClock, systemRandomness } from '../lambdas/adapters/system';
import { chatId } from '../lambdas/adapters/telegram/ids';
import { DEFAULT_FILE_LIMITS } from '../lambdas/chat/model/file-limits';
import { type ChannelName } from '../lambdas/chat/model/identifiers';
import type { World } from '../lambdas/chat/ports';
import { createRequestDispatcher, type DispatcherHandler } from '../lambdas/request-dispatcher/wiring';

/** The bot token of {@link memoryFunction}. It opens nothing. */
export const MEMORY_TOKEN = '1000000001:telegram-emulator';
/** The group that hosts the channel. */
export const MEMORY_GROUP = -1001234567890;
export const MEMORY_CHANNEL = 'bench-channel' as ChannelName;

const UNUSED = 'http://127.0.0.1:9';
const SETTINGS = {
  stage: 'dev',
  websocketUrl: 'ws://127.0.0.1:9/dev',
  apiUrl: `${UNUSED}/dev`,
  retentionDays: 90,
  fileLimits: DEFAULT_FILE_LIMITS,
};

/** The request dispatcher with stores, queue and pushes that answer at once, and a channel: what is left is Kite. */
export async function memoryFunction(
  overrides: Partial<World> = {},
): Promise<{ readonly world: MemoryWorld; readonly handler: DispatcherHandler }> {
  const world = createMemoryWorld({
    clock: systemClock,
    random: systemRandomness,
    secrets: { botToken: async () => MEMORY_TOKEN },
    settings: SETTINGS,
    ...overrides,
  });
  await world.channels.create({
    name: MEMORY_CHANNEL,
    host: chatId(MEMORY_GROUP),
    handleKey: 'a2V5',
    state: 'active',
    forum: true,
    origins: [],
    messages: 0,
    createdAt: new Date().toISOString(),
  });
  return { world, handler: createRequestDispatcher(memoryEnvironment(SETTINGS, UNUSED, 'ERROR'), world) };
}
