import { chatId } from '../../../../lambdas/adapters/telegram/ids';
import { DAY } from '../../../../lambdas/chat/model/lifetimes';
import type { Conversation } from '../../../../lambdas/chat/model/records';
import { DOCUMENT_BYTES } from '../../../../lambdas/chat/operator/export';
import { BOT, Stage } from '../../adapters/telegram/stage';

let stage: Stage;
let operator: number;
let chat: number;
let conversation: Conversation;

/** A visitor known to the operators, in a group that hosts a channel. */
async function start(kind: 'supergroup' | 'forum' = 'supergroup'): Promise<void> {
  stage = await new Stage().start();
  ({ chat, operator } = await stage.hosting('my-channel', kind));
  await (await stage.visitor('my-channel', 'Ann')).say('text 0');
  await stage.settle();
  conversation = stage.onlyConversation();
}
afterEach(() => stage.stop());

/** So many more messages, of 4 KB each. */
async function write(count: number, first = 1): Promise<void> {
  for (let i = first; i < first + count; i++) {
    stage.world.clock.time += 1;
    const at = new Date(stage.world.clock.now()).toISOString();
    const content = { kind: 'text', text: `text ${i} `.padEnd(4096, 'x') } as const;
    const more = { conversation, key: `v#${i}`, direction: 'to-host', content, at, order: i, due: false } as const;
    await stage.world.messages.put(more);
  }
}

/** Gives the command; what follows is in the queue. */
async function ask(more: object = {}): Promise<void> {
  stage.telegram.people.send({ chat, from: operator, text: `/export@${BOT} #${conversation.handle}`, ...more });
  for (const update of stage.updates()) await stage.receive(update);
}

/** What was posted as files. */
function documents() {
  return stage.telegram.people.messages(chat).flatMap(({ document, caption, message_thread_id: topic }) => {
    if (!document) return [];
    const body = stage.telegram.people.file(document.file_id)!;
    const { messages, ...about } = JSON.parse(body.toString());
    const numbers = (messages as { text: string }[]).map(({ text }) => Number(text.split(' ')[1]));
    return [{ name: document.file_name!, caption: caption!, topic, about, numbers, bytes: body.byteLength }];
  });
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a long conversation comes as documents of bounded size, read and posted by the queue, each message once', async () => {
  await start();
  await write(4500);
  const history = jest.spyOn(stage.world.messages, 'history');
  await ask();
  expect(history).not.toHaveBeenCalled();
  await stage.settle();
  const posted = documents();
  expect(posted.map(({ caption }) => caption)).toEqual([
    expect.stringMatching(/^#[a-z0-9]{12} Ann: messages 1 to 1,\d\d\d, part 1$/),
    expect.stringMatching(/^#[a-z0-9]{12} Ann: messages 1,\d\d\d to 3,\d\d\d, part 2$/),
    expect.stringMatching(/^#[a-z0-9]{12} Ann: messages 3,\d\d\d to 4,501, part 3, the last$/),
  ]);
  expect(posted.map(({ name }) => name)).toEqual(
    [1, 2, 3].map((part) => `my-channel-${conversation.handle}-${part}.json`),
  );
  expect(posted.map(({ about }) => [about.part, about.last])).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ]);
  expect(posted.flatMap(({ numbers }) => numbers)).toEqual(upTo(4501));
  for (const { bytes } of posted) expect(bytes).toBeLessThan(DOCUMENT_BYTES + 1000);
});

test('messages that have expired but are still stored are left out, and an export among nothing else ends', async () => {
  await start();
  await write(3000);
  stage.world.clock.time += 91 * DAY;
  await stage.visitor('my-channel', 'Ann', 'member-0');
  stage.world.messages.messages.put('x', {} as never);
  await ask();
  await stage.settle();
  expect(documents().map(({ caption, numbers }) => [caption, numbers])).toEqual([
    [`#${conversation.handle} Ann: 0 messages`, []],
  ]);
});

test('what has no time left goes on with the next item of the queue', async () => {
  await start();
  await write(4000);
  const history = stage.world.messages.history.bind(stage.world.messages);
  jest.spyOn(stage.world.messages, 'history').mockImplementation(async (...args) => {
    stage.world.clock.time += 5000;
    return history(...args);
  });
  await ask();
  const items = stage.world.queue.items;
  for (let runs = 0; items.length > 0; runs++) {
    const began = stage.world.clock.now();
    await stage.work(items.shift()!);
    expect(stage.world.clock.now() - began).toBeLessThanOrEqual(10_000);
    expect(runs).toBeLessThan(10);
  }
  expect(documents().flatMap(({ numbers }) => numbers)).toEqual(upTo(4001));
});

test('a function that dies after having posted a document posts that one again, and no other', async () => {
  await start();
  await write(4500);
  await ask();
  const send = stage.world.queue.send.bind(stage.world.queue);
  const first = stage.world.queue.items.shift()!;
  jest.spyOn(stage.world.queue, 'send').mockRejectedValueOnce(new Error('killed'));
  await expect(stage.operators.deliver(first, 1)).rejects.toThrow('killed');
  stage.world.queue.send = send;
  await stage.work(first);
  await stage.settle();
  expect(documents().map(({ about }) => about.part)).toEqual([1, 1, 2, 3]);
  const [, ...whole] = documents();
  expect(whole.flatMap(({ numbers }) => numbers)).toEqual(upTo(4501));
});

test('over Telegram’s limit, and while Telegram is away, it waits and goes on', async () => {
  await start();
  await write(4500);
  await ask();
  stage.telegram.faults.inject({ method: 'sendDocument', fault: { kind: 'tooManyRequests', retryAfter: 40 } });
  stage.telegram.faults.inject({ method: 'sendDocument', fault: { kind: 'serverError' } });
  await stage.settle();
  expect(documents().map(({ about }) => about.part)).toEqual([1, 2, 3]);
  expect(stage.waits).toContain(40);
});

test('it is posted in the topic where it was asked for, or in the group if that topic is gone meanwhile', async () => {
  await start('forum');
  const [topic] = stage.telegram.people.topics(chat);
  await ask({ topic: topic!.id });
  await stage.settle();
  await ask({ topic: topic!.id });
  stage.telegram.people.deleteTopic({ chat, topic: topic!.id });
  await stage.settle();
  expect(documents().at(-1)).toMatchObject({ topic: undefined, numbers: [0] });
});

test('it ends when the visitor is erased meanwhile, and says so', async () => {
  await start();
  await write(4500);
  await ask();
  await stage.work(stage.world.queue.items.shift()!);
  await stage.world.members.remove(conversation);
  await stage.settle();
  expect(documents().map(({ about }) => about.part)).toEqual([1]);
  expect(stage.last(chat).text).toBe(`⛔ The export of #${conversation.handle} has ended: the visitor is gone.`);
});

test('it ends when the group hosts the channel no more', async () => {
  await start();
  await write(4500);
  await ask();
  await stage.work(stage.world.queue.items.shift()!);
  await stage.world.channels.moveHost(chatId(chat), chatId(-1009999999999));
  await stage.settle();
  expect(documents().map(({ about }) => about.part)).toEqual([1]);
});
