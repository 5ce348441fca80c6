import { BOT, Stage } from '../../adapters/telegram/stage';

const NOW = '2026-01-01T00:00:00Z';

let stage: Stage;
let operator: number;
let chat: number;
beforeEach(async () => {
  stage = await new Stage().start();
  ({ chat, operator } = await stage.hosting('my-channel', 'forum'));
});
afterEach(() => stage.stop());

/** A visitor of the website known to the operators. */
async function ann() {
  const visitor = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await visitor.say('I am Ann');
  await stage.settle();
  return visitor;
}

/** Somebody who writes from Telegram, known to the operators. */
async function tom() {
  const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
  const here = stage.telegram.people.start({ user, bot: BOT, payload: 'join__my-channel' });
  await stage.settle();
  const own = stage.telegram.people.send({ chat: here, from: user, text: 'I am Tom' }).message_id;
  await stage.settle();
  return { user, here, own };
}

/** Bans the visitor, and hands over only that. */
async function ban(): Promise<void> {
  const { handle } = stage.onlyConversation();
  stage.telegram.people.send({ chat, from: operator, text: `/ban@${BOT} #${handle}` });
  for (const update of stage.updates()) await stage.receive(update);
  expect(stage.last(chat).text).toContain('cannot write any more');
}

/** What operators see of the visitor: messages, topics and their names, pins. */
const seen = () =>
  JSON.stringify([
    stage.telegram.people.messages(chat).filter(({ text }) => !/✅|^\/ban/.test(text ?? '')),
    stage.telegram.people.topics(chat),
    stage.telegram.people.pinned(chat),
  ]);

/** Lets everything happen that can, for a while. */
async function wait(): Promise<void> {
  await stage.settle();
  await stage.world.clock.sleep(120_000);
  await stage.settle();
}

describe('after /ban nothing from that visitor arrives:', () => {
  test('not what they write in a second tab whose connection could not be closed', async () => {
    await ann();
    const second = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    stage.world.push.disconnect = async () => {
      throw new Error('the gateway does not answer');
    };
    await ban();
    const before = seen();
    expect(await second.say('Buy my pills')).toEqual(['ERR', expect.any(String), 403, 'm0']);
    await wait();
    expect(seen()).toBe(before);
  });

  test('not what waits at that moment', async () => {
    const visitor = await ann();
    await visitor.say('Buy my pills');
    await ban();
    const before = seen();
    await wait();
    expect(seen()).toBe(before);
  });

  test('not their first message, while its topic is being made', async () => {
    const visitor = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    await visitor.say('Buy my pills');
    const createTopic = stage.messenger.createTopic.bind(stage.messenger);
    let before = '';
    jest.spyOn(stage.messenger, 'createTopic').mockImplementationOnce(async (...args) => {
      const thread = await createTopic(...args);
      await ban();
      before = seen();
      return thread;
    });
    await wait();
    expect(seen()).toBe(before);
    stage.telegram.people.send({ chat, from: operator, text: `/unban@${BOT} #${stage.onlyConversation().handle}` });
    await wait();
    expect(stage.visitorTexts(chat)).toEqual(['Buy my pills']);
  });

  test('not a file that they had asked to upload', async () => {
    const visitor = await ann();
    const offer = await stage.frame(visitor.connection, ['UPL', 'u', 'pills.png', 'image/png', 3, NOW]);
    const [, , link] = JSON.parse(offer!) as string[];
    await ban();
    const before = seen();
    stage.world.files.upload(link!.split('/files/')[1]!, Buffer.from('123'), 'image/png');
    stage.world.push.open(visitor.connection);
    const answer = await stage.frame(visitor.connection, ['BIN', 'u', link, 'pills.png', 'image/png', 3, NOW]);
    expect(JSON.parse(answer!)).toEqual(['ERR', expect.any(String), 403, 'u']);
    await wait();
    expect(seen()).toBe(before);
    expect([...stage.world.files.objects.keys()]).toEqual([]);
  });

  test('not a new name', async () => {
    await ann();
    await ban();
    const before = seen();
    await expect(stage.visitor('my-channel', 'Buy my pills', 'anns-secret')).rejects.toThrow(/403/);
    await wait();
    expect(seen()).toBe(before);
    expect(await stage.world.members.find(stage.onlyConversation())).toMatchObject({ name: 'Ann' });
  });

  test('not what they write in Telegram, where they try to continue the conversation', async () => {
    await ann();
    await ban();
    const before = seen();
    const user = stage.telegram.people.user({ firstName: 'Ann' }).id;
    const here = stage.telegram.people.start({ user, bot: BOT, payload: 'join__my-channel__anns-secret' });
    await wait();
    stage.telegram.people.send({ chat: here, from: user, text: 'Buy my pills' });
    await wait();
    expect(seen()).toBe(before);
  });

  test('not what they write, change or send in Telegram, where they continued it before', async () => {
    await ann();
    const user = stage.telegram.people.user({ firstName: 'Ann' }).id;
    const here = stage.telegram.people.start({ user, bot: BOT, payload: 'join__my-channel__anns-secret' });
    await stage.settle();
    const own = stage.telegram.people.send({ chat: here, from: user, text: 'I am here' }).message_id;
    await stage.settle();
    await ban();
    const before = seen();
    const document = { content: Buffer.from('x'), name: 'pills.pdf', mimeType: 'application/pdf' };
    stage.telegram.people.edit({ chat: here, message: own, text: 'Buy my pills' });
    stage.telegram.people.send({ chat: here, from: user, text: 'Buy my pills' });
    stage.telegram.people.send({ chat: here, from: user, document, caption: 'pills' });
    await wait();
    expect(seen()).toBe(before);
    expect([...stage.world.files.objects.keys()]).toEqual([]);
  });

  test('not that a visitor in Telegram has left, blocked the bot, or is back', async () => {
    const { user, here, own } = await tom();
    await ban();
    const before = seen();
    stage.telegram.people.edit({ chat: here, message: own, text: 'Buy my pills' });
    for (const text of ['/leave', '/join my-channel', 'Buy my pills']) {
      stage.telegram.people.send({ chat: here, from: user, text });
      await wait();
    }
    stage.telegram.people.block({ user, bot: BOT, blocked: true });
    await wait();
    expect(seen()).toBe(before);
  });
});
