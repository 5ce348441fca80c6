import { Readable } from 'node:stream';
import type { InputFile } from 'grammy/web';
import type { UserFromGetMe } from 'grammy/types';
import type { ChatId } from '../../chat/model/identifiers';
import { messageRef, type MessageRef } from '../../chat/model/records';
import {
  FETCH_BYTES,
  type Messenger,
  MessengerFailure,
  isPassing,
  type Post,
  type Posted,
  type PostPlace,
  type Reread,
} from '../../chat/messenger/port';
import type { ChatPlace } from '../../chat/messenger/incoming';
import type { FileStream, Secrets } from '../../chat/ports';
import { type BotApi, CALL_SECONDS, createBotApi, TELEGRAM_API_ROOT } from './bot-api';
import { entitiesOf } from './entities';
import { fields, number, text } from './fields';
import { multipartFileName } from './file-name';
import { refOf, telegramChatId } from './ids';
import { messengerFailure } from './messenger-failure';

export interface TelegramMessengerOptions {
  readonly secrets: Secrets;
  readonly apiRoot?: string | undefined;
  /** The longest that a call may take, seconds; a test may want less. @default see CALL_SECONDS */
  readonly seconds?: Readonly<Record<Patience, number>>;
}

/** Telegram, through its Bot API. */
export function createTelegramMessenger(options: TelegramMessengerOptions): Messenger {
  return new TelegramMessenger(options);
}

type Patience = keyof typeof CALL_SECONDS;

class TelegramMessenger implements Messenger {
  readonly #secrets: Secrets;
  readonly #root: string;
  readonly #seconds: NonNullable<TelegramMessengerOptions['seconds']>;
  readonly #apis = new Map<Patience, { readonly token: string; readonly api: Promise<BotApi> }>();
  #self?: { readonly token: string; readonly me: Promise<UserFromGetMe> } | undefined;

  constructor({ secrets, apiRoot, seconds }: TelegramMessengerOptions) {
    this.#secrets = secrets;
    this.#root = (apiRoot ?? TELEGRAM_API_ROOT).replace(/\/+$/, '');
    this.#seconds = seconds ?? CALL_SECONDS;
  }

  async botId(): Promise<string> {
    return (await this.#secrets.botToken()).split(':', 1)[0] ?? '';
  }

  async userName(): Promise<string> {
    return (await this.#me()).username;
  }

  async post(chat: ChatId, content: Post, place: PostPlace = {}): Promise<Posted> {
    const message =
      content.kind === 'text' ? await this.#text(chat, content, place) : await this.#file(chat, content, place);
    const thread = message.is_topic_message ? message.message_thread_id : undefined;
    return {
      ref: refOf(chat, message.message_id, thread),
      forum: 'is_forum' in message.chat && message.chat.is_forum === true,
    };
  }

  async rewrite({ chat, message }: MessageRef, content: Parameters<Messenger['rewrite']>[1]): Promise<void> {
    const id = telegramChatId(chat);
    const entities = entitiesOf(content.text);
    await this.#call('patient', async (api): Promise<unknown> => {
      if (content.kind === 'text') {
        return api.editMessageText(id, Number(message), content.text.text, { entities, ...NO_PREVIEW });
      }
      return api.editMessageCaption(id, Number(message), { caption: content.text.text, caption_entities: entities });
    }).catch((error: unknown) => {
      const unchanged = error instanceof MessengerFailure && error.message.includes('message is not modified');
      if (!unchanged) throw error;
    });
  }

