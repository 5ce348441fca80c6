import type { HostChat } from './model/records';
import type { QueueItem, QueueOutcome, Route, World } from './ports';
import { NEITHER } from './operator/answers';
import { parseCommandLine, type CommandLine } from './operator/command-line';
import { isForParticipants, knownCommand, type CommandName } from './operator/command-list';
import { commands } from './operator/commands';
import { answer } from './operator/commands/context';
import { deliverToChat } from './outbox/to-messenger-visitor';
import { deliverToHost } from './outbox/to-messenger';
import { bestEffort } from './messenger/failure';
import { receiveFromHost, receiveHostEdit } from './operator/reply';
import { receiveFromMember, receiveMemberEdit } from './visitor/from-messenger';
import type { Messenger } from './messenger/port';
import type { Incoming, IncomingMessage } from './messenger/incoming';
import { once, type Handled } from './messenger/once';
import { receiveMigration, receivePresence } from './operator/presence';
import { receivePress } from './operator/press';
import { continueDropping, continueErasing } from './operator/removal';
import { unpin } from './outbox/pin';
import { continueExporting } from './operator/export';
import { postReport } from './operator/report';
import { continueResuming, resumeIfSuspended } from './outbox/resume';
import { plain } from './messenger/rich-text';
import { answersOf } from './messenger/answers-of-a-minute';
import { ANSWERS_PER_CHAT } from './model/limits';

/** The operators' side of the chat, free of Telegram's formats. Unexpected errors are thrown. */
export interface OperatorDomain {
  receive(incoming: Incoming): Promise<Handled>;
  deliver(item: QueueItem, attempt: number): Promise<QueueOutcome>;
}

export function createOperatorDomain(world: World, messenger: Messenger): OperatorDomain {
  return {
    receive: (incoming) => receive(world, messenger, incoming),
    deliver: (item, attempt) => deliver(world, messenger, item, attempt),
  };
}

async function deliver(world: World, messenger: Messenger, item: QueueItem, attempt: number): Promise<QueueOutcome> {
  switch (item.kind) {
    case 'to-host':
      return deliverToHost(world, messenger, { channel: item.channel, handle: item.handle }, attempt);
    case 'to-chat':
      return deliverToChat(world, messenger, { channel: item.channel, handle: item.handle }, attempt);
    case 'unpin':
      return unpin(world, messenger, item, attempt);
    case 'drop':
      return continueDropping(world, item);
    case 'erase':
      return continueErasing(world, item);
    case 'export':
      return continueExporting(world, messenger, item, attempt);
    case 'report':
      return postReport(world, messenger, item, attempt);
    case 'resume':
      return continueResuming(world, item);
    case 'to-visitor':
      throw new Error('Items for visitors belong to the visitors’ side');
  }
}

async function receive(world: World, messenger: Messenger, incoming: Incoming): Promise<Handled> {
  switch (incoming.kind) {
    case 'message':
      return receiveMessage(world, messenger, incoming);
    case 'edit':
      return receiveEdit(world, messenger, incoming);
    case 'press':
      return once(world, messenger, incoming.update, () => receivePress(world, messenger, incoming));
    case 'presence':
      return once(world, messenger, incoming.update, () => receivePresence(world, messenger, incoming));
    case 'migration':
      return once(world, messenger, incoming.update, () => receiveMigration(world, incoming.from, incoming.to));
  }
}

