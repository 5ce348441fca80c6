/**
 * A stand-in for Telegram: a part of the Bot API, the people on the other side of it, and an
 * operator console to be those people. A bot needs only its API root changed.
 *
 *   const telegram = createTelegram({ bots: [{ token: '1001:dev', username: 'support_bot' }] });
 *
 *   // Mounted in a server (under `mountPath`, '/telegram' unless set otherwise) ...
 *   http.createServer(async (request, response) => {
 *     if (await telegram.handle(request, response)) return;
 *     ...
 *   });
 *   // ... the API root is then http://host:port/telegram/api, the console http://host:port/telegram
 *
 *   // or on its own
 *   const { apiRoot, consoleUrl } = await telegram.listen();        // a free port on 127.0.0.1
 *
 *   // Be the people
 *   const olena = telegram.people.user({ firstName: 'Olena' });
 *   const group = telegram.people.group({ title: 'Support', owner: olena.id, kind: 'forum' });   // or supergroup, group
 *   telegram.people.addBot({ chat: group, by: olena.id, bot: 'support_bot', administrator: true });
 *   telegram.people.send({ chat: group, from: olena.id, text: '/start' });
 *   const answer = await telegram.message(group, (message) => message.text !== undefined);
 *   telegram.people.send({ chat: group, from: olena.id, text: 'Hello!', replyTo: answer.message_id });
 *   telegram.people.topics(group); telegram.people.messages(group, { topic }); telegram.people.press({ ... });
 *
 *   // Wait, break things, look at what was called
 *   await telegram.settled();                                       // every webhook has taken every update
 *   telegram.faults.inject({ method: 'sendMessage', times: 3, fault: { kind: 'tooManyRequests', retryAfter: 1 } });
 *   telegram.calls('setWebhook');
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
export { plainPng } from './image';
