import type { Telegram } from '../emulators/telegram';

/** The group of a new Telegram emulator. */
export interface DemoGroup {
  /** The group's id. */
  readonly chat: number;
  /** The operator who owns it. */
  readonly owner: number;
}

const TITLE = 'Kite support';

/** The channel that the demo website opens. */
export const DEMO_CHANNEL = 'kite-demo';

/**
 * A group with topics, two operators and the bot as an administrator; the one that is there, if there is any group
 * with this bot.
 */
export function ensureDemoGroup(telegram: Telegram, bot: string): DemoGroup {
  const { people } = telegram;
  const known = people.chats().find(({ chat, bots }) => chat.type !== 'private' && bots.includes(bot));
  if (known) return { chat: known.chat.id, owner: people.owner(known.key) };
  const [
    olena = people.user({ firstName: 'Olena', lastName: 'Koval' }),
    taras = people.user({ firstName: 'Taras', lastName: 'Melnyk' }),
  ] = people.users();
  const chat = people.group({ title: TITLE, owner: olena.id, kind: 'forum', members: [taras.id] });
  people.addBot({ chat, by: olena.id, bot, administrator: true });
  return { chat, owner: olena.id };
}

/**
 * Lets the owner of the demo group write `/host <channel>`, unless it was written there before. The bot answers
 * with a message.
 */
export function hostDemoChannel(telegram: Telegram, group: DemoGroup, channel: string): void {
  const text = `/host ${channel}`;
  if (telegram.people.messages(group.chat).some((message) => message.text === text)) return;
  telegram.people.send({ chat: group.chat, from: group.owner, text });
}
