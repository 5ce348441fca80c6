import type { Telegram } from '../../local/telegram';
import { Visitor } from './visitor';

/** A bot, the group it is in, and the operator who writes there. */
export interface Support {
  readonly telegram: Telegram;
  readonly group: number;
  readonly operator: number;
}

/** A group with this bot that hosts a channel, made as a person makes it. */
export async function hostChannel(telegram: Telegram, bot: string, channel: string): Promise<Support> {
  const operator = telegram.people.user({ firstName: 'Olena' }).id;
  const group = telegram.people.group({ title: `Support by ${bot}`, owner: operator, kind: 'supergroup' });
  telegram.people.addBot({ chat: group, by: operator, bot, administrator: true });
  telegram.people.send({ chat: group, from: operator, text: `/host ${channel}` });
  await telegram.message(group, ({ text }) => text?.includes(`?c=${channel}`) ?? false, 30_000);
  return { telegram, group, operator };
}

/** Opens a connection and joins a channel. */
export async function join(url: string, channel: string, memberId: string, name: string): Promise<Visitor> {
  const visitor = await Visitor.connect(`${url}?c=${channel}`);
  const answer = await visitor.ask(['JOIN', memberId, name, channel]);
  if (answer !== '["OK"]') throw new Error(`JOIN was answered ${answer}`);
  return visitor;
}

/** The visitor writes, the operator reads it in the group and replies, the visitor reads the reply. */
export async function chatBothWays(
  visitor: Visitor,
  support: Support,
  words: { question: string; answer: string },
): Promise<void> {
  const { telegram, group, operator } = support;
  visitor.send(['TXT', `id of ${words.question}`, words.question, new Date().toISOString()]);
  await visitor.frame('ACK', ([, id]) => id === `id of ${words.question}`);
  const question = await telegram.message(group, ({ text }) => text?.includes(words.question) ?? false, 30_000);
  telegram.people.send({ chat: group, from: operator, text: words.answer, replyTo: question.message_id });
  await visitor.frame('TXT', ([, , text]) => text === words.answer);
}
