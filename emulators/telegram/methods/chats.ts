import { badRequest } from '../bot-api-error';
import { membershipChanged } from '../memberships';
import type { Method } from '../world';

const permissions = (type: 'group' | 'supergroup'): Record<string, boolean> => ({
  can_send_messages: true,
  can_send_audios: true,
  can_send_documents: true,
  can_send_photos: true,
  can_send_videos: true,
  can_send_video_notes: true,
  can_send_voice_notes: true,
  can_send_polls: true,
  can_send_other_messages: true,
  can_add_web_page_previews: true,
  can_change_info: false,
  can_invite_users: true,
  can_pin_messages: type === 'group',
  can_manage_topics: false,
});

export const chatMethods: Readonly<Record<string, Method>> = {
  getMe: ({ world, bot }) => ({
    ...world.chats.user(bot.id),
    can_join_groups: true,
    can_read_all_group_messages: !bot.privacyMode,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  }),

  getChat: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    const last = chat.pinned.at(-1);
    const pinned = last === undefined ? undefined : chat.messages.get(last);
    return {
      ...world.chats.toChat(chat),
      accent_color_id: Math.abs(chat.id) % 7,
      max_reaction_count: 11,
      accepted_gift_types: {
        unlimited_gifts: false,
        limited_gifts: false,
        unique_gifts: false,
        premium_subscription: false,
        gifts_from_channels: false,
      },
      ...(chat.type === 'private' ? {} : { permissions: permissions(chat.type) }),
      ...(pinned ? { pinned_message: world.messages.render(pinned, false) } : {}),
    };
  },

  getChatMember: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    const userId = parameters.integer('user_id') ?? 0;
    if (!world.state.users.has(userId)) throw badRequest('invalid user_id specified');
    if (!chat.members.has(userId)) throw badRequest('user not found');
    return world.chats.toMember(world.chats.membership(chat, userId), chat);
  },

  getChatAdministrators: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    if (chat.type === 'private') throw badRequest('there are no administrators in the private chat');
    return [...chat.members.values()]
      .filter(({ userId }) => world.chats.isAdministrator(chat, userId))
      .filter(({ userId }) => userId === bot.id || !world.chats.user(userId).is_bot)
      .map((membership) => world.chats.toMember(membership, chat));
  },

  getChatMemberCount: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    return [...chat.members.keys()].filter((userId) => world.chats.isIn(chat, userId)).length;
  },

  leaveChat: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    if (chat.type === 'private') throw badRequest("chat member status can't be changed in private chats");
    membershipChanged(world, chat, { userId: bot.id, byId: bot.id, status: 'left' });
    return true;
  },

  answerCallbackQuery: ({ world, bot, parameters }) => {
    const answered = world.callbacks.answer(bot.id, parameters.text('callback_query_id') ?? '', {
      text: parameters.text('text'),
      alert: parameters.flag('show_alert'),
      url: parameters.text('url'),
    });
    if (!answered) throw badRequest('query is too old and response timeout expired or query ID is invalid');
    return true;
  },

  setMyCommands: ({ world, bot, parameters }) => {
    bot.commands = parameters.objects('commands').map((item) => {
      const command = item.text('command')?.replace(/^\//, '') ?? '';
      const description = item.text('description') ?? '';
      if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
      if (description.length < 1 || description.length > 256) throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
      return { command, description };
    });
    world.changed();
    return true;
  },

  getMyCommands: ({ bot }) => bot.commands,

  deleteMyCommands: ({ world, bot }) => {
    bot.commands = [];
    world.changed();
    return true;
  },
};
