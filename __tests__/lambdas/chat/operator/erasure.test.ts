import { BOT, Stage } from '../../adapters/telegram/stage';

let stage: Stage;
let operator: number;
let chat: number;
beforeEach(async () => {
  stage = await new Stage().start();
  ({ chat, operator } = await stage.hosting('my-channel', 'forum'));
});
afterEach(() => stage.stop());

const NOW = '2026-01-01T00:00:00Z';

/** Hands over what people did in Telegram, and leaves the queue alone. */
async function handOver(): Promise<void> {
  for (const update of stage.updates()) await stage.receive(update);
}

const topicOf = (handle: string) =>
  stage.telegram.people.topics(chat).find(({ name }) => name.includes(`#${handle}`))!.id;

const handleOf = (name: string) =>
  /#([a-z][a-z0-9]{11})/.exec(stage.texts(chat).find((text) => text.includes(name))!)![1]!;

/** An operator asks for the erasure, and it begins; what follows is in the queue. */
async function beginErasing(handle: string): Promise<void> {
  const others = stage.world.queue.items.splice(0);
  stage.telegram.people.send({ chat, from: operator, text: `/erase@${BOT} #${handle}` });
  await handOver();
  const question = stage.last(chat).message_id;
  void stage.telegram.people.press({ chat, from: operator, message: question, button: `Erase #${handle}` });
  await handOver();
  await stage.work(stage.world.queue.items.shift()!);
  stage.world.queue.items.push(...others);
}

/** All that is stored, waits in the queue, or can be fetched. */
function everything(): string {
  const { members, channels, connections, messages, files, queue } = stage.world;
  const tables = [
    ...[members.members, members.chats, members.topics, channels.channels, channels.hosts, connections.connections],
    ...[messages.messages, messages.replies, messages.notes, messages.updates],
  ];
  const stored = tables.map((table) => JSON.stringify([...table.entries('', { ended: true })]));
  return [...stored, ...files.objects.keys(), ...files.uploads.keys(), JSON.stringify(queue.items)].join('\n');
}

/** What a search finds of an erased conversation. */
function traces(words: readonly string[]): string[] {
  const logged = JSON.stringify(stage.world.logger.lines);
  return [
    ...words.filter((word) => everything().includes(word)),
    // Logs name a conversation by its handle.
    ...words.filter((word) => !/^[a-z][a-z0-9]{11}$/.test(word) && logged.includes(word)).map((word) => `log: ${word}`),
  ];
}

async function annAndBob() {
  const ann = await stage.visitor('my-channel', 'Annabel', 'anns-secret');
  const bob = await stage.visitor('my-channel', 'Robert', 'bobs-secret');
  await ann.say('text of Annabel');
  await bob.say('text of Robert');
  await stage.settle();
  const handle = handleOf('Annabel');
  const words = [handle, 'Annabel', 'anns-secret', 'answer to A', 'late', 'picture'];
  return { ann, bob, handle, words };
}

test('after /erase nothing tells of the conversation any more, and others lose nothing', async () => {
  const { ann, bob, handle, words } = await annAndBob();
  await ann.upload('file', 'picture.png', Buffer.from('123'), 'image/png');
  await stage.settle();
  stage.telegram.people.send({ chat, from: operator, text: 'answer to A', topic: topicOf(handle) });
  await stage.settle();
  expect(traces(words)).toEqual(expect.arrayContaining([handle, 'Annabel', 'answer to A', 'picture']));
  await beginErasing(handle);
  expect(stage.last(chat).text).toContain('is being erased');
  await stage.settle();
  expect(traces(words)).toEqual([]);
  expect(stage.last(chat).text).toMatch(
    new RegExp(`^✅ #${handle} is erased: \\d messages and 1 file, and the visitor`),
  );
  expect(everything()).toContain('text of Robert');
  expect(await bob.say('still here')).toEqual(['ACK', 'm1', expect.any(String), expect.any(String)]);
});

test('a message that is stored after the visitor was cut off does not stay', async () => {
  const { ann, handle, words } = await annAndBob();
  const put = stage.world.messages.put.bind(stage.world.messages);
  jest.spyOn(stage.world.messages, 'put').mockImplementationOnce(async (message) => {
    await beginErasing(handle);
    return put(message);
  });
  await ann.say('late text');
  expect(traces(words)).toContain('late');
  await stage.settle();
  expect(traces(words)).toEqual([]);
});

test('a message that is being delivered meanwhile does not stay, nor do its topic and its place in the group', async () => {
  const ann = await stage.visitor('my-channel', 'Annabel', 'anns-secret');
  await ann.say('text of Annabel');
  const post = stage.messenger.post.bind(stage.messenger);
  const { handle } = stage.onlyConversation();
  jest.spyOn(stage.messenger, 'post').mockImplementationOnce(async (...args) => {
    await beginErasing(handle);
    return post(...args);
  });
  await stage.work(stage.world.queue.items.shift()!);
  await stage.settle();
  expect(traces([handle, 'Annabel', 'anns-secret'])).toEqual([]);
});

test('a topic that was made while its visitor was cut off does not stay', async () => {
  const ann = await stage.visitor('my-channel', 'Annabel', 'anns-secret');
  const { handle } = stage.onlyConversation();
  await stage.world.members.change(stage.onlyConversation(), { topic: null });
  await ann.say('text of Annabel');
  const createTopic = stage.messenger.createTopic.bind(stage.messenger);
  jest.spyOn(stage.messenger, 'createTopic').mockImplementationOnce(async (...args) => {
    await beginErasing(handle);
    return createTopic(...args);
  });
  await stage.work(stage.world.queue.items.shift()!);
  await stage.settle();
  expect(traces([handle, 'Annabel', 'anns-secret'])).toEqual([]);
});

