import type { Member, Message } from '../model/records';
import type { QueueOutcome, World } from '../ports';
import { bestEffort, logUndelivered } from '../messenger/failure';
import { headerOf } from '../messenger/header';
import type { Messenger, MessengerFailure } from '../messenger/port';
import { plain } from '../messenger/rich-text';
import { waitFor } from './another-turn';
import { backOff } from './back-off';
import { linkParts, type Part } from './parts';
import type { Target } from './sides';
import { forgetTopic } from './topic';
import { takeTurn } from './turns';

/** What went wrong with a message, for the `attempt`th time. */
interface Trouble extends Target {
  readonly failure: MessengerFailure;
  readonly attempt: number;
}

/** An answer to the queue; or another turn at once, possibly with other parts. */
export type Remedy = QueueOutcome | { readonly parts?: readonly Part[] };

/** What a failure calls for: another turn at once (possibly with other parts), or an answer to the queue. */
export async function remedyFor(world: World, messenger: Messenger, trouble: Trouble): Promise<Remedy> {
  const { channel, member, place, message, failure, attempt } = trouble;
  const { kind, details } = failure;
  logUndelivered(world, trouble);
  switch (kind) {
    case 'busy': {
      const until = world.clock.now() + (details.retryAfter ?? 5) * 1000;
      await world.channels.blockHost(channel.host, until);
      const { seconds } = await takeTurn(world, { chat: channel.host }, message.conversation, until);
      return waitFor(world, 'to-host', message.conversation, seconds, attempt);
    }
    case 'unreachable':
    case 'uncertain':
    case 'unauthorized':
      return { kind: 'retry', retryAfter: backOff(attempt) };
    case 'gone':
      await world.channels.suspend(channel.name, channel.host);
      return {};
    case 'migrated':
      if (details.migratedTo) await world.channels.moveHost(channel.host, details.migratedTo);
      return {};
    case 'topic gone':
      if (place.thread !== undefined) await forgetTopic(world, channel, member, place.thread);
      return {};
    case 'topic closed': {
      const { thread } = place;
      if (thread !== undefined)
        await bestEffort(world, 'Reopening a topic', () => messenger.reopenTopic(channel.host, thread));
      return {};
    }
    case 'no forum':
      await world.channels.change(channel.name, { forum: false });
      return {};
    case 'forbidden':
    case 'refused':
      return substitute(world, member, message, failure, attempt);
  }
}

/** A file that the host does not take becomes a link; a text that it does not take is named. Nothing waits for ever. */
function substitute(
  world: World,
  member: Member,
  message: Message,
  failure: MessengerFailure,
  attempt: number,
): Remedy {
  const parts = linkParts(world, member, message);
  if (parts) return { parts };
  if (failure.kind === 'forbidden') return { kind: 'retry', retryAfter: backOff(attempt) };
  const words = `${headerOf(member)}\n⚠️ A message of this visitor could not be shown here. /export has it.`;
  return { parts: [{ kind: 'text', words, load: async () => ({ kind: 'text', text: plain(words) }) }] };
}
