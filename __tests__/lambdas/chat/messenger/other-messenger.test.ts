import { messageRef } from '../../../../lambdas/chat/model/records';
import type { ChatPlace, Incoming, IncomingContent } from '../../../../lambdas/chat/messenger/incoming';
import { MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import { FakeMessenger } from '../fake-messenger';
import { messengerContract, type Group } from './contract';

/** A messenger whose ids are neither numbers nor in an order. */
messengerContract(async (world, forum) => {
  const messenger = new FakeMessenger(() => world.clock.now(), forum);
  const chat = FakeMessenger.chat('support');
  const place: ChatPlace = { id: chat, kind: 'group', forum, title: 'Support' };
  const waiting: Incoming[] = [];
  let order = 0;
  const happen = (at: ChatPlace, message: string, content: IncomingContent, replyTo?: string, editedAt = 0) => {
    const thread = messenger.messages(at.id).find(({ id }) => id === message)?.thread;
    const ref = messageRef(at.id, message, thread);
    const [kind, update, sentAt] = [editedAt ? 'edit' : 'message', `$update-${order++}`, world.clock.now()] as const;
    waiting.push({ kind, update, chat: at, ref, order, ...(replyTo && { replyTo }), sentAt, editedAt, content });
  };
  const write = (at: ChatPlace, text: string, { replyTo, thread }: { replyTo?: string; thread?: string } = {}) => {
    const message = messenger.write(at.id, text, thread);
    happen(at, message, { kind: 'text', text }, replyTo);
    return message;
  };
  const edit = (at: ChatPlace, message: string, text: string) => {
    messenger.change(at.id, message, text);
    happen(at, message, { kind: 'text', text }, undefined, world.clock.now());
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
    write: (text, where) => write(place, text, where),
    edit: (message, text) => edit(place, message, text),
    attach(file, replyTo) {
      const message = messenger.write(chat, '');
      messenger.files.set(message, file);
      const posted = { reference: message, name: 'b.pdf', type: 'application/pdf' };
      happen(place, message, { kind: 'file', file: posted, caption: '' }, replyTo);
    },
    shown: () => messenger.messages(chat).map((message) => ({ ...message, file: messenger.files.get(message.id) })),
    guest() {
      const own: ChatPlace = { id: FakeMessenger.chat('guest'), kind: 'private', forum: false, title: 'Tom' };
      return {
        chat: own.id,
        write: (text) => write(own, text),
        edit: (message, text) => edit(own, message, text),
        shown: () => messenger.messages(own.id),
      };
    },
    pinned: () => [...(messenger.pinned.get(chat) ?? [])],
    limit: (retryAfter) =>
      void messenger.faults.push({ failure: new MessengerFailure('busy', 'slow down', { retryAfter }), posted: false }),
    remove: () => presence(false),
    add: () => presence(true),
    stop: async () => undefined,
  };
  return group;
});