test('the copy of a file does not stay that a visitor in Telegram is sending meanwhile', async () => {
  const user = stage.telegram.people.user({ firstName: 'Tomasina' }).id;
  const here = stage.telegram.people.start({ user, bot: BOT, payload: 'join__my-channel' });
  await stage.settle();
  stage.telegram.people.send({ chat: here, from: user, text: 'text of Tomasina' });
  await stage.settle();
  const { handle } = stage.onlyConversation();
  const document = { content: Buffer.from('x'), name: 'picture.pdf', mimeType: 'application/pdf' };
  const fetchFile = stage.messenger.fetchFile.bind(stage.messenger);
  jest.spyOn(stage.messenger, 'fetchFile').mockImplementationOnce(async (reference) => {
    await beginErasing(handle);
    return fetchFile(reference);
  });
  stage.telegram.people.send({ chat: here, from: user, document });
  await handOver();
  expect([...stage.world.files.objects.keys()]).toHaveLength(1);
  await stage.settle();
  expect(traces([handle, 'Tomasina', 'picture'])).toEqual([]);
  // Their chat is nobody's now.
  stage.telegram.people.send({ chat: here, from: user, text: 'Hello?' });
  await stage.settle();
  expect(stage.last(here).text).toMatch(/neither hosts a channel nor visits one/);
});

describe('an open tab of an erased visitor', () => {
  test('is closed, is nobody until everything is gone, and is a stranger then', async () => {
    const { ann, handle } = await annAndBob();
    await beginErasing(handle);
    expect(stage.world.push.closed).toEqual([ann.connection]);
    expect(await ann.say('am I here?')).toEqual(['ERR', expect.any(String), 401, 'm1']);
    await expect(stage.visitor('my-channel', 'Annabel', 'anns-secret')).rejects.toThrow(/try again in 60 seconds.*429/);
    await stage.settle();
    expect(stage.last(chat).text).toMatch(/is erased/);
    const again = await stage.visitor('my-channel', 'Annabel', 'anns-secret');
    const { sent, announcedAt, topic } = (await stage.world.members.find({ channel: 'my-channel', handle } as never))!;
    expect([sent, topic]).toEqual([0, undefined]);
    expect(announcedAt).toBeDefined();
    expect(await again.say('a new conversation')).toEqual(['ACK', 'm0', expect.any(String), expect.any(String)]);
    await stage.settle();
    expect(stage.visitorTexts(chat)).toContain('a new conversation');
  });

  test('cannot send what it has uploaded, or uploads later, as a stranger', async () => {
    const { ann, handle } = await annAndBob();
    const [, , link] = JSON.parse(
      (await stage.frame(ann.connection, ['UPL', 'u', 'picture.png', 'image/png', 3, NOW]))!,
    ) as string[];
    await beginErasing(handle);
    await stage.settle();
    const again = await stage.visitor('my-channel', 'Annabel', 'anns-secret');
    stage.world.files.upload(link!.split('/files/')[1]!, Buffer.from('123'), 'image/png');
    const answer = await stage.frame(again.connection, ['BIN', 'u', link, 'picture.png', 'image/png', 3, NOW]);
    expect(JSON.parse(answer!)).toEqual(['ERR', expect.any(String), 403, 'u']);
  });

  test('does not continue in Telegram either', async () => {
    const { handle } = await annAndBob();
    await beginErasing(handle);
    const user = stage.telegram.people.user({ firstName: 'Ann' }).id;
    const here = stage.telegram.people.start({ user, bot: BOT, payload: 'join__my-channel__anns-secret' });
    await handOver();
    expect(stage.last(here).text).toMatch(/There is no such visitor/);
  });
});

test('/erase can be repeated when the visitor is gone already, and says what it did', async () => {
  const { handle, words } = await annAndBob();
  await beginErasing(handle);
  await stage.settle();
  await stage.world.members.linkTopic('x' as never, '77', { channel: 'my-channel', handle } as never);
  const file = { type: 'image/png', name: 'picture.png' };
  await stage.world.files.write(`my-channel/${handle}/aa/picture.png`, Buffer.from('1'), file);
  await beginErasing(handle);
  expect(stage.texts(chat)).toContainEqual(expect.stringMatching(/is being erased/));
  await stage.settle();
  expect(traces(words)).toEqual([]);
  expect(stage.last(chat).text).toMatch(new RegExp(`^✅ #${handle} is erased: 0 messages and 1 file`));
  await beginErasing(handle);
  await stage.settle();
  expect(stage.last(chat).text).toMatch(new RegExp(`^✅ Of #${handle} nothing was left to erase`));
});

test('an operator’s answer to a visitor who is being erased is not delivered, and does not stay', async () => {
  const { handle, words } = await annAndBob();
  const message = stage.telegram.people.messages(chat).find(({ text }) => text?.includes('text of Annabel'))!;
  await beginErasing(handle);
  stage.telegram.people.send({ chat, from: operator, text: 'answer to A', replyTo: message.message_id });
  await handOver();
  expect(stage.last(chat).text).toMatch(/Not delivered. This conversation is gone/);
  await stage.settle();
  expect(traces(words)).toEqual([]);
});

test('the erasure is reported when Telegram takes messages again', async () => {
  const { handle } = await annAndBob();
  await beginErasing(handle);
  stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 30 } });
  await stage.settle();
  expect(stage.last(chat).text).toMatch(new RegExp(`^✅ #${handle} is erased`));
});
