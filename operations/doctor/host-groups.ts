import { ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { tableName } from '../../constructs/storage/table-schemas';
import { TelegramRefusal, type BotApi } from '../../lambdas/adapters/telegram/bot-api';
import { telegramChatId } from '../../lambdas/adapters/telegram/ids';
import type { ChatId } from '../../lambdas/chat/model/identifiers';
import type { AwsAccess } from './aws-access';

/** A chat that hosts a channel, and what the bot may do there. */
export interface HostGroup {
  readonly channel: string;
  /** Its title, or its number if Telegram does not tell. */
  readonly title: string;
  readonly forum: boolean;
  /** `private`: the host is one person. `away`: the bot is not in the group; `reason` says it in Telegram's words. */
  readonly place: 'administrator' | 'member' | 'private' | 'away';
  readonly rights: { readonly manageTopics: boolean; readonly pin: boolean; readonly delete: boolean };
  readonly reason?: string;
}

/** More channels than this are not looked at: Telegram takes so many calls a second. */
export const MOST_GROUPS = 20;

/** How far the table is read, items. */
const MOST_ITEMS = 1000;

const NO_RIGHTS = { manageTopics: false, pin: false, delete: false };

/** The groups that host the channels of a stage. Throws what the SDK and the Bot API throw. */
export async function hostGroupsOf(props: {
  readonly aws: AwsAccess;
  readonly stage: string;
  readonly bot: BotApi;
  readonly botId: number;
}): Promise<readonly HostGroup[]> {
  const channels = await channelsOf(props.aws, props.stage);
  return Promise.all(channels.slice(0, MOST_GROUPS).map(async (channel) => groupOf(props.bot, props.botId, channel)));
}

interface ChannelHost {
  readonly channel: string;
  readonly host: ChatId;
}

/** Items named `channel#<name>` that have not ended. */
async function channelsOf({ dynamodb }: AwsAccess, stage: string): Promise<readonly ChannelHost[]> {
  const { Items = [] } = await dynamodb.send(
    new ScanCommand({
      TableName: tableName(stage, 'Channels'),
      Limit: MOST_ITEMS,
      FilterExpression: 'begins_with(id, :channel) AND attribute_exists(#host) AND expiresAt > :now',
      ProjectionExpression: 'id, #host',
      ExpressionAttributeNames: { '#host': 'host' },
      ExpressionAttributeValues: {
        ':channel': { S: 'channel#' },
        ':now': { N: String(Math.floor(Date.now() / 1000)) },
      },
    }),
  );
  return Items.map(channelOf).sort((one, other) => one.channel.localeCompare(other.channel));
}

function channelOf(item: Record<string, AttributeValue>): ChannelHost {
  return { channel: (item['id']?.S ?? '').slice('channel#'.length), host: (item['host']?.S ?? '') as ChatId };
}

async function groupOf(bot: BotApi, botId: number, { channel, host }: ChannelHost): Promise<HostGroup> {
  const id = telegramChatId(host);
  try {
    const [chat, member] = await Promise.all([bot.getChat(id), bot.getChatMember(id, botId)]);
    const { title, type, is_forum: forum = false } = chat;
    const there = { channel, title: title ?? String(id), forum: forum && type !== 'private' };
    if (type === 'private') return { ...there, place: 'private', rights: NO_RIGHTS };
    switch (member.status) {
      case 'administrator':
        return {
          ...there,
          place: 'administrator',
          rights: {
            manageTopics: member.can_manage_topics === true,
            pin: member.can_pin_messages === true,
            delete: member.can_delete_messages,
          },
        };
      case 'member':
      case 'restricted':
        return { ...there, place: 'member', rights: NO_RIGHTS };
      default:
        return { ...there, place: 'away', rights: NO_RIGHTS, reason: `the bot is "${member.status}" there` };
    }
  } catch (error) {
    if (!(error instanceof TelegramRefusal) || (error.code !== 400 && error.code !== 403)) throw error;
    return { channel, title: String(id), forum: false, place: 'away', rights: NO_RIGHTS, reason: error.description };
  }
}
