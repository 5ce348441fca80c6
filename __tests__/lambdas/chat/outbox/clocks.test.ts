import { chatIn } from '../../../../lambdas/chat/model/identifiers';
import { messageRef } from '../../../../lambdas/chat/model/records';
import { MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import type { Incoming, IncomingMessage } from '../../../../lambdas/chat/messenger/incoming';
import { CHANNEL, ChatFixture, GROUP, type Instance } from '../chat-fixture';

/** A function instance whose clock is so many milliseconds ahead. */
function ahead({ world, messenger }: ChatFixture, milliseconds: number): Instance {
  const clock = { now: () => world.clock.now() + milliseconds, sleep: (time: number) => world.clock.sleep(time) };
  return { world: { ...world, clock }, messenger };
}

/** A visitor who has said something that the operators have. */
async function chatting() {
  const fixture = await new ChatFixture().start();
  const connection = await fixture.open('visitor-one');
  await fixture.join(connection, 'visitor-one');
  await fixture.say(connection, 'q', 'question');
  await fixture.settle();
  return { fixture, connection, question: fixture.messenger.messages(GROUP).at(-1)!.id };
}

describe('the clocks of two function instances differ by two minutes', () => {
  test('a message that Telegram took without an answer is not shown twice', async () => {
    const { fixture, connection } = await chatting();
    await fixture.say(connection, 'm', 'only once');
    await fixture.world.clock.sleep(1_000);
    const item = fixture.world.queue.items.shift()!;
    fixture.messenger.faults.push({ failure: new MessengerFailure('uncertain', 'no answer'), posted: true });
    expect(await fixture.deliver(item, 1, ahead(fixture, 60_000))).toMatchObject({ kind: 'retry' });
    await fixture.world.clock.sleep(2_000);
    await fixture.deliver(item, 2, ahead(fixture, -60_000));
    await fixture.settle();
    expect(fixture.shown().filter((text) => text === 'only once')).toHaveLength(1);
  });

  test('a visitor who comes back gets what operators wrote in the order in which they wrote it', async () => {
    const { fixture, connection, question } = await chatting();
    await fixture.close(connection);
    for (const [text, clock] of [
      ['one', 60_000],
      ['two', -60_000],
      ['three', 0],
    ] as const) {
      await fixture.receive(fixture.written(text, { replyTo: question }), ahead(fixture, clock));
      await fixture.world.clock.sleep(1_000);
    }
    await fixture.join(await fixture.open('visitor-one'), 'visitor-one');
    await fixture.settle();
    expect(fixture.texts('visitor-one')).toEqual(['one', 'two', 'three']);
  });

  test.each([
    ['seconds apart', 1_000, 60_000],
    ['within a second', 1, 117],
  ])('and with the last of several edits, %s', async (_, pause, skew) => {
    const { fixture, connection, question } = await chatting();
    await fixture.close(connection);
    const written = fixture.written('first', { replyTo: question }) as IncomingMessage;
    await fixture.receive(written);
    const edits = [
      ['second', skew],
      ['third', -skew],
    ] as const;
    fixture.world.clock.time = Math.ceil(fixture.world.clock.time / 1_000) * 1_000 + 500;
    for (const [i, [text, clock]] of edits.entries()) {
      await fixture.world.clock.sleep(pause);
      const editedAt = Math.floor(fixture.world.clock.now() / 1_000) * 1_000;
      const content = { kind: 'text', text } as const;
      const edit: Incoming = {
        ...written,
        kind: 'edit',
        update: `edit ${i}`,
        order: written.order + i,
        editedAt,
        content,
      };
      await fixture.receive(edit, ahead(fixture, clock));
    }
    await fixture.join(await fixture.open('visitor-one'), 'visitor-one');
    await fixture.settle();
    expect(fixture.texts('visitor-one').at(-1)).toBe('third');
  });

  test('a delivery that goes on later is not taken for the one before it', async () => {
    const { fixture, connection } = await chatting();
    await fixture.say(connection, 'm', 'hello');
    const item = fixture.world.queue.items.shift()!;
    // Both clocks are behind: the message seems to be from the future. The second shows the time that the first showed.
    const began = fixture.world.clock.now();
    await fixture.deliver(item, 1, ahead(fixture, -40_000));
    const passed = fixture.world.clock.now() - began;
    await fixture.deliver(item, 1, ahead(fixture, -40_000 - passed));
    const [first, second] = fixture.world.queue.items;
    expect(second).toMatchObject({ kind: 'to-host' });
    expect(second).not.toEqual(first);
  });

  test('operators get what a visitor in Telegram wrote in that order', async () => {
    const fixture = await new ChatFixture().start();
    const chat = chatIn('mx', 'ann');
    let order = 0;
    const write = async (text: string, clock: number) => {
      const message = fixture.messenger.write(chat, text);
      await fixture.receive(
        {
          kind: 'message',
          update: `update ${order}`,
          chat: { id: chat, kind: 'private', forum: false, title: 'Ann' },
          ref: messageRef(chat, message),
          order: order++,
          sentAt: fixture.world.clock.now(),
          editedAt: 0,
          content: { kind: 'text', text },
        },
        ahead(fixture, clock),
      );
      await fixture.world.clock.sleep(1_000);
    };
    await write(`/join ${CHANNEL}`, 0);
    await write('one', 60_000);
    await write('two', -60_000);
    await fixture.world.clock.sleep(120_000);
    await fixture.settle();
    expect(fixture.shown()).toEqual(['one', 'two']);
  });
});

test('a visitor who was away sees no earlier version of a message that was edited twice', async () => {
  const { fixture, connection, question } = await chatting();
  const written = fixture.written('first', { replyTo: question }) as IncomingMessage;
  await fixture.receive(written);
  await fixture.close(connection);
  for (const text of ['second', 'third']) {
    await fixture.world.clock.sleep(1_000);
    const editedAt = fixture.world.clock.now();
    await fixture.receive({ ...written, kind: 'edit', update: text, editedAt, content: { kind: 'text', text } });
  }
  await fixture.join(await fixture.open('visitor-one'), 'visitor-one');
  await fixture.settle();
  expect(fixture.texts('visitor-one')).toEqual(['first', 'third']);
});
