import { badRequest } from '../bot-api-error';
import { MEDIA_KINDS } from '../media';
import type { MessageBody, MessageRecord } from '../state';
import { readCaption, readText } from '../text';
import type { Call, Method } from '../world';
import { readDestination, readMarkup } from './destination';

function edit(call: Call, change: (record: MessageRecord) => MessageBody): unknown {
  const { world, bot, parameters } = call;
  const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
  const record = chat.messages.get(parameters.integer('message_id') ?? 0);
  if (!record) throw badRequest('message to edit not found');
  if (record.fromId !== bot.id) throw badRequest("message can't be edited");
  const body = JSON.parse(JSON.stringify(change(record))) as MessageBody;
  if (JSON.stringify(sorted(body)) === JSON.stringify(sorted(record.body))) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  }
  world.messages.edit(chat, record, body);
  return world.messages.render(record);
}

const sorted = (body: MessageBody): [string, unknown][] => Object.entries(body).sort(([a], [b]) => a.localeCompare(b));

function withoutMarkup({ reply_markup: _, ...body }: MessageBody): MessageBody {
  return body;
}

function source({ world, bot, parameters }: Call, action: string): MessageRecord {
  const chat = world.chats.forBot(bot, parameters.integer('from_chat_id'));
  const record = chat.messages.get(parameters.integer('message_id') ?? 0);
  if (!record) throw badRequest(`message to ${action} not found`);
  if (record.body.text === undefined && !MEDIA_KINDS.some((kind) => kind in record.body)) {
    throw badRequest(`message can't be ${action === 'copy' ? 'copied' : 'forwarded'}`);
  }
  return record;
}

export const messageMethods: Readonly<Record<string, Method>> = {
  sendMessage: (call) => {
    const { chat, envelope, markup } = readDestination(call);
    const record = call.world.messages.post(chat, { ...envelope, body: { ...readText(call.parameters), ...markup } });
    return call.world.messages.render(record);
  },

  editMessageText: (call) =>
    edit(call, (record) => {
      if (record.body.text === undefined) throw badRequest('there is no text in the message to edit');
      return {
        ...withoutMarkup(record.body),
        entities: undefined,
        ...readText(call.parameters),
        ...readMarkup(call.parameters),
      };
    }),

  editMessageCaption: (call) =>
    edit(call, (record) => {
      if (!MEDIA_KINDS.some((kind) => kind in record.body))
        throw badRequest('there is no caption in the message to edit');
      const blank = { caption: undefined, caption_entities: undefined };
      return {
        ...withoutMarkup(record.body),
        ...blank,
        ...readCaption(call.parameters),
        ...readMarkup(call.parameters),
      };
    }),

  editMessageReplyMarkup: (call) =>
    edit(call, (record) => ({ ...withoutMarkup(record.body), ...readMarkup(call.parameters) })),

  deleteMessage: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    const record = chat.messages.get(parameters.integer('message_id') ?? 0);
    if (!record) throw badRequest('message to delete not found');
    const own = record.fromId === bot.id;
    if (
      !own &&
      chat.type !== 'private' &&
      !(world.chats.isAdministrator(chat, bot.id) && world.chats.may(chat, bot.id, 'can_delete_messages'))
    ) {
      throw badRequest("message can't be deleted");
    }
    world.messages.remove(chat, record.id);
    return true;
  },

  forwardMessage: (call) => {
    const { world } = call;
    const { chat, envelope } = readDestination(call);
    const record = source(call, 'forward');
    const body: MessageBody = {
      ...withoutMarkup(record.body),
      forward_origin: { type: 'user', sender_user: world.chats.user(record.fromId), date: record.date },
    };
    return world.messages.render(world.messages.post(chat, { ...envelope, body }));
  },

  copyMessage: (call) => {
    const { world, parameters } = call;
    const { chat, envelope, markup } = readDestination(call);
    const { forward_origin: _, ...body } = withoutMarkup(source(call, 'copy').body);
    const caption = parameters.has('caption') ? { caption_entities: undefined, ...readCaption(parameters) } : {};
    const copy = world.messages.post(chat, { ...envelope, body: { ...body, ...caption, ...markup } });
    return { message_id: copy.id };
  },

  pinChatMessage: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    const record = chat.messages.get(parameters.integer('message_id') ?? 0);
    if (!record) throw badRequest('message to pin not found');
    if (!world.chats.may(chat, bot.id, 'can_pin_messages')) {
      throw badRequest('not enough rights to manage pinned messages in the chat');
    }
    if (chat.pinned.at(-1) === record.id) return true;
    world.messages.pin(chat, record, bot.id, true);
    return true;
  },

  unpinChatMessage: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    const id = parameters.integer('message_id') ?? chat.pinned.at(-1);
    if (!world.chats.may(chat, bot.id, 'can_pin_messages')) {
      throw badRequest('not enough rights to manage pinned messages in the chat');
    }
    if (id === undefined || !chat.messages.has(id)) throw badRequest('message to unpin not found');
    world.messages.unpin(chat, id);
    return true;
  },

  unpinAllChatMessages: ({ world, bot, parameters }) => {
    const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
    chat.pinned = [];
    world.changed(chat);
    return true;
  },

  /** Typing notices are checked for their chat and not shown. */
  sendChatAction: ({ world, bot, parameters }) => {
    world.chats.forBot(bot, parameters.integer('chat_id'));
    return true;
  },
};
