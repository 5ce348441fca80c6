import type { Message } from 'grammy/types';
import type { ChatView, ConsoleView } from '../view-types';
import { readFile, type Client } from './client';
import type { Place } from './place';

/** What a person sends. */
export interface Content {
  readonly text?: string;
  readonly files?: readonly File[];
  readonly sticker?: string;
}

/**
 * What the operator does in Telegram. What cannot be done is said to them and gives undefined; what was done and gives
 * nothing is null.
 */
export class Tasks {
  constructor(
    private readonly client: Client,
    private readonly me: () => number | undefined,
    private readonly say: (text: string) => void,
  ) {}

  /** Adds an operator to all groups; gives their id. */
  async addOperator(name: string, view: ConsoleView | undefined): Promise<number | undefined> {
    const user = (await this.act('user', { firstName: name })) as { id: number } | undefined;
    if (!user) return undefined;
    for (const { key, type, migratedTo } of view?.chats ?? []) {
      if (type !== 'private' && migratedTo === undefined) await this.act('join', { chat: key, user: user.id });
    }
    return user.id;
  }

  /** Opens a group with the first bot as its administrator. */
  async createGroup(title: string, kind: string, view: ConsoleView | undefined): Promise<Place | undefined> {
    const chat = await this.act('group', { title, owner: this.me(), kind });
    if (typeof chat !== 'number') return undefined;
    const [bot] = view?.bots ?? [];
    if (bot) await this.act('addBot', { chat: String(chat), by: this.me(), bot: bot.username, administrator: true });
    return { chat: String(chat) };
  }

  /** Turns a group's topics on or off; it may become another chat. */
  async setForum({ key }: ChatView, forum: boolean): Promise<Place | undefined> {
    const chat = await this.act('setForum', { chat: key, by: this.me(), forum });
    return typeof chat === 'number' ? { chat: String(chat) } : undefined;
  }

  async createTopic({ chat }: Place, name: string): Promise<Place | undefined> {
    const topic = await this.act('createTopic', { chat, by: this.me(), name });
    return typeof topic === 'number' ? { chat, topic } : undefined;
  }

  async renameTopic({ chat, topic }: Place, name: string): Promise<void> {
    await this.act('renameTopic', { chat, topic, by: this.me(), name });
  }

  async setTopicClosed({ chat, topic }: Place, closed: boolean): Promise<void> {
    await this.act('setTopicClosed', { chat, topic, by: this.me(), closed });
  }

  async deleteTopic({ chat, topic }: Place): Promise<void> {
    await this.act('deleteTopic', { chat, topic, by: this.me() });
  }

  /** Begins a private chat with a bot. */
  async start(bot: string): Promise<void> {
    await this.act('start', { user: this.me(), bot });
  }

  async send({ chat, topic }: Place, { text, files = [], sticker }: Content, replyTo?: Message): Promise<unknown> {
    const content = async (): Promise<object> => ({
      chat,
      from: this.me(),
      ...(topic === undefined ? {} : { topic }),
      ...(replyTo ? { replyTo: replyTo.message_id } : {}),
      ...(text ? { text } : {}),
      ...(sticker ? { sticker } : {}),
      ...(files.length > 0 ? { files: await Promise.all(files.map(readFile)) } : {}),
    });
    return await this.act('send', content());
  }

  async edit({ chat }: Place, { message_id: message }: Message, text: string): Promise<unknown> {
    return await this.act('edit', { chat, message, text });
  }

  async remove({ chat }: Place, { message_id: message }: Message): Promise<void> {
    await this.act('remove', { chat, message });
  }

  async setPinned({ chat }: Place, { message_id: message }: Message, pinned: boolean): Promise<void> {
    await this.act(pinned ? 'pin' : 'unpin', { chat, by: this.me(), message });
  }

  /** Presses a button below a message; what the bot answers is said. */
  async press({ chat }: Place, { message_id: message }: Message, button: string): Promise<void> {
    const answer = (await this.act('press', { chat, from: this.me(), message, button })) as
      { text?: string } | null | undefined;
    if (answer?.text) this.say(answer.text);
  }

  private async act(action: string, fields: object | Promise<object>): Promise<unknown> {
    try {
      return await this.client.act(action, await fields);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
