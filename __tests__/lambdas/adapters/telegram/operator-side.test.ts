import { createMemoryWorld } from '../../../memory/world';
import { createTelegramOperatorSide } from '../../../../lambdas/adapters/telegram/operator-side';
import { MessengerFailure, type Messenger, type MessengerFailureKind } from '../../../../lambdas/chat/messenger/port';

const chat = { id: -100123, type: 'supergroup', title: 'Support' };
const from = { id: 5, is_bot: false, first_name: 'Olena' };
const command = (update_id: number) => ({
  update_id,
  message: { message_id: update_id, date: 1, chat, from, text: '/help' },
});

function hostThat(post: () => Promise<never>): Messenger {
  return { botId: async () => '777', post } as unknown as Messenger;
}

describe('an update that cannot be handled', () => {
  test.each<[MessengerFailureKind, 'handled' | 'retry']>([
    ['refused', 'handled'],
    ['forbidden', 'handled'],
    ['gone', 'handled'],
    ['topic gone', 'handled'],
    ['busy', 'retry'],
    ['unreachable', 'retry'],
    ['uncertain', 'retry'],
    ['unauthorized', 'retry'],
  ])('because Telegram says %s is %s', async (kind, outcome) => {
    const world = createMemoryWorld();
    const side = createTelegramOperatorSide(world, {
      messenger: hostThat(() => Promise.reject(new MessengerFailure(kind, 'no'))),
    });
    await expect(side.receiveUpdate(command(1))).resolves.toBe(outcome);
  });

  test('because of a mistake of ours is not asked for again, and is in the log', async () => {
    const world = createMemoryWorld();
    const side = createTelegramOperatorSide(world, {
      messenger: hostThat(() => Promise.reject(new TypeError('oops'))),
    });
    await expect(side.receiveUpdate(command(1))).resolves.toBe('handled');
    expect(world.logger.lines).toEqual([
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ update: 1, retry: false }) }),
    ]);
  });

  test('because the database is slow is asked for again', async () => {
    const world = createMemoryWorld();
    world.routes.route = () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    const side = createTelegramOperatorSide(world, { messenger: hostThat(() => Promise.reject(new Error('unused'))) });
    await expect(side.receiveUpdate(command(1))).resolves.toBe('retry');
  });

  test('because Telegram did not answer is done at once when Telegram asks again', async () => {
    const world = createMemoryWorld();
    const posted: unknown[] = [];
    const answers = [() => Promise.reject(new MessengerFailure('unreachable', 'no')), () => Promise.resolve([7])];
    const post = async (_chat: unknown, text: unknown) => {
      posted.push(text);
      return answers.shift()!() as Promise<never>;
    };
    const side = createTelegramOperatorSide(world, {
      messenger: { botId: async () => '777', post } as unknown as Messenger,
    });
    await expect(side.receiveUpdate(command(1))).resolves.toBe('retry');
    await expect(side.receiveUpdate(command(1))).resolves.toBe('handled');
    await expect(side.receiveUpdate(command(1))).resolves.toBe('handled');
    expect(posted).toHaveLength(2);
  });

  test.each([
    [null],
    [undefined],
    ['text'],
    [[]],
    [{}],
    [{ update_id: 'x' }],
    [{ update_id: 1, poll: {} }],
    [{ update_id: 1, message: { chat: 5 } }],
  ])('because it is %j is ignored', async (update) => {
    const world = createMemoryWorld();
    const side = createTelegramOperatorSide(world, { messenger: hostThat(() => Promise.reject(new Error('unused'))) });
    await expect(side.receiveUpdate(update)).resolves.toBe('handled');
    expect(world.logger.lines).toEqual([]);
  });
});

test('the log does not say what was written', async () => {
  const world = createMemoryWorld();
  const side = createTelegramOperatorSide(world, { messenger: hostThat(() => Promise.reject(new TypeError('oops'))) });
  await side.receiveUpdate({ update_id: 1, message: { message_id: 1, date: 1, chat, from, text: '/help my secret' } });
  expect(JSON.stringify(world.logger.lines)).not.toContain('secret');
});
