import { answerWebSocket } from '../../../../lambdas/adapters/lambda-events/websocket';
import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import type { Message } from '../../../../lambdas/chat/model/records';
import { sendToVisitor } from '../../../../lambdas/chat/outbox/to-browser';
import { Stage } from '../../adapters/telegram/stage';

const MINUTE = 60_000;

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
  await stage.hosting('my-channel');
});
afterEach(() => stage.stop());

/** Connections so far. */
let connections = 0;

/** A browser of Ann joins; what it is sent with that, without the OK. */
async function join(cursor?: unknown, memberId = 'anns-secret') {
  const connection: ConnectionId = `ws:h${connections++}`;
  stage.world.push.open(connection);
  await stage.visitors.connect({ connection, protocols: [] });
  await stage.frame(connection, ['JOIN', memberId, 'Ann', 'my-channel', ...(cursor === undefined ? [] : [cursor])]);
  const frames = (): unknown[][] =>
    (stage.world.push.frames.get(connection) ?? []).splice(0).map((frame) => JSON.parse(frame));
  const [ok, ...missed] = frames();
  expect(ok).toEqual(['OK']);
  return { connection, missed, frames };
}

/** An operator writes to Ann. */
async function write(number: number, message: Partial<Message> = {}): Promise<void> {
  await sendToVisitor(stage.world, {
    conversation: stage.onlyConversation(),
    key: `t#group#${number}`,
    direction: 'to-visitor',
    content: { kind: 'text', text: `answer ${number}` },
    at: new Date(stage.world.clock.now()).toISOString(),
    order: number,
    due: true,
    ...message,
  });
}

const texts = (frames: unknown[][]) => frames.map(([tag, , said]) => (tag === 'TXT' ? said : tag));
const ids = (frames: unknown[][]) => frames.map(([, id]) => id);

/** The gateway tells that a connection has ended. */
const end = ({ connection }: { connection: ConnectionId }, disconnectStatusCode?: number) =>
  answerWebSocket(
    {
      requestContext: {
        eventType: 'DISCONNECT',
        connectionId: connection.slice(3),
        requestTimeEpoch: stage.world.clock.now(),
        ...(disconnectStatusCode === undefined ? {} : { disconnectStatusCode }),
      },
    },
    stage.visitors,
  );

/** How often a JOIN read the history. */
function reads() {
  return jest.spyOn(stage.world.messages, 'latest');
}

describe('a phone that loses its network, for which the gateway still accepts what is pushed', () => {
  test('gets it when it is back, although its old connection seems to be open', async () => {
    const before = await join();
    await write(1);
    await stage.world.clock.sleep(MINUTE);
    await write(2);
    const lost = before.frames();
    const back = await join();
    expect(texts(back.missed)).toEqual(['answer 1', 'answer 2']);
    expect(ids(back.missed)).toEqual(ids(lost));
    await write(3);
    expect(texts(back.frames())).toEqual(['answer 3']);
  });

  test.each([1006, 1009, 1011, undefined])('gets it when its connection ended with %s', async (code) => {
    const before = await join();
    await write(1);
    await end(before, code);
    await stage.world.clock.sleep(3 * 60 * MINUTE);
    expect(texts((await join()).missed)).toEqual(['answer 1']);
  });

  test.each([1000, 1001, 1005])('gets nothing twice if it closed its connection (%d)', async (code) => {
    const before = await join();
    await write(1);
    await end(before, code);
    const latest = reads();
    expect((await join()).missed).toEqual([]);
    expect(latest).not.toHaveBeenCalled();
  });

  test('gets only what was pushed in the ten minutes before', async () => {
    const before = await join();
    await write(1);
    await stage.world.clock.sleep(11 * MINUTE);
    await write(2);
    await end(before, 1006);
    const back = await join();
    expect(texts(back.missed)).toEqual(['answer 2']);
    await end(back, 1000);
    expect((await join()).missed).toEqual([]);
  });

  test('gets it before what has waited since', async () => {
    const before = await join();
    await write(1);
    stage.world.push.close(before.connection);
    await end(before, 1006);
    await write(2);
    expect(texts((await join()).missed)).toEqual(['answer 1', 'answer 2']);
  });

  test('gets it although the instance that pushed it died before it could say so', async () => {
    await join();
    const release = stage.world.members.releaseDelivery;
    stage.world.members.releaseDelivery = () => Promise.reject(new Error('dead'));
    await expect(write(1)).rejects.toThrow('dead');
    stage.world.members.releaseDelivery = release.bind(stage.world.members);
    await stage.world.clock.sleep(MINUTE);
    expect(texts((await join()).missed)).toEqual(['answer 1']);
  });

  test('gets what waits for it, even if nothing can be sent again', async () => {
    const before = await join();
    await write(1);
    stage.world.push.close(before.connection);
    await write(2);
    jest.spyOn(stage.world.messages, 'latest').mockRejectedValueOnce(new Error('DynamoDB is busy'));
    const back = await join('an id');
    expect(texts(back.missed)).toEqual(['answer 2']);
    await write(3);
    expect(texts(back.frames())).toEqual(['answer 3']);
  });

  test('is the only one who gets it', async () => {
    const tab = await join();
    await join();
    await write(1);
    tab.frames();
    expect(texts((await join()).missed)).toEqual(['answer 1']);
    expect(tab.frames()).toEqual([]);
  });
});

