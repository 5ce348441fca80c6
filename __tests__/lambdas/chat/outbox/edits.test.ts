import type { Messenger } from '../../../../lambdas/chat/messenger/port';
import { BOT, Stage } from '../../adapters/telegram/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

/** Does something once, in the middle of a call of the messenger, before or after it has done what it was asked for. */
function during(method: 'post' | 'rewrite', when: 'before' | 'after', event: () => Promise<void>): void {
  const call = stage.messenger[method].bind(stage.messenger) as (...args: unknown[]) => Promise<unknown>;
  stage.messenger[method] = (async (...args: unknown[]) => {
    stage.messenger[method] = call as never;
    if (when === 'before') await event();
    const answer = await call(...args);
    if (when === 'after') await event();
    return answer;
  }) as Messenger[typeof method] as never;
}

/** Telegram's updates reach the webhook; the queue is not worked off. */
async function updates(): Promise<void> {
  for (const update of await stage.updates()) await stage.receive(update);
}

async function chatting() {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('Hello');
  await stage.settle();
  const answer = (text: string) => {
    const { message_id: replyTo } = stage.telegram.people.messages(chat).find((each) => each.text?.endsWith('Hello'))!;
    return stage.telegram.people.send({ chat, from: operator, text, replyTo }).message_id;
  };
  const edit = (message: number, text: string) => stage.telegram.people.edit({ chat, message, text });
  const got = () => ann.frames().map(([tag, id, text]) => ({ tag, id, text }));
  return { chat, operator, ann, answer, edit, got };
}

/** A visitor who is in Telegram, with one answer of an operator. */
async function inTelegram() {
  const { chat, operator } = await stage.hosting('my-channel');
  const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
  const here = stage.telegram.people.start({ user, bot: BOT, payload: 'join__my-channel' });
  await stage.settle();
  const says = (text: string) => stage.telegram.people.send({ chat: here, from: user, text }).message_id;
  return { chat, operator, here, user, says };
}

/** What a chat shows after its first `skip` messages, headers cut off. */
const shown = (chat: number | string, skip = 0) =>
  stage
    .texts(chat)
    .slice(skip)
    .map((text) => (text.startsWith('#') ? text.split('\n').slice(1).join('\n') : text));

describe('an operator edits a message', () => {
  test('while it is being pushed: the visitor sees the message, then the edit of the same message', async () => {
    const { answer, edit, got } = await chatting();
    const message = answer('Good mourning');
    const push = stage.world.push.push.bind(stage.world.push);
    stage.world.push.push = async (...args) => {
      stage.world.push.push = push;
      edit(message, 'Good morning');
      await updates();
      return push(...args);
    };
    await stage.settle();
    const frames = got();
    expect(frames.map(({ text }) => text)).toEqual(['Good mourning', 'Good morning']);
    expect(new Set(frames.map(({ id }) => id)).size).toBe(1);
  });

  test('that waits for a visitor who is away: it is shown once, as edited', async () => {
    const { ann, answer, edit } = await chatting();
    stage.world.push.close(ann.connection);
    const message = answer('Good mourning');
    await stage.settle();
    edit(message, 'Good morning');
    await stage.settle();
    const connection = 'ws:back' as const;
    stage.world.push.open(connection);
    await stage.visitors.connect({ connection, protocols: [] });
    await stage.frame(connection, ['JOIN', ann.memberId, 'Ann', 'my-channel']);
    const frames = stage.world.push.frames.get(connection)?.map((frame) => JSON.parse(frame) as unknown[]);
    expect(frames?.map(([tag, , text]) => [tag, text])).toEqual([
      ['OK', undefined],
      ['TXT', 'Good morning'],
    ]);
    expect((await stage.stored()).filter(({ due }) => due)).toEqual([]);
  });

  test.each(['before', 'after'] as const)(
    'while it is posted to a visitor in Telegram (%s the call): they see the edit',
    async (when) => {
      const { chat, operator, here, says } = await inTelegram();
      says('Hello');
      await stage.settle();
      const skip = stage.texts(here).length;
      const replyTo = stage.last(chat).message_id;
      const message = stage.telegram.people.send({ chat, from: operator, text: 'Good mourning', replyTo }).message_id;
      await updates();
      during('post', when, async () => {
        stage.telegram.people.edit({ chat, message, text: 'Good morning' });
        await updates();
      });
      await stage.settle();
      expect(shown(here, skip)).toEqual(['Good morning']);
    },
  );

  test('that waits for a visitor in Telegram: it is posted once, as edited', async () => {
    const { chat, operator, here, says } = await inTelegram();
    says('Hello');
    await stage.settle();
    const skip = stage.texts(here).length;
    const replyTo = stage.last(chat).message_id;
    const message = stage.telegram.people.send({ chat, from: operator, text: 'Good mourning', replyTo }).message_id;
    await updates();
    stage.telegram.people.edit({ chat, message, text: 'Good morning' });
    await updates();
    await stage.settle();
    expect(shown(here, skip)).toEqual(['Good morning']);
    expect(stage.telegram.calls('editMessageText')).toEqual([]);
  });
});

