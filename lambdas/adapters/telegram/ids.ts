import { type ChatId } from '../../chat/model/identifiers';
import { messageRef, type MessageRef } from '../../chat/model/records';

/** A 64-bit integer, as Telegram numbers chats, as unsigned base 36: -1 is `3w5e11264sgsf`. */
export function toBase36(value: number | bigint): string {
  return BigInt.asUintN(64, BigInt(value)).toString(36);
}

/** The signed 64-bit integer that {@link toBase36} wrote, or undefined if the text is not one. */
export function fromBase36(text: string): bigint | undefined {
  if (!/^(0|[1-9a-z][0-9a-z]{0,12})$/.test(text)) return undefined;
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36));
  return value < 1n << 64n ? BigInt.asIntN(64, value) : undefined;
}

/** A Telegram chat id as the domain writes it. */
export function chatId(telegramId: number): ChatId {
  return toBase36(telegramId) as ChatId;
}

/** The number that Telegram knows a chat by (52 bits at most, as the Bot API promises). */
export function telegramChatId(chat: ChatId): number {
  return Number(fromBase36(chat) ?? 0n);
}

/** A message of Telegram as the domain writes it: its numbers as decimal text. */
export function refOf(chat: ChatId, message: number, thread?: number): MessageRef {
  return messageRef(chat, String(message), thread === undefined ? undefined : String(thread));
}
