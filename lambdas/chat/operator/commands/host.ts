import { CHANNEL_NAME_RULE, parseChannelName } from '../../model/identifiers';
import type { Channel } from '../../model/records';
import { addressOf } from '../answers';
import { MessengerFailure } from '../../messenger/port';
import { resumeIfSuspended } from '../../outbox/resume';
import { bold, code, joinRich, plain, rich, type RichText } from '../../messenger/rich-text';
import { shortened } from '../../messenger/split-text';
import type { Command, CommandContext } from './context';

/** /host <channel>: this chat becomes the host of a channel that is made for it. */
export const hostCommand: Command = async (context) => {
  const { world, message, words, route, say, hostChat } = context;
  const [given] = words;
  if (given === undefined) {
    return say(rich`Which channel? For example: ${code('/host my-website')}. The rule: ${CHANNEL_NAME_RULE}.`);
  }
  const name = parseChannelName(given);
  if (!name) return say(rich`⛔ ${bold(shortened(given, 64))} cannot be the name of a channel: ${CHANNEL_NAME_RULE}.`);
  if (hostChat && hostChat.channel !== name) return say(alreadyHosting(hostChat.channel));
  if (route.member) {
    return say(rich`⛔ This chat is a visitor of ${bold(route.member.channel)}. Leave it first: /leave`);
  }
  const forum = await isForum(context);
  const channel: Channel = {
    name,
    host: message.chat.id,
    handleKey: Buffer.from(world.random.bytes(32)).toString('base64url'),
    state: 'active',
    forum,
    origins: [],
    messages: 0,
    createdAt: new Date(world.clock.now()).toISOString(),
  };
  switch (await world.channels.create(channel)) {
    case 'created':
      return say(
        joinRich([rich`✅ This chat hosts ${bold(name)} now.`, addressOf(world.settings.websocketUrl, channel)], '\n'),
      );
    case 'already hosting': {
      const back = hostChat !== undefined && (await resumeIfSuspended(world, hostChat));
      const answer = back
        ? rich`✅ This chat hosts ${bold(name)} again. Messages that waited arrive now.`
        : alreadyHosting(hostChat?.channel ?? name);
      return say(joinRich([answer, addressOf(world.settings.websocketUrl, channel)], '\n'));
    }
    case 'name taken':
      return say(rich`⛔ The name ${bold(name)} is taken. Choose another.`);
  }
};

function alreadyHosting(channel: string): RichText {
  return rich`⛔ This chat hosts ${bold(channel)} already. One chat hosts one channel; /drop removes it.`;
}

/** Says at once what would be missed only when the first visitor writes. */
async function isForum({ messenger, message, say }: CommandContext): Promise<boolean> {
  if (message.chat.kind === 'private') return false;
  try {
    const rights = await messenger.rights(message.chat.id);
    if (rights.forum && !rights.manageTopics) {
      await say(
        plain('This group has topics on. Make me an administrator who may manage topics, then every visitor gets one.'),
      );
    } else if (!rights.seeAll) {
      await say(plain('I see replies to my messages only. Make me an administrator to see everything written here.'));
    }
    return rights.forum;
  } catch (error) {
    if (error instanceof MessengerFailure) return message.chat.forum;
    throw error;
  }
}