describe('an operator edits a long message', () => {
  test('of which a part has been posted to a visitor in Telegram: the visitor sees the whole edit', async () => {
    const { chat, operator, here, says } = await inTelegram();
    says('Hello');
    await stage.settle();
    const skip = stage.texts(here).length;
    const replyTo = stage.last(chat).message_id;
    const message = stage.telegram.people.send({ chat, from: operator, text: 'short', replyTo }).message_id;
    await updates();
    const [stored] = (await stage.stored()).filter(({ due }) => due);
    const [first, second] = ['a'.repeat(4096), 'and the rest'];
    await stage.world.messages.correct(stored!.conversation, stored!.key, first + second);
    during('post', 'after', async () => {
      stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 5 } });
    });
    const [item] = stage.world.queue.items.splice(0);
    await expect(stage.operators.deliver(item!, 1)).resolves.toMatchObject({ kind: 'retry' });
    expect(shown(here, skip)).toEqual([first]);
    stage.telegram.people.edit({ chat, message, text: 'Good morning' });
    await updates();
    await stage.world.clock.sleep(5000);
    await stage.work(item!);
    await stage.settle();
    expect(shown(here, skip)).toEqual(['Good morning']);
  });
});

describe('a visitor in Telegram edits a message', () => {
  test.each(['before', 'after'] as const)(
    'while it is posted (%s the call): operators see the new text, once',
    async (when) => {
      const { chat, says, here } = await inTelegram();
      const skip = stage.texts(chat).length;
      const message = says('Good mourning');
      await updates();
      during('post', when, async () => {
        stage.telegram.people.edit({ chat: here, message, text: 'Good morning' });
        await updates();
      });
      await stage.settle();
      expect(shown(chat, skip)).toEqual(['Good morning']);
    },
  );

  test('between reading and posting: operators see the new text, by one call', async () => {
    const { chat, says, here } = await inTelegram();
    const skip = stage.texts(chat).length;
    const message = says('Good mourning');
    await updates();
    const attempt = stage.world.messages.attempt.bind(stage.world.messages);
    stage.world.messages.attempt = async (...args) => {
      stage.world.messages.attempt = attempt;
      stage.telegram.people.edit({ chat: here, message, text: 'Good morning' });
      await updates();
      return attempt(...args);
    };
    const calls = stage.telegram.calls('sendMessage').length;
    await stage.settle();
    expect(shown(chat, skip)).toEqual(['Good morning']);
    expect(stage.telegram.calls('sendMessage')).toHaveLength(calls + 1);
    expect(stage.telegram.calls('editMessageText')).toEqual([]);
  });

  test('and back again while it is posted: operators see what it says in the end', async () => {
    const { chat, says, here } = await inTelegram();
    const skip = stage.texts(chat).length;
    const message = says('first');
    await updates();
    during('post', 'before', async () => {
      for (const text of ['second', 'first']) {
        await stage.world.clock.sleep(1000);
        stage.telegram.people.edit({ chat: here, message, text });
        await updates();
      }
    });
    await stage.settle();
    expect(shown(chat, skip)).toEqual(['first']);
  });

  test('while nobody knows whether it was posted: the old text is not left beside the new one', async () => {
    const { chat, says, here } = await inTelegram();
    const skip = stage.texts(chat).length;
    const message = says('Good mourning');
    await updates();
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'serverError' }, afterEffect: true });
    const [item] = stage.world.queue.items.splice(0);
    await expect(stage.operators.deliver(item!, 1)).resolves.toMatchObject({ kind: 'retry' });
    stage.telegram.people.edit({ chat: here, message, text: 'Good morning' });
    await updates();
    await stage.world.clock.sleep(2000);
    await stage.work(item!);
    await stage.settle();
    expect(shown(chat, skip)).toEqual(['Good morning']);
    const original = (await stage.stored()).find(({ content }) => content.kind === 'text');
    expect(original?.content).toEqual({ kind: 'text', text: 'Good morning' });
  });
});
