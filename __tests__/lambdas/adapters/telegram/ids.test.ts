import { chatId, fromBase36, telegramChatId, toBase36 } from '../../../../lambdas/adapters/telegram/ids';

describe('Telegram ids are written as unsigned 64-bit base 36', () => {
  test.each([
    [0, '0'],
    [36, '10'],
    [123456789, '21i3v9'],
    [5000000000, '2aovcow'],
    [-1, '3w5e11264sgsf'],
    [-1001234567890, '3w5e0oa7jkvu6'],
  ])('%d is %s and back', (id, text) => {
    expect(toBase36(id)).toBe(text);
    expect(fromBase36(text)).toBe(BigInt(id));
    expect(telegramChatId(chatId(id))).toBe(id);
  });

  test.each(['', '00', 'A', '-1', '3w5e11264sgsg', 'zzzzzzzzzzzzzz', '1 '])('%j is not such an id', (text) => {
    expect(fromBase36(text)).toBeUndefined();
  });
});
