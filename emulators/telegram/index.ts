/**
 * A stand-in for Telegram: the part of the Bot API that Kite uses, the people on the other side of it, and an
 * operator console to be those people. Kite cannot tell it from Telegram; `TELEGRAM_API_ROOT` points Kite at it.
 *
 *   const telegram = createTelegram({ bots: [{ token: '1001:dev', username: 'kite_dev_bot' }] });
 *
 *   // Mounted in a server (under `mountPath`, '/telegram' unless set otherwise) ...
 *   http.createServer(async (request, response) => {
 *     if (await telegram.handle(request, response)) return;
 *     ...
 *   });
 *   // ... TELEGRAM_API_ROOT is then http://host:port/telegram/api, the console http://host:port/telegram
 *
 *   // or on its own
 *   const { apiRoot, consoleUrl } = await telegram.listen();        // a free port on 127.0.0.1
 *
 *   // Be the people
 *   const olena = telegram.people.user({ firstName: 'Olena' });
 *   const group = telegram.people.group({ title: 'Support', owner: olena.id, kind: 'forum' });   // or supergroup, group
 *   telegram.people.addBot({ chat: group, by: olena.id, bot: 'kite_dev_bot', administrator: true });
 *   telegram.people.send({ chat: group, from: olena.id, text: '/host my_channel' });
 *   const answer = await telegram.message(group, (message) => message.text?.includes('wss://') ?? false);
 *   telegram.people.send({ chat: group, from: olena.id, text: 'Hello!', replyTo: answer.message_id });
 *   telegram.people.topics(group); telegram.people.messages(group, { topic }); telegram.people.press({ ... });
 *
 *   // Wait, break things, look at what was called
 *   await telegram.settled();                                       // every webhook has taken every update
 *   telegram.faults.inject({ method: 'sendMessage', times: 3, fault: { kind: 'tooManyRequests', retryAfter: 1 } });
 *   telegram.calls('setWebhook');
 *
 *   // With npm start: a group to begin with, whose owner hosts a channel by the real command
 *   const demo = ensureDemoGroup(telegram, 'kite_dev_bot');
 *   hostDemoChannel(telegram, demo, 'kite-demo');                   // once the webhook is registered
 *
 *   await telegram.close();
 *
 * See `people.ts` for all that people can do, `faults.ts` for the faults, `TelegramOptions` for the settings.
 */
export { createTelegram, Telegram, type BotDefinition, type TelegramOptions } from './telegram';
export type { CallRecord } from './bot-api';
export type { Fault, FaultPlan } from './faults';
export { TELEGRAM_FLOOD_LIMITS, type FloodLimits } from './flood-control';
export type { AlbumItem, ChatKey, People, Post, TopicView } from './people';
export { ensureDemoGroup, hostDemoChannel, type DemoGroup } from './demo-group';
export { plainPng } from './image';
