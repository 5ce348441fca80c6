import type { ChannelName, ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { Stage } from '../../adapters/telegram/stage';

const CHANNEL = 'my-channel' as ChannelName;

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

/** Somebody has confirmed /drop; the removal itself has not begun. */
const drop = async () => {
  const { host } = (await stage.world.channels.find(CHANNEL))!;
  await stage.world.channels.change(CHANNEL, host, { state: 'dropping' });
};

describe('a channel that is being dropped', () => {
  test('takes nothing more from a visitor whose socket is open, and operators are not shown what waits', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    await ann.say('on its way');
    await drop();
    expect(await ann.say('too late')).toEqual(['ERR', expect.stringContaining(`no channel ${CHANNEL}`), 404, 'm1']);
    await stage.settle();
    expect(stage.visitorTexts(chat)).toEqual([]);
  });

  test('cannot be joined any more: neither by a new socket, nor by one that was open, nor in Telegram', async () => {
    await stage.hosting(CHANNEL);
    const open: ConnectionId = 'ws:open';
    stage.world.push.open(open);
    await stage.visitors.connect({ connection: open, protocols: [], channel: CHANNEL });
    await drop();
    expect(await stage.visitors.connect({ connection: 'ws:new', protocols: [], channel: CHANNEL })).toMatchObject({
      code: 404,
    });
    const joined = JSON.parse((await stage.frame(open, ['JOIN', 'member-one', 'Ann', CHANNEL])) ?? 'null');
    expect(joined).toEqual(['ERR', expect.any(String), 404]);
    const tom = stage.telegram.people.user({ firstName: 'Tom' }).id;
    const home = stage.telegram.people.start({ user: tom, bot: 'kite_test_bot', payload: `join__${CHANNEL}` });
    await stage.settle();
    expect(stage.last(home).text).toContain('There is no channel');
    expect((await stage.world.members.page({ channel: CHANNEL })).members).toEqual([]);
  });

  test('and was made again meanwhile loses nothing by what is left of the removal', async () => {
    await stage.hosting(CHANNEL);
    await stage.visitor(CHANNEL, 'Ann');
    await stage.operators.deliver({ kind: 'drop', channel: CHANNEL, step: 3 }, 1);
    expect(await stage.world.channels.find(CHANNEL)).toMatchObject({ state: 'active' });
    expect((await stage.world.members.page({ channel: CHANNEL })).members).toHaveLength(1);
  });
});
