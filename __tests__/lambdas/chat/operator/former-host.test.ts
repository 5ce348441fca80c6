import { chatId } from '../../../../lambdas/adapters/telegram/ids';
import type { ChannelName } from '../../../../lambdas/chat/model/identifiers';
import { DAY } from '../../../../lambdas/chat/model/lifetimes';
import { BOT, Stage } from '../../adapters/telegram/stage';

const CHANNEL = 'my-channel' as ChannelName;

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

/** Says something in a chat and gives the answers to it. */
async function say(chat: number | string, from: number, text: string, more: object = {}): Promise<string[]> {
  const before = stage.texts(chat).length;
  stage.telegram.people.send({ chat, from, text, ...more });
  await stage.settle();
  return stage.texts(chat).slice(before + 1);
}

/** A channel that ended unused, its group, and the group that hosts a channel of that name now; each has a visitor. */
async function succession(kind: 'supergroup' | 'group' = 'supergroup') {
  const former = await stage.hosting(CHANNEL, kind);
  await (await stage.visitor(CHANNEL, 'Old Ann')).say('I am Old Ann');
  await stage.settle();
  const question = stage.telegram.people.messages(former.chat).at(-1)!.message_id;
  await say(former.chat, former.operator, '/drop');
  const button = stage.last(former.chat).message_id;
  await stage.world.clock.sleep(300 * DAY);
  // Something that concerns the group, not the channel.
  await stage.world.channels.blockHost(chatId(former.chat), stage.world.clock.now());
  await stage.world.clock.sleep(100 * DAY);
  const host = await stage.hosting(CHANNEL);
  const bob = await stage.visitor(CHANNEL, 'Bob');
  await bob.say('I am Bob');
  await stage.settle();
  const handle = /#([a-z][a-z0-9]{11})/.exec(stage.last(host.chat).text!)![1]!;
  const now = async () =>
    JSON.stringify([await stage.world.channels.find(CHANNEL), await stage.world.channels.host(chatId(host.chat))]);
  expect(await stage.world.channels.host(chatId(former.chat))).toMatchObject({ channel: CHANNEL });
  return { former, host, bob, handle, question, button, now };
}

describe('a group whose channel has ended, while another group hosts one of the same name,', () => {
  test.each(['/ban', '/unban', '/export', '/erase'])('cannot %s a visitor of that one', async (command) => {
    const { former, bob, handle, now } = await succession();
    const before = await now();
    await say(former.chat, former.operator, `${command}@${BOT} #${handle}`);
    expect(stage.last(former.chat).text).toMatch(/hosts no channel/);
    expect(await now()).toBe(before);
    expect(await bob.say('Still here')).toEqual(['ACK', 'm1', expect.any(String), expect.any(String)]);
  });

  test('sees and changes none of its settings', async () => {
    const { former, now } = await succession();
    const before = await now();
    for (const [command, words] of [['/info'], ['/origins'], ['/origins', 'https://evil.example'], ['/drop']]) {
      await say(former.chat, former.operator, `${command}@${BOT} ${words ?? ''}`);
      expect(stage.last(former.chat).text).toMatch(/hosts no(thing| channel)|neither hosts/);
    }
    expect(await now()).toBe(before);
  });

  test('cannot remove it by a button, old or new', async () => {
    const { former, button, now } = await succession();
    const before = await now();
    await stage.press(former.chat, former.operator, `Remove ${CHANNEL}`, button);
    expect(await now()).toBe(before);
    const date = Math.floor(stage.world.clock.now() / 1000);
    const chat = { id: former.chat, type: 'supergroup', title: 'Support' };
    const message = { message_id: button, date, chat };
    const callback = { id: 'x', from: { id: former.operator }, data: `remove:${CHANNEL}`, message };
    await stage.receive({ update_id: 1e9, callback_query: callback });
    await stage.settle();
    expect(await now()).toBe(before);
  });

  test('reaches no visitor: not by a reply, not by a text for the only one, not by an edit', async () => {
    const { former, bob, question, now } = await succession();
    const before = await now();
    await say(former.chat, former.operator, 'Hello', { replyTo: question });
    await say(former.chat, former.operator, 'Hello?');
    const file = { content: Buffer.from('x'), name: 'x.pdf', mimeType: 'application/pdf' };
    stage.telegram.people.send({ chat: former.chat, from: former.operator, document: file, replyTo: question });
    await stage.settle();
    expect(bob.frames()).toEqual([]);
    expect([...stage.world.messages.messages.entries()].map(([, { direction }]) => direction)).not.toContain(
      'to-visitor',
    );
    expect([...stage.world.files.objects.keys()]).toEqual([]);
    expect(await now()).toBe(before);
  });

  test('does not suspend it by removing the bot, nor bring it back', async () => {
    const { former, host, now } = await succession();
    const before = await now();
    stage.telegram.people.removeBot({ chat: former.chat, by: former.operator, bot: BOT });
    await stage.settle();
    expect(await now()).toBe(before);
    stage.telegram.people.removeBot({ chat: host.chat, by: host.operator, bot: BOT });
    await stage.settle();
    stage.telegram.people.addBot({ chat: former.chat, by: former.operator, bot: BOT, administrator: true });
    await say(former.chat, former.operator, 'Hello');
    expect(await stage.world.channels.find(CHANNEL)).toMatchObject({ state: 'suspended' });
  });

  test('hosts nothing under the new id either when it becomes a supergroup', async () => {
    const { former, now } = await succession('group');
    const before = await now();
    const chat = stage.telegram.people.migrate({ chat: former.chat, by: former.operator });
    await stage.settle();
    expect(await now()).toBe(before);
    expect(await stage.world.channels.host(chatId(chat))).toBeUndefined();
    expect(await stage.world.channels.host(chatId(former.chat))).toBeUndefined();
    await say(chat, former.operator, `/drop@${BOT}`);
    expect(stage.last(chat).text).toMatch(/hosts no channel/);
  });

  test('can host another channel, and write to this one as a visitor', async () => {
    const { former, host } = await succession();
    await say(former.chat, former.operator, `/join ${CHANNEL}`);
    await say(former.chat, former.operator, 'I am the old group');
    expect(stage.visitorTexts(host.chat)).toContain('I am the old group');
    await say(former.chat, former.operator, '/leave');
    expect(await say(former.chat, former.operator, '/host other-channel')).toEqual([
      expect.stringContaining('hosts other-channel now'),
    ]);
  });
});