describe('a client that says which message it got last', () => {
  test('gets what came after it, whenever that was, and nothing if that was the last one', async () => {
    const before = await join();
    for (let i = 1; i <= 4; i++) {
      await write(i);
      await stage.world.clock.sleep(5 * MINUTE);
    }
    const got = ids(before.frames());
    await end(before, 1000);
    await stage.world.clock.sleep(60 * MINUTE);
    const back = await join(got[1]);
    expect(texts(back.missed)).toEqual(['answer 3', 'answer 4']);
    expect(ids(back.missed)).toEqual(got.slice(2));
    const latest = reads();
    expect((await join(got[3])).missed).toEqual([]);
    expect(latest).not.toHaveBeenCalled();
  });

  test('gets the caption of a file of which it has the file only', async () => {
    const before = await join();
    const file = { key: 'my-channel/x/y/a.pdf', name: 'a.pdf', type: 'application/pdf', size: 3 };
    await write(1, { content: { kind: 'file', file, caption: 'look' } });
    const [bin, caption] = ids(before.frames());
    expect(texts((await join(bin)).missed)).toEqual(['BIN', 'look']);
    expect((await join(caption)).missed).toEqual([]);
  });

  test('gets a correction that it has not seen', async () => {
    const before = await join();
    await write(1);
    const [id] = ids(before.frames());
    await write(2, { content: { kind: 'correction', of: 't#group#1', text: 'better' } });
    expect((await join(id)).missed).toEqual([['TXT', id, 'better', expect.any(String)]]);
  });

  test('gets an edited answer once, as it is now', async () => {
    await join();
    await write(1);
    await write(2, { content: { kind: 'correction', of: 't#group#1', text: 'better' } });
    await stage.world.messages.correct(stage.onlyConversation(), 't#group#1', 'better');
    expect(texts((await join()).missed)).toEqual(['better']);
  });

  test('gets what an instance with a slow clock stored and pushed later', async () => {
    const before = await join();
    await write(2);
    const [id] = ids(before.frames());
    await write(1, { at: new Date(stage.world.clock.now() - 2 * MINUTE).toISOString() });
    expect(texts((await join(id)).missed)).toEqual(['answer 1']);
  });

  test('gets what an instance pushed that died before it could say so', async () => {
    const before = await join();
    await write(1);
    const [id] = ids(before.frames());
    const release = stage.world.members.releaseDelivery;
    stage.world.members.releaseDelivery = () => Promise.reject(new Error('dead'));
    await expect(write(2)).rejects.toThrow('dead');
    stage.world.members.releaseDelivery = release.bind(stage.world.members);
    await stage.world.clock.sleep(MINUTE);
    expect(texts((await join(id)).missed)).toEqual(['answer 2']);
  });

  test.each([
    ['a message that is another visitor’s', 'other'],
    ['a message that there never was', 'x'.repeat(24)],
    ['no text', 7],
    ['a text that is far too long', 'x'.repeat(5000)],
  ])('and names %s: gets the last ten minutes of its own conversation at most', async (_what, cursor) => {
    const before = await join();
    await write(1);
    await stage.world.clock.sleep(11 * MINUTE);
    await write(2);
    const conversation = stage.onlyConversation();
    let named = cursor;
    if (cursor === 'other') {
      const bob = await join(undefined, 'bobs-secret');
      const [, { channel, handle }] = [...stage.world.members.members.entries()].find(
        ([, member]) => member.handle !== conversation.handle,
      )!;
      await write(9, { conversation: { channel, handle }, content: { kind: 'text', text: 'for Bob alone' } });
      named = String(ids(bob.frames())[0]);
    }
    const back = await join(named);
    expect(texts(back.missed)).toEqual(['answer 2']);
    expect(ids(back.missed)).toEqual(ids(before.frames()).slice(1));
  });

  test('gets a hundred messages at most', async () => {
    const before = await join();
    for (let i = 1; i <= 150; i++) await write(i);
    const got = ids(before.frames());
    const { missed } = await join(got[20]);
    expect(missed.length).toBeLessThanOrEqual(100);
    expect(texts(missed).at(-1)).toBe('answer 150');
  });
});
