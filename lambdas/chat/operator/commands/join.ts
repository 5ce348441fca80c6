import {
  CHANNEL_NAME_RULE,
  connectionOf,
  connectorOf,
  deriveHandle,
  deriveProof,
  friendlyName,
  parseChannelName,
} from '../../model/identifiers';
import { fileUrl } from '../../files';
import type { Channel, Conversation, Member, Message } from '../../model/records';
import { leaveChat, noteReturn } from '../../membership';
import { MOVED } from '../answers';
import type { JoinReading } from '../command-line';
import { shownName } from '../../messenger/header';
import { bold, code, italic, joinRich, plain, rich, type RichText } from '../../messenger/rich-text';
import { shortened } from '../../messenger/split-text';
import type { Command, CommandContext } from './context';

/** How much of a conversation is shown to a visitor who goes on in Telegram. */
const SHOWN = 10;

/** /join <channel> [<memberId>]: this chat becomes a visitor, or goes on as one that there is. */
export const joinCommand: Command = async (context) => {
  const [name, memberId] = context.words;
  if (name === undefined) return context.say(rich`Which channel? For example: ${code('/join my-website')}`);
  const channel = parseChannelName(name);
  if (!channel) {
    return context.say(rich`⛔ ${bold(shortened(name, 64))} is not the name of a channel: ${CHANNEL_NAME_RULE}.`);
  }
  return joinAs(context, [{ channel, ...(memberId === undefined ? {} : { memberId }) }]);
};

/** Joins by the first reading that names something there is. */
export async function joinAs(context: CommandContext, readings: readonly JoinReading[]): Promise<void> {
  const { world, hostChat, say } = context;
  for (const { channel: name, memberId } of readings) {
    const channel = await world.channels.find(name);
    if (!channel || channel.state === 'dropping') continue;
    if (hostChat) return say(hosting(hostChat.channel));
    if (channel.host === context.message.chat.id) return say(hosting(channel.name));
    return memberId === undefined ? joinNew(context, channel) : goOn(context, channel, memberId);
  }
  const [first] = readings;
  return say(first ? rich`⛔ There is no channel ${bold(first.channel)}.` : plain('⛔ There is no such channel.'));
}

function hosting(channel: string): RichText {
  return rich`⛔ This chat is the host of ${bold(channel)}: a host cannot be a visitor as well.`;
}

/** The chat becomes a visitor of its own. */
async function joinNew(context: CommandContext, channel: Channel): Promise<void> {
  const { world, message, say } = context;
  const { id, title } = message.chat;
  const connector = connectorOf(id);
  const conversation = { channel: channel.name, handle: deriveHandle(channel.handleKey, connector, id) };
  await leaveOther(context, conversation);
  const name = shownName(title) || friendlyName(conversation.handle);
  const outcome = await world.members.attach(conversation, {
    proof: deriveProof(channel.handleKey, connector, id),
    connector,
    name,
    connection: connectionOf(id),
    now: world.clock.now(),
  });
  switch (outcome.kind) {
    case 'attached':
      await world.members.linkChat(id, conversation);
      await noteReturn(world, outcome.before);
      await say(
        rich`✅ You are talking to ${bold(channel.name)}. What you write here goes to its operators. /leave ends it.`,
      );
      return outcome.before && deliverMissed(context, conversation);
    case 'banned':
      return say(plain('⛔ You cannot write to this channel any more.'));
    case 'taken':
    case 'erasing':
    case 'busy':
      return say(plain('⛔ This did not work. Please try again.'));
  }
}

/** A visitor of the website goes on here: their conversation moves to this chat. Knowing the id is being that visitor. */
async function goOn(context: CommandContext, channel: Channel, memberId: string): Promise<void> {
  const { world, message, say } = context;
  const conversation = { channel: channel.name, handle: deriveHandle(channel.handleKey, 'ws', memberId) };
  const proof = deriveProof(channel.handleKey, 'ws', memberId);
  const member = await world.members.find(conversation);
  if (!member || member.proof !== proof) return say(plain('⛔ There is no such visitor.'));
  await leaveOther(context, conversation);
  const outcome = await world.members.attach(conversation, {
    proof,
    connector: 'ws',
    name: member.name,
    connection: connectionOf(message.chat.id),
    now: world.clock.now(),
  });
  if (outcome.kind !== 'attached') return say(plain('⛔ You cannot write to this channel any more.'));
  await world.members.linkChat(message.chat.id, conversation);
  const isNewHere = !outcome.before?.connections.includes(connectionOf(message.chat.id));
  if (isNewHere && member.announcedAt !== '') await world.members.change(conversation, { presence: MOVED });
  await say(conversationSoFar(context, channel, outcome.member, await lastMessages(context, conversation)));
  await deliverMissed(context, conversation);
}

/** The last messages that were said, without those that wait for the visitor: they come anyway. */
async function lastMessages({ world }: CommandContext, conversation: Conversation): Promise<readonly Message[]> {
  for (let limit = SHOWN; ; limit *= 4) {
    const latest = await world.messages.latest(conversation, limit);
    const shown = latest.filter(
      (message) =>
        wordsOf(message, world.settings.apiUrl) !== undefined && !(message.direction === 'to-visitor' && message.due),
    );
    if (shown.length >= SHOWN || latest.length < limit) return shown.slice(-SHOWN);
  }
}

/** What waited for the visitor is due here now. */
function deliverMissed({ world }: CommandContext, conversation: Conversation): Promise<void> {
  return world.queue.send({ kind: 'to-chat', ...conversation, message: `join#${world.clock.now()}` });
}

function conversationSoFar(
  { world }: CommandContext,
  channel: Channel,
  member: Member,
  messages: readonly Message[],
): RichText {
  const lines = messages.flatMap((message) => {
    const words = wordsOf(message, world.settings.apiUrl);
    if (words === undefined) return [];
    const who = message.direction === 'to-host' ? shownName(member.name) : channel.name;
    return [rich`${bold(who)}: ${words}`];
  });
  const head = rich`✅ You go on here with ${bold(channel.name)}. /leave ends it.`;
  if (lines.length === 0) return head;
  return clipped(joinRich([head, italic('The last messages:'), ...lines], '\n'));
}

function wordsOf({ content }: Message, apiUrl: string): string | undefined {
  switch (content.kind) {
    case 'text':
      return shortened(content.text, 300);
    case 'file':
      return `${content.file.name} ${fileUrl(apiUrl, content.file.key)} ${content.caption ?? ''}`.trim();
    case 'correction':
    case 'notice':
      return undefined;
  }
}

/** Ten messages of 300 characters fit; ten long links may not. */
function clipped({ text, marks }: RichText): RichText {
  const limit = 4000;
  if (text.length <= limit) return { text, marks };
  const shown = shortened(text, limit);
  return { text: shown, marks: marks.filter(({ from, length }) => from + length < shown.length) };
}

/** A chat is one visitor at a time. */
async function leaveOther({ world, messenger, route, message }: CommandContext, next: Conversation): Promise<void> {
  const { member } = route;
  if (!member || (member.channel === next.channel && member.handle === next.handle)) return;
  await leaveChat(world, messenger, message.chat.id, member);
}
