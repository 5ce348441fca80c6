import { OPEN_CONVERSATIONS, type Channel, type HostChat } from '../../model/records';
import type { World } from '../../ports';
import { addressOf, NEITHER, NOT_ITS_HOST } from '../answers';
import { shownName } from '../../messenger/header';
import { MessengerFailure } from '../../messenger/port';
import { hasMoreOpen, openHandles } from '../open-conversations';
import { resumeIfSuspended } from '../../outbox/resume';
import { bold, code, joinRich, plain, rich, type RichText } from '../../messenger/rich-text';
import { removalButtons } from '../removal-question';
import { mayConnect } from '../../visitor/admission';
import { chatOfConnection } from '../../model/identifiers';
import { bestEffort } from '../../messenger/failure';
import { requireHost } from './addressed';
import type { Command, CommandContext } from './context';

/** /drop: asks, by buttons. */
export const dropCommand: Command = async (context) => {
  const hostChat = await requireHost(context);
  if (!hostChat) return;
  const { channel } = hostChat;
  await context.say(
    rich`Remove the channel ${bold(channel)} with all its visitors, messages and files? This cannot be undone.`,
    removalButtons({ channel }),
  );
};

/** /info: what this chat is. */
export const infoCommand: Command = async (context) => {
  const { world, hostChat, route, say } = context;
  if (hostChat) {
    const channel = await world.channels.find(hostChat.channel);
    if (channel) {
      // The bot is there: a channel does not stay suspended because that news got lost.
      await resumeIfSuspended(world, hostChat);
      return say(await hostInfo(context, hostChat, channel));
    }
  }
  if (!route.member) return say(NEITHER);
  const member = await world.members.find(route.member);
  const name = member ? rich` as ${bold(shownName(member.name))}` : plain('');
  return say(rich`This chat is a visitor of ${bold(route.member.channel)}${name}. /leave ends it.`);
};

async function hostInfo(context: CommandContext, hostChat: HostChat, channel: Channel): Promise<RichText> {
  const { world } = context;
  const handles = openHandles(hostChat, world.clock.now());
  const members = await Promise.all(handles.map((handle) => world.members.find({ channel: channel.name, handle })));
  const open = members.flatMap((member) => (member ? [rich`#${member.handle} ${shownName(member.name)}`] : []));
  const many = hasMoreOpen(hostChat, world.clock.now());
  const websites = channel.origins.length > 0 ? channel.origins.join(', ') : 'all';
  return joinRich(
    [
      rich`This chat hosts ${bold(channel.name)}.`,
      addressOf(world.settings.websocketUrl, channel),
      plain(`Websites that may use it: ${websites}`),
      ...(await rightsInfo(context)),
      plain(`Open conversations: ${many ? `more than ${OPEN_CONVERSATIONS}` : open.length || 'none'}`),
      ...open,
    ],
    '\n',
  );
}

/** What would work better if the bot had more rights. */
async function rightsInfo({ messenger, message }: CommandContext): Promise<RichText[]> {
  if (message.chat.kind === 'private') return [];
  try {
    const rights = await messenger.rights(message.chat.id);
    const wishes = [
      ...(rights.forum && !rights.manageTopics ? ['manage topics (then every visitor has one)'] : []),
      ...(rights.pinMessages ? [] : ['pin messages (then unanswered ones are pinned)']),
      ...(rights.seeAll ? [] : ['be an administrator (then I see more than replies to me)']),
    ];
    return wishes.length === 0 ? [] : [plain(`I may not: ${wishes.join('; ')}`)];
  } catch (error) {
    if (error instanceof MessengerFailure) return [];
    throw error;
  }
}

/** /origins: shows, sets or lifts the list of websites that may use the channel. */
export const originsCommand: Command = async (context) => {
  const hostChat = await requireHost(context);
  if (!hostChat) return;
  const { world, words, say } = context;
  if (words.length === 0) return say(await currentOrigins(world, hostChat));
  const lifted = words.length === 1 && ['all', 'any', '*', 'none'].includes(words[0]?.toLowerCase() ?? '');
  const origins = lifted ? [] : words.map(parseOrigin);
  const wrong = words.filter((_, i) => !lifted && origins[i] === undefined);
  if (wrong.length > 0 || words.length > 20) {
    return say(
      rich`⛔ A website is written like this: ${code('https://example.com')} (20 at most). Not understood: ${wrong.join(' ')}`,
    );
  }
  const list = [...new Set(origins.filter((origin) => origin !== undefined))];
  const changed = await world.channels.change(hostChat.channel, hostChat.chat, { origins: list });
  if (!changed) return say(NOT_ITS_HOST);
  await closeForeign(world, hostChat, changed);
  return say(originsAre(list));
};

/**
 * Closes the connections of open conversations from websites that are not on the list any more. Others are closed with
 * their next message.
 */
async function closeForeign(
  world: Pick<World, 'members' | 'connections' | 'push' | 'clock' | 'logger'>,
  hostChat: HostChat,
  channel: Channel,
): Promise<void> {
  const handles = openHandles(hostChat, world.clock.now());
  const members = await Promise.all(handles.map((handle) => world.members.find({ channel: channel.name, handle })));
  const ids = members.flatMap((member) => member?.connections ?? []).filter((id) => !chatOfConnection(id));
  const found = await Promise.all(ids.map((id) => world.connections.find(id)));
  const foreign = found.filter((connection) => connection && !mayConnect(channel, connection.origin));
  await Promise.all(
    foreign.map((connection) =>
      bestEffort(world, 'Closing a connection', async () => connection && world.push.disconnect(connection.id)),
    ),
  );
}

async function currentOrigins(world: Pick<World, 'channels'>, { channel }: HostChat): Promise<RichText> {
  const found = await world.channels.find(channel);
  return joinRich(
    [
      originsAre(found?.origins ?? []),
      rich`To change it: ${code('/origins https://example.com')}, or ${code('/origins all')}`,
    ],
    '\n',
  );
}

function originsAre(origins: readonly string[]): RichText {
  if (origins.length === 0) return plain('Every website may use the channel.');
  return plain(`Only these websites may use the channel: ${origins.join(', ')}`);
}

/** An origin as browsers send it: scheme, host and port, in lower case. */
function parseOrigin(word: string): string | undefined {
  if (!/^https?:\/\//i.test(word) || !URL.canParse(word)) return undefined;
  const { origin, pathname, search, hash } = new URL(word);
  return pathname === '/' && search === '' && hash === '' ? origin.toLowerCase() : undefined;
}