  /** The Bot API cannot read: forwarding a message into its own chat shows it, and the copy is deleted at once. */
  async reread({ chat, message, thread }: MessageRef): Promise<Reread | undefined> {
    const id = telegramChatId(chat);
    const other = { disable_notification: true, ...inTopic(thread) };
    const copy = await this.#call('patient', (api) => api.forwardMessage(id, id, Number(message), other)).catch(
      (error: unknown) => {
        if (error instanceof MessengerFailure && (error.kind === 'refused' || error.kind === 'forbidden'))
          return undefined;
        throw error;
      },
    );
    if (!copy) return undefined;
    await this.remove(refOf(chat, copy.message_id));
    const origin = fields(copy.forward_origin);
    const words = text(copy.text);
    return {
      text: words ?? text(copy.caption) ?? '',
      kind: words === undefined ? 'file' : 'text',
      own: String(number(fields(origin?.['sender_user'])?.['id'])) === (await this.botId()),
      at: (number(origin?.['date']) ?? 0) * 1000,
    };
  }

  /** A bot cannot list a chat's messages, but they are numbered. */
  async earlier({ chat, message, thread }: MessageRef, limit: number): Promise<readonly MessageRef[]> {
    const last = Number(message) - 1;
    return Array.from({ length: Math.min(limit, last) }, (_, i) => messageRef(chat, String(last - i), thread));
  }

  async remove({ chat, message }: MessageRef): Promise<void> {
    await this.#call('patient', (api) => api.deleteMessage(telegramChatId(chat), Number(message))).catch(
      (error: unknown) => {
        const gone = error instanceof MessengerFailure && error.message.includes('message to delete not found');
        if (!gone) throw error;
      },
    );
  }

  async pin({ chat, message }: MessageRef): Promise<void> {
    await this.#call('quick', (api) =>
      api.pinChatMessage(telegramChatId(chat), Number(message), { disable_notification: true }),
    );
  }

  async unpin({ chat, message }: MessageRef): Promise<void> {
    await this.#call('quick', (api) => api.unpinChatMessage(telegramChatId(chat), Number(message), {}));
  }

  async createTopic(chat: ChatId, name: string): Promise<string> {
    const topic = await this.#call('patient', (api) => api.createForumTopic(telegramChatId(chat), name, {}));
    return String(topic.message_thread_id);
  }

  async reopenTopic(chat: ChatId, thread: string): Promise<void> {
    await this.#call('quick', (api) => api.reopenForumTopic(telegramChatId(chat), Number(thread)));
  }

  async acknowledge(press: string, words?: string): Promise<void> {
    await this.#call('quick', (api) => api.answerCallbackQuery(press, words ? { text: words } : {}));
  }

  async rights(chat: ChatId) {
    const id = telegramChatId(chat);
    const bot = Number(await this.botId());
    const [group, membership] = await Promise.all([
      this.#call('quick', (api) => api.getChat(id)),
      this.#call('quick', (api) => api.getChatMember(id, bot)),
    ]);
    const own = fields(membership);
    const all = fields(fields(group)?.['permissions']);
    const may = (right: string) => own?.['status'] === 'creator' || (own?.[right] ?? all?.[right]) === true;
    const isPrivate = group.type === 'private';
    const administrator = own?.['status'] === 'administrator' || own?.['status'] === 'creator';
    return {
      forum: fields(group)?.['is_forum'] === true && !isPrivate,
      manageTopics: may('can_manage_topics'),
      pinMessages: isPrivate || may('can_pin_messages'),
      seeAll: isPrivate || administrator || (await this.#me()).can_read_all_group_messages === true,
    };
  }

  async mayWrite({ id, kind }: ChatPlace, person: ChatId): Promise<boolean> {
    if (kind === 'private') return id === person;
    const [chat, user] = [telegramChatId(id), telegramChatId(person)];
    const known = await Promise.all([
      this.#call('quick', (api) => api.getChat(chat)),
      this.#call('quick', (api) => api.getChatMember(chat, user)),
    ]).catch((error: unknown) => {
      if (error instanceof MessengerFailure && !isPassing(error)) return [];
      throw error;
    });
    const [group, own] = known.map(fields);
    const status = own?.['status'];
    if (status === 'creator' || status === 'administrator') return true;
    const present = status === 'member' || (status === 'restricted' && own?.['is_member'] === true);
    const all = fields(group?.['permissions']);
    // In a Telegram channel only administrators write.
    return kind === 'group' && present && (own?.['can_send_messages'] ?? all?.['can_send_messages']) === true;
  }

  /** The URL holds the token: it is used here and nowhere named. */
  async fetchFile(reference: string): Promise<FileStream> {
    const { file_path: path } = await this.#call('quick', (api) => api.getFile(reference));
    const token = await this.#secrets.botToken();
    const signal = AbortSignal.timeout(this.#seconds.file * 1000);
    const response = await fetch(`${this.#root}/file/bot${token}/${path}`, { signal }).catch(cutOff);
    if (!response.ok) {
      await letGo(response);
      const kind = response.status >= 500 ? 'unreachable' : 'refused';
      throw new MessengerFailure(kind, `Telegram answered ${response.status} for a file`);
    }
    const size = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
    const file = size === null ? await collected(response) : { size: Number(size), pieces: piecesOf(response) };
    if (file.size > FETCH_BYTES) {
      await letGo(response);
      throw new MessengerFailure('refused', 'A file from Telegram is too big');
    }
    return file;
  }

  /** Asked once per instance and token, and only when somebody wants to know: a command names a bot, for instance. */
  async #me(): Promise<UserFromGetMe> {
    const token = await this.#secrets.botToken();
    if (this.#self?.token !== token) {
      const self = { token, me: this.#call('quick', (api) => api.getMe()) };
      self.me.catch(() => {
        if (this.#self === self) this.#self = undefined;
      });
      this.#self = self;
    }
    return this.#self.me;
  }

  #text(chat: ChatId, { text: words, buttons }: Extract<Post, { kind: 'text' }>, place: PostPlace) {
    const keyboard = buttons?.map(({ label, action }) => ({ text: label, callback_data: action }));
    const other = {
      ...placing(place),
      ...NO_PREVIEW,
      entities: entitiesOf(words),
      ...(keyboard ? { reply_markup: { inline_keyboard: [keyboard] } } : {}),
    };
    return this.#call('patient', (api) => api.sendMessage(telegramChatId(chat), words.text, other));
  }

  /** JPEG and PNG as photos, as long as Telegram takes them; MP4 as a video; everything else as it is. */
  async #file(chat: ChatId, post: Extract<Post, { kind: 'file' }>, place: PostPlace) {
    const { InputFile: File } = await import('grammy/web');
    const id = telegramChatId(chat);
    const { body } = post;
    const name = multipartFileName(post.name);
    const other = { ...placing(place), caption: post.text.text, caption_entities: entitiesOf(post.text) };
    /** Reads the file anew for each call, and lets go of what a call has not read. */
    const send = <T>(method: (api: BotApi, file: InputFile) => Promise<T>) =>
      this.#call('file', async (api) => {
        const source = body instanceof Uint8Array ? undefined : body()[Symbol.asyncIterator]();
        try {
          return await method(api, new File(source ? { [Symbol.asyncIterator]: () => source } : body, name));
        } finally {
          void source?.return?.().catch(() => undefined);
        }
      });
    const asDocument = () =>
      send((api, file) => api.sendDocument(id, file, { ...other, disable_content_type_detection: true }));
    if (post.type === 'video/mp4') return send((api, file) => api.sendVideo(id, file, other));
    if (post.type !== 'image/jpeg' && post.type !== 'image/png') return asDocument();
    return send((api, file) => api.sendPhoto(id, file, other)).catch((error: unknown) => {
      if (error instanceof MessengerFailure && error.kind === 'refused') return asDocument();
      throw error;
    });
  }

  /** Telegram does nothing by a wrong token, so that the same call may be made again by the right one. */
  async #call<T>(patience: Patience, method: (api: BotApi) => Promise<T>): Promise<T> {
    const token = await this.#secrets.botToken();
    try {
      return await this.#callBy(token, patience, method);
    } catch (error) {
      if (!(error instanceof MessengerFailure) || error.kind !== 'unauthorized') throw error;
      // The token may have been changed since this instance read it.
      await this.#secrets.renew?.();
      const renewed = await this.#secrets.botToken();
      if (renewed === token) throw error;
      return await this.#callBy(renewed, patience, method);
    }
  }

  async #callBy<T>(token: string, patience: Patience, method: (api: BotApi) => Promise<T>): Promise<T> {
    const api = await this.#api(token, patience);
    try {
      return await method(api);
    } catch (error) {
      throw messengerFailure(error);
    }
  }

  #api(token: string, patience: Patience): Promise<BotApi> {
    const known = this.#apis.get(patience);
    if (known?.token === token) return known.api;
    const made = { token, api: createBotApi(token, this.#root, this.#seconds[patience]) };
    made.api.catch(() => {
      if (this.#apis.get(patience) === made) this.#apis.delete(patience);
    });
    this.#apis.set(patience, made);
    return made.api;
  }
}

/** A file that Telegram does not say the size of. */
async function collected(response: Response): Promise<FileStream> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of piecesOf(response)) {
    size += piece.length;
    if (size > FETCH_BYTES) break;
    pieces.push(piece);
  }
  return { size, pieces: Readable.from(pieces) };
}

async function* piecesOf({ body }: Response): AsyncIterable<Uint8Array> {
  try {
    if (body) yield* body;
  } catch {
    cutOff();
  }
}

/** Ends a download that nobody reads. */
async function letGo({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => undefined);
}

function cutOff(): never {
  throw new MessengerFailure('unreachable', 'A file could not be fetched from Telegram');
}

/** Addresses in what visitors write are not visited by Telegram. */
const NO_PREVIEW = { link_preview_options: { is_disabled: true } };

function inTopic(thread: string | undefined): { message_thread_id?: number } {
  return thread === undefined ? {} : { message_thread_id: Number(thread) };
}

function placing(place: PostPlace) {
  return {
    ...inTopic(place.thread),
    ...(place.replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: Number(place.replyTo), allow_sending_without_reply: true } }),
    ...(place.silent ? { disable_notification: true } : {}),
  };
}
