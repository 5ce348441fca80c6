import type { Handle } from '../identifiers';
import { DAY } from '../lifetimes';
import type { HostChat } from '../model';
import type { World } from '../ports';

/** How long after the last message a conversation counts as open, milliseconds. */
export const OPEN_FOR = DAY;

/** How many open conversations a host remembers: with that many, a text that names none can be for nobody. */
const REMEMBERED = 20;

/** The conversations of which an operator may think when addressing none, the latest first. */
export function openHandles({ open }: HostChat, now: number): Handle[] {
  return Object.entries(open)
    .filter(([, at]) => now - Date.parse(at) < OPEN_FOR)
    .sort(([, one], [, other]) => (one < other ? 1 : -1))
    .map(([handle]) => handle as Handle);
}

/** Notes that a conversation is open; forgets those that are not any more, and the oldest if there are too many. */
export async function openConversation(world: World, host: HostChat, handle: Handle, at: string): Promise<void> {
  const known = host.open[handle];
  if (known === undefined || known < at) await world.channels.openConversation(host.chat, handle, at);
  const fresh = openHandles(host, world.clock.now()).filter((other) => other !== handle);
  const kept = new Set<string>([handle, ...fresh.slice(0, REMEMBERED)]);
  for (const old of Object.keys(host.open)) {
    if (!kept.has(old)) await world.channels.closeConversation(host.chat, old as Handle);
  }
}
