import type { QueueItem } from '../../../../lambdas/chat/ports';
import type { Conversation } from '../../../../lambdas/chat/model/records';
import { chatId } from '../../../../lambdas/adapters/telegram/ids';
import { CHANNEL, ChatFixture } from '../chat-fixture';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await new ChatFixture().start();
});

/** A visitor with something that is due to the host, and the item of the queue that says so. */
async function due(memberId: string, what: 'file' | 'text'): Promise<QueueItem> {
  const connection = await fixture.open(memberId);
  await fixture.join(connection, memberId);
  await fixture.settle();
  const conversation = (await fixture.world.connections.find(connection))!.conversation as Conversation;
  const key = `${CHANNEL}/${conversation.handle}/00/${memberId}.pdf`;
  await fixture.world.files.write(key, new Uint8Array(5), { type: 'application/pdf', name: 'a.pdf' });
  const file = { key, name: `${memberId}.pdf`, type: 'application/pdf', size: 5 };
  const content = what === 'file' ? { kind: what, file } : { kind: what, text: `I am ${memberId}` };
  const at = new Date(fixture.world.clock.now() - 1000).toISOString();
  const message = { conversation, key: 'v#1', direction: 'to-host', content, at, order: 1, due: true } as const;
  await fixture.world.messages.put(message);
  return { kind: 'to-host', ...conversation, message: 'v#1' };
}

test('a text does not wait for the files of other visitors', async () => {
  const items = [await due('ann', 'file'), await due('bob', 'file'), await due('cem', 'text')];
  let finish!: () => void;
  const read = new Promise<void>((resolve) => (finish = resolve));
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async (chat, content, place) => {
    if (content.kind === 'file') await read;
    return post(chat, content, place);
  };
  const [ann, bob, cem] = items.map((item) => fixture.deliver(item, 1));
  await expect(cem).resolves.toEqual({ kind: 'done' });
  expect(fixture.shown()).toEqual(['I am cem']);
  finish();
  await expect(Promise.all([ann, bob])).resolves.toEqual([{ kind: 'done' }, { kind: 'done' }]);
});

test('files are posted one after the other; those for which there is no time come with another item of the queue', async () => {
  const items = [];
  for (const id of ['ann', 'bob', 'cem', 'dan']) items.push(await due(id, 'file'));
  let [now, most] = [0, 0];
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async (...args) => {
    most = Math.max(most, ++now);
    await fixture.world.clock.sleep(5000);
    now--;
    return post(...args);
  };
  await expect(Promise.all(items.map((item) => fixture.deliver(item, 1)))).resolves.toEqual(
    items.map(() => ({ kind: 'done' })),
  );
  expect({ most, shown: fixture.shown().length }).toEqual({ most: 1, shown: 2 });
  expect(fixture.world.queue.items).toHaveLength(2);
  await fixture.settle();
  expect(fixture.shown()).toHaveLength(4);
});

test('a file that fails holds up no other', async () => {
  const items = [await due('ann', 'file'), await due('bob', 'file')];
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async () => {
    fixture.messenger.post = post;
    throw new Error('Something that nobody expected');
  };
  const [ann, bob] = await Promise.allSettled(items.map((item) => fixture.deliver(item, 1)));
  expect([ann?.status, bob?.status]).toEqual(['rejected', 'fulfilled']);
  expect(fixture.shown()).toHaveLength(1);
});

test('a ban holds back a file that waits for another file', async () => {
  const items = [await due('ann', 'file'), await due('bob', 'file')];
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async (...args) => {
    const [, bob] = items as Extract<QueueItem, { kind: 'to-host' }>[];
    await fixture.world.members.change(bob!, { banned: true });
    return post(...args);
  };
  await Promise.all(items.map((item) => fixture.deliver(item, 1)));
  expect(fixture.shown()).toEqual([expect.stringMatching(/^#\w+ ann$/)]);
});

test('a visitor who leaves Telegram gets no file there that waited for another file', async () => {
  const items: QueueItem[] = [];
  const chats = [chatId(1001), chatId(1002)] as const;
  for (const [i, chat] of chats.entries()) {
    const item = (await due(`visitor-${i}`, 'file')) as Extract<QueueItem, { kind: 'to-host' }>;
    const { channel, handle } = item;
    const member = (await fixture.world.members.find({ channel, handle }))!;
    for (const connection of member.connections) await fixture.world.members.detach(member, connection);
    await fixture.world.members.attach(member, { ...member, connection: `tg:${chat}`, now: fixture.world.clock.now() });
    const message = (await fixture.world.messages.find({ channel, handle }, 'v#1'))!;
    await fixture.world.messages.delivered(member, 'v#1');
    await fixture.world.messages.put({ ...message, key: 'o#1', direction: 'to-visitor' });
    items.push({ kind: 'to-chat', channel, handle, message: 'o#1' });
  }
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async (...args) => {
    await fixture.world.members.detach(items[1] as Extract<QueueItem, { kind: 'to-chat' }>, `tg:${chats[1]}`);
    return post(...args);
  };
  await Promise.all(items.map((item) => fixture.deliver(item, 1)));
  expect(chats.map((chat) => fixture.messenger.messages(chat).length)).toEqual([1, 0]);
});

test('a file that is not there any more is named', async () => {
  const item = await due('ann', 'file');
  fixture.world.files.objects.clear();
  await fixture.deliver(item, 1);
  expect(fixture.shown()).toEqual(['📎 ann.pdf (the file is not there any more)']);
});
