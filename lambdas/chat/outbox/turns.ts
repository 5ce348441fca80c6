import type { ChatId } from '../model/identifiers';
import { conversationOf, type Conversation, type HostChat, type Member, type Message } from '../model/records';
import { lineOfMember, weightOf } from '../model/share';
import type { World } from '../ports';

/** What taking turns uses. */
type TurnWorld = Pick<World, 'channels' | 'members' | 'clock'>;

/**
 * From one turn to the next, milliseconds: twenty in a minute are what Telegram takes of a bot in one group, and the queue
 * comes up to a second late (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
 */
const PACE = 3_100;

/** Takes what a message needs of its visitor's share in a host chat, and returns the chat; `later`: it is used up. */
export async function takeShare(
  { channels, clock }: TurnWorld,
  chat: ChatId,
  member: Member,
  { content }: Message,
): Promise<{ readonly kind: 'taken'; readonly host: HostChat | undefined } | Extract<Turn, { kind: 'later' }>> {
  const claim = await channels.claimShare(chat, lineOfMember(member), weightOf(member, content), clock.now());
  return claim && claim.wait > 0 ? later(claim.wait) : { kind: 'taken', host: claim?.host };
}

/** `all`: nobody waits. `one`: it is this visitor's turn, for one message. `later`: in so many seconds. */
export type Turn = { readonly kind: 'all' | 'one' } | { readonly kind: 'later'; readonly seconds: number };

/** Whether nobody waits for a turn in a host chat, and the messenger takes what is posted there. */
export function isQuiet({ blockedUntil, nextTurn }: HostChat, now: number): boolean {
  return blockedUntil <= now && nextTurn <= now;
}

/**
 * Who may be heard in a host chat. Over the messenger's limit the visitors who wait take turns, a message each: nobody keeps out the others by
 * writing much, and nobody asks Telegram in vain. When nobody waits any more, everything goes at once again.
 */
export async function turnOf(world: TurnWorld, chat: HostChat | undefined, member: Member): Promise<Turn> {
  if (!chat) return { kind: 'all' };
  const now = world.clock.now();
  const { turn } = member;
  if (turn === undefined && isQuiet(chat, now)) return { kind: 'all' };
  const blocked = chat.blockedUntil > now;
  if (turn !== undefined && turn > now && turn >= chat.blockedUntil) return later(turn - now);
  if (turn === undefined || blocked) return takeTurn(world, chat, member, Math.max(now, chat.blockedUntil));
  await world.members.change(conversationOf(member), { turn: null });
  return { kind: 'one' };
}

/** The next turn that is free, `earliest` (epoch milliseconds) or later, is this visitor's. */
export async function takeTurn(
  world: TurnWorld,
  { chat }: Pick<HostChat, 'chat'>,
  { channel, handle }: Conversation,
  earliest: number,
): Promise<Extract<Turn, { kind: 'later' }>> {
  const turn = await world.channels.takeTurn(chat, earliest, PACE);
  await world.members.change({ channel, handle }, { turn });
  return later(turn - world.clock.now());
}

function later(milliseconds: number): Extract<Turn, { kind: 'later' }> {
  return { kind: 'later', seconds: Math.max(0, milliseconds) / 1000 };
}