async function receiveMessage(world: World, messenger: Messenger, message: IncomingMessage): Promise<Handled> {
  const { chat, ref, replyTo, content, update } = message;
  const line = content.kind === 'text' ? parseCommandLine(content.text) : undefined;
  if (line?.addressee !== undefined && !(await isMe(messenger, line.addressee))) return 'handled';
  const found = await world.routes.route(chat.id, { replyTo, thread: ref.thread });
  const hosts = isHost(world, found);
  // The delivery of an operator's text is prepared meanwhile.
  const meanwhile = content.kind === 'text' && !line && !found.member;
  const hostChat = meanwhile || (await hosts) ? found.host : undefined;
  const route = hostChat ? await withHeader(world, found, message, hostChat) : found;
  // A stranger who floods the bot is not answered each time, and what they ask for is not done.
  const isStranger = !hostChat && (line !== undefined || (!route.member && chat.kind === 'private'));
  if (isStranger && answersOf(world).count(`answer ${chat.id}`, world.clock.now()) > ANSWERS_PER_CHAT) return 'handled';
  if (line) return receiveCommand(world, messenger, { message, route, hostChat, line });
  if (hostChat) {
    if (hostChat.away) await resumeIfSuspended(world, hostChat);
    return receiveFromHost(world, messenger, message, hostChat, route, hosts);
  }
  if (route.member) return receiveFromMember(world, messenger, message, route.member);
  // A group that has nothing to do with Kite gets no answer.
  if (chat.kind !== 'private') return 'handled';
  return once(world, messenger, update, () =>
    bestEffort(world, 'Answering', () => answer(world, messenger, message, NEITHER)),
  );
}

/**
 * A quick answer comes before it is written down whose message it answers; the header of that message says it too, as
 * long as there is such a visitor.
 */
async function withHeader(world: World, found: Route, message: IncomingMessage, host: HostChat): Promise<Route> {
  const { replyToHeader: handle, replyTo } = message;
  if (found.reply || handle === undefined || replyTo === undefined) return found;
  const conversation = { channel: host.channel, handle };
  if (!(await world.members.find(conversation))) return found;
  return { ...found, reply: { ...conversation, message: `posted#${host.chat}#${replyTo}` } };
}

/** An edited command is not run again, and an edited message is not sent again. */
async function receiveEdit(world: World, messenger: Messenger, message: IncomingMessage): Promise<Handled> {
  const { chat, ref } = message;
  const route = await world.routes.route(chat.id, { replyTo: ref.message });
  if (route.host && (await isHost(world, route))) return receiveHostEdit(world, message, route.host, route.reply);
  if (route.member) return receiveMemberEdit(world, messenger, message, route.member);
  return 'handled';
}

async function isMe(messenger: Messenger, name: string): Promise<boolean> {
  return (await messenger.userName()).toLowerCase() === name.toLowerCase();
}

/** Whether the chat really is a host: it may have been one, or a /host may have been cut off. */
function isHost({ channels }: Pick<World, 'channels'>, { host }: Route): Promise<boolean> {
  const asked = host ? channels.find(host.channel).then((channel) => channel?.host === host.chat) : false;
  const answer = Promise.resolve(asked);
  // Who waits for the answer hears of a failure.
  answer.catch(() => undefined);
  return answer;
}

interface Call {
  readonly message: IncomingMessage;
  readonly route: Route;
  readonly hostChat: HostChat | undefined;
  readonly line: CommandLine;
}

/**
 * Somebody gave a command: to this bot, or to whichever bot knows it. An unknown command is not a message
 * either: a typo must not reach a visitor.
 */
async function receiveCommand(world: World, messenger: Messenger, call: Call): Promise<Handled> {
  const { message, route, hostChat, line } = call;
  const command = knownCommand(line.name);
  const forUs = line.addressee !== undefined || message.chat.kind === 'private';
  const participant = hostChat !== undefined || route.member !== undefined;
  if (command) {
    // It may have been meant for another bot of a group that has nothing to do with us.
    if (!forUs && !participant && isForParticipants(command)) return 'handled';
    return once(world, messenger, message.update, () => run(world, messenger, call, command));
  }
  const addressed = hostChat && (route.topic ?? route.reply);
  if (!forUs && !addressed) return 'handled';
  const words = `I do not know /${line.name}; nobody got it. /help lists my commands.`;
  return once(world, messenger, message.update, () => answer(world, messenger, message, plain(words)));
}

async function run(
  world: World,
  messenger: Messenger,
  { message, route, hostChat, line }: Call,
  command: CommandName,
): Promise<void> {
  await commands[command]({
    world,
    messenger,
    message,
    words: line.words,
    route,
    hostChat,
    say: (text, buttons) => answer(world, messenger, message, text, buttons),
  });
}
