import { readUpdate } from '../../../../lambdas/adapters/telegram/update';
import { chatId } from '../../../../lambdas/adapters/telegram/ids';
import { createTelegramMessenger } from '../../../../lambdas/adapters/telegram/telegram-messenger';
import { createTelegram } from '../../../../emulators/telegram';
import { messengerContract } from '../../chat/messenger/contract';

const [BOT, TOKEN] = ['kite_test_bot', '123456:test-token'];

/** Telegram, through the adapter, on the emulated Bot API. */
messengerContract(async (world, forum) => {
  const telegram = createTelegram({
    bots: [{ token: TOKEN, username: BOT, privacyMode: false }],
    clock: () => world.clock.now(),
  });
  const { apiRoot } = await telegram.listen();
  const { people } = telegram;
  const operator = people.user({ firstName: 'Olena' }).id;
  const chat = people.group({ title: 'Support', owner: operator, kind: forum ? 'forum' : 'supergroup' });
  const add = () => people.addBot({ chat, by: operator, bot: BOT, administrator: true });
  add();
  const shown = (of: number | string) =>
    people.messages(of).flatMap(({ message_id, text, caption, document, message_thread_id: thread }) =>
      text === undefined && !document
        ? []
        : {
            id: String(message_id),
            text: text ?? caption ?? '',
            thread: thread === undefined ? undefined : String(thread),
            file: document && people.file(document.file_id),
          },
    );
  let seen = 0;
  const messenger = createTelegramMessenger({ secrets: world.secrets, apiRoot });
  return {
    messenger,
    chat: chatId(Number(chat)),
    async updates() {
      const answer = await fetch(`${apiRoot}/bot${TOKEN}/getUpdates?offset=${seen + 1}&timeout=0`);
      const { result } = (await answer.json()) as { result: { update_id: number }[] };
      seen = result.at(-1)?.update_id ?? seen;
      const bot = await messenger.botId();
      return result.flatMap((update) => readUpdate(update, bot) ?? []);
    },
    write: (text, { replyTo, thread } = {}) => {
      const place = { ...(replyTo && { replyTo: Number(replyTo) }), ...(thread && { topic: Number(thread) }) };
      return String(people.send({ chat, from: operator, text, ...place }).message_id);
    },
    edit: (message, text) => void people.edit({ chat, message: Number(message), text }),
    attach: (file, replyTo) => {
      const document = { content: Buffer.from(file), fileName: 'b.pdf', mimeType: 'application/pdf' };
      people.send({ chat, from: operator, document, replyTo: Number(replyTo) });
    },
    shown: () => shown(chat),
    guest: () => {
      const user = people.user({ firstName: 'Tom' }).id;
      const own = people.start({ user, bot: BOT });
      return {
        chat: chatId(user),
        write: (text) => String(people.send({ chat: own, from: user, text }).message_id),
        edit: (message, text) => void people.edit({ chat: own, message: Number(message), text }),
        shown: () => shown(own),
      };
    },
    pinned: () => people.pinned(chat).map(String),
    limit: (retryAfter) =>
      telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter } }),
    remove: () => people.removeBot({ chat, by: operator, bot: BOT }),
    add,
    stop: () => telegram.close(),
  };
});
