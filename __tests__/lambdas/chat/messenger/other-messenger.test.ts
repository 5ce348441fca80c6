import { messageRef } from '../../../../lambdas/chat/model/records';
import type { Incoming, IncomingContent } from '../../../../lambdas/chat/messenger/incoming';
import { MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import { FakeMessenger } from '../fake-messenger';
import { messengerContract, type Group } from './contract';

/** A messenger whose ids are neither numbers nor in an order. */
messengerContract(async (world, forum) => {
  const messenger = new FakeMessenger(() => world.clock.now(), forum);
  const chat = FakeMessenger.chat('support');
  const place = { id: chat, kind: 'group', forum, title: 'Support' } as const;
  const waiting: Incoming[] = [];
  let order = 0;
  const happen = (kind: 'message' | 'edit', message: string, content: IncomingContent, replyTo?: string) => {
    const thread = messenger.messages(chat).find(({ id }) => id === message)?.thread;
    const [sentAt, editedAt] = [world.clock.now(), kind === 'edit' ? world.clock.now() : 0];
    const ref = messageRef(chat, message, thread);
    const update = `$update-${order++}`;
    waiting.push({ kind, update, chat: place, ref, order, ...(replyTo && { replyTo }), sentAt, editedAt, content });
  };
  const presence = (present: boolean) => {
    if (present) messenger.away.delete(chat);
    else messenger.away.add(chat);
    waiting.push({ kind: 'presence', update: `$update-${order++}`, chat: place, present });
  };
  const group: Group = {
    messenger,
    chat,
    updates: async () => waiting.splice(0),
    write(text, { replyTo, thread } = {}) {
      const message = messenger.write(chat, text, thread);
      happen('message', message, { kind: 'text', text }, replyTo);
      return message;
    },
    edit(message, text) {
      messenger.change(chat, message, text);
      happen('edit', message, { kind: 'text', text });
    },
    attach(file, replyTo) {
      const message = messenger.write(chat, '');
      messenger.files.set(message, file);
      const posted = { reference: message, name: 'b.pdf', type: 'application/pdf' };
      happen('message', message, { kind: 'file', file: posted, caption: '' }, replyTo);
    },
    shown: () => messenger.messages(chat).map((message) => ({ ...message, file: messenger.files.get(message.id) })),
    pinned: () => [...(messenger.pinned.get(chat) ?? [])],
    limit: (retryAfter) =>
      void messenger.faults.push({ failure: new MessengerFailure('busy', 'slow down', { retryAfter }), posted: false }),
    remove: () => presence(false),
    add: () => presence(true),
    stop: async () => undefined,
  };
  return group;
});
