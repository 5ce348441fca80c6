import { DAY } from '../../../../lambdas/chat/model/lifetimes';
import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import { CHANNEL, ChatFixture, GROUP } from '../chat-fixture';

let fixture: ChatFixture;
let ann: ConnectionId;
beforeEach(async () => {
  fixture = await new ChatFixture().start();
  ann = await fixture.open('ann');
  await fixture.join(ann, 'ann');
  await fixture.settle();
});

const LOST = { posted: true, failure: new MessengerFailure('uncertain', 'the answer was lost') };
const BUSY = { posted: false, failure: new MessengerFailure('busy', 'over its limit', { retryAfter: 5 }) };

const conversation = async () => {
  const [member] = (await fixture.world.members.page({ channel: CHANNEL })).members;
  return { channel: CHANNEL, handle: member!.handle };
};

/** Works once at what the queue holds first. */
const once = async (attempt: number) => fixture.deliver(fixture.world.queue.items[0]!, attempt);

describe('a message to operators', () => {
  test('whose first post may stand there is shown once, although a later one was certainly refused', async () => {
    await fixture.say(ann, 'a', 'Hello');
    fixture.messenger.faults.push(LOST, BUSY);
    await fixture.settle();
    expect(fixture.shown()).toEqual(['Hello']);
  });

  test('does not stand there twice even while the messenger cannot tell what it has', async () => {
    await fixture.say(ann, 'a', 'Hello');
    fixture.messenger.faults.push(LOST);
    expect(await once(1)).toMatchObject({ kind: 'retry' });
    const earlier = fixture.messenger.earlier.bind(fixture.messenger);
    fixture.messenger.earlier = async () => {
      fixture.messenger.earlier = earlier;
      throw new MessengerFailure('unreachable', 'no answer');
    };
    await fixture.world.clock.sleep(2000);
    expect(await once(2)).toMatchObject({ kind: 'retry' });
    expect(fixture.shown()).toEqual(['Hello']);
    await fixture.settle();
    expect(fixture.shown()).toEqual(['Hello']);
  });

  test('is shown anew, although the same was said so long ago that nothing is known of it', async () => {
    await fixture.say(ann, 'a', 'Hello');
    await fixture.settle();
    await fixture.world.clock.sleep(91 * DAY);
    const again = await fixture.open('ann');
    await fixture.world.channels.create({
      ...{ name: CHANNEL, host: GROUP, handleKey: Buffer.alloc(32, 3).toString('base64url'), state: 'active' },
      ...{ forum: false, origins: [], messages: 0, createdAt: new Date(fixture.world.clock.now()).toISOString() },
    });
    await fixture.join(again, 'ann');
    await fixture.settle();
    await fixture.say(again, 'b', 'Hello');
    fixture.messenger.faults.push(LOST);
    await fixture.settle();
    expect(fixture.shown()).toEqual(['Hello', 'Hello']);
  });

  test('that an operator has copied into the group leaves the copy alone', async () => {
    await fixture.say(ann, 'a', 'Hello');
    fixture.messenger.faults.push(LOST);
    expect(await once(1)).toMatchObject({ kind: 'retry' });
    const [posted] = fixture.messenger.messages(GROUP).filter(({ own }) => own);
    const copy = fixture.messenger.write(GROUP, posted!.text);
    await fixture.settle();
    expect(fixture.shown()).toEqual(['Hello']);
    expect(fixture.messenger.messages(GROUP).map(({ id }) => id)).toContain(copy);
  });
});

describe('an operator’s answer', () => {
  const answer = async (text: string) => {
    await fixture.say(ann, 'a', 'Hello');
    await fixture.settle();
    const asked = fixture.messenger.messages(GROUP).find((each) => each.text.endsWith('Hello'));
    return fixture.written(text, { replyTo: asked!.id });
  };

  test('arrives although the function that was delivering has crashed', async () => {
    const update = await answer('Good morning');
    const now = fixture.world.clock.now();
    const crashed = { holder: 'crashed', until: now + 10_000 };
    expect(await fixture.world.members.requestDelivery(await conversation(), crashed, now)).toMatchObject({
      leased: true,
    });
    await fixture.insist(update);
    expect(fixture.texts('ann')).toEqual([]);
    await fixture.settle();
    expect(fixture.texts('ann')).toEqual(['Good morning']);
  });

  test('that could not be stored holds up nothing until it is', async () => {
    const update = await answer('Good morning');
    const { messages } = fixture.world;
    const put = messages.put.bind(messages);
    messages.put = async () => {
      messages.put = put;
      throw new Error('The store does not answer');
    };
    expect(await fixture.receive(update).catch(() => 'retry')).toBe('retry');
    expect((await fixture.world.members.find(await conversation()))?.delivery.lease).toBeUndefined();
    await fixture.insist(update);
    expect(fixture.texts('ann')).toEqual(['Good morning']);
  });

  test('of which it could not be noted that it arrived is noted later, and holds up nothing meanwhile', async () => {
    const update = await answer('Good morning');
    const { messages } = fixture.world;
    const delivered = messages.delivered.bind(messages);
    messages.delivered = async () => {
      messages.delivered = delivered;
      throw new Error('The store does not answer');
    };
    const outcome = await fixture.receive(update).catch(() => 'retry');
    expect(outcome).toBe('retry');
    expect((await fixture.world.members.find(await conversation()))?.delivery.lease).toBeUndefined();
    await fixture.insist(update);
    await fixture.settle();
    expect(await messages.due(await conversation(), 'to-visitor', 10)).toEqual([]);
    expect(new Set(fixture.texts('ann'))).toEqual(new Set(['Good morning']));
  });
});

test('a visitor who was erased with a tab open is asked to join again', async () => {
  await fixture.world.members.remove(await conversation());
  expect(await fixture.say(ann, 'a', 'Hello')).toEqual(['ERR', expect.stringContaining('join again'), 401, 'a']);
});
