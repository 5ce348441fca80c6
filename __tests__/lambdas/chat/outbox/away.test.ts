import { BOT, Stage } from '../../adapters/telegram/stage';

// Thirty visitors, and the real calls to the stand-in for Telegram.
jest.setTimeout(30_000);

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const VISITORS = 30;

/** Visitors whose two messages each are acknowledged, and not delivered because the bot is not in the group. */
async function waiting(how: 'the bot was removed' | 'Telegram says so by mistake') {
  const place = await stage.hosting('my-channel');
  const visitors = [];
  for (let i = 0; i < VISITORS; i++) visitors.push(await stage.visitor('my-channel', `V${i}`));
  await stage.settle();
  for (const visitor of visitors) {
    for (const text of ['one', 'two']) expect((await visitor.say(text))[0]).toBe('ACK');
    await stage.world.clock.sleep(10);
  }
  const items = stage.world.queue.items.splice(0);
  if (how === 'the bot was removed') {
    stage.telegram.people.removeBot({ chat: place.chat, by: place.operator, bot: BOT });
    await stage.settle();
  } else {
    const description = 'Forbidden: bot was kicked from the supergroup chat';
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'refuse', code: 403, description } });
  }
  for (const item of items) await stage.work(item);
  expect(await visitors[0]!.say('three')).toEqual(['ERR', expect.stringContaining('Nobody is there'), 502, 'm2']);
  expect(shown(place.chat)).toEqual([]);
  return { ...place, visitors };
}

/** What stands in the group, visitor by visitor, in the order in which it came of each: `V7 one`. */
const shown = (chat: number) =>
  stage
    .texts(chat)
    .flatMap((text) => /^#\S+ (V\d+)[^\n]*\n(.*)$/.exec(text)?.slice(1).join(' ') ?? [])
    .sort((one, other) => Number(/\d+/.exec(one)) - Number(/\d+/.exec(other)));

const everything = Array.from({ length: VISITORS }, (_, i) => [`V${i} one`, `V${i} two`]).flat();

test('the bot was removed and is back: operators get every message that waited, in order', async () => {
  const { chat, operator, visitors } = await waiting('the bot was removed');
  stage.telegram.people.addBot({ chat, by: operator, bot: BOT, administrator: true });
  await stage.settle();
  expect(shown(chat)).toEqual(everything);
  await visitors[0]!.say('four');
  await stage.settle();
  expect(shown(chat)).toEqual([...everything.slice(0, 2), 'V0 four', ...everything.slice(2)]);
});

const RETURNS: [string, (place: { chat: number; operator: number }) => void][] = [
  ['/host with the same channel', ({ chat, operator }) => write(chat, operator, '/host my-channel')],
  ['/info', ({ chat, operator }) => write(chat, operator, '/info')],
  ['an operator writes something', ({ chat, operator }) => write(chat, operator, 'Is the chat dead?')],
];

function write(chat: number, from: number, text: string): void {
  stage.telegram.people.send({ chat, from, text });
}

test.each(RETURNS)('%s: the channel is open again, and every message that waited arrives', async (_what, back) => {
  const place = await waiting('Telegram says so by mistake');
  back(place);
  // The webhook only tells the queue; it does not deliver.
  for (const update of await stage.updates()) await stage.receive(update);
  expect(shown(place.chat)).toEqual([]);
  await stage.settle();
  expect(shown(place.chat)).toEqual(everything);
  expect((await place.visitors[0]!.say('four'))[0]).toBe('ACK');
});

test('/host says that the channel is back, and that a channel that is open is hosted already', async () => {
  const { chat, operator } = await waiting('Telegram says so by mistake');
  const answers = () =>
    stage
      .texts(chat)
      .filter((text) => text.includes('wss://'))
      .slice(-1);
  write(chat, operator, '/host my-channel');
  await stage.settle();
  expect(answers()).toEqual([expect.stringContaining('hosts my-channel again')]);
  write(chat, operator, '/host my-channel');
  await stage.settle();
  expect(answers()).toEqual([expect.stringContaining('hosts my-channel already.')]);
});

test('the bot leaves again while what waited is being delivered: the rest waits for its next return', async () => {
  const { chat, operator } = await waiting('the bot was removed');
  const come = () => stage.telegram.people.addBot({ chat, by: operator, bot: BOT, administrator: true });
  come();
  for (const update of await stage.updates()) await stage.receive(update);
  const [resume] = stage.world.queue.items.splice(0);
  await stage.work(resume!);
  const pokes = stage.world.queue.items.splice(0);
  expect(pokes).toHaveLength(VISITORS);
  for (const poke of pokes.slice(0, 10)) await stage.work(poke);
  stage.telegram.people.removeBot({ chat, by: operator, bot: BOT });
  for (const update of await stage.updates()) await stage.receive(update);
  for (const poke of pokes.slice(10)) await stage.work(poke);
  expect(shown(chat)).toHaveLength(20);
  // Again the item of the queue that was cut off before: it must not forget who waits now.
  come();
  await stage.work(resume!);
  await stage.settle();
  expect(shown(chat)).toEqual(everything);
});

test('the channel comes back at the very moment at which a message begins to wait: it arrives', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'V0');
  await ann.say('one');
  const items = stage.world.queue.items.splice(0);
  stage.telegram.people.removeBot({ chat, by: operator, bot: BOT });
  await stage.settle();
  const { messages } = stage.world;
  const note = messages.noteWaiting.bind(messages);
  messages.noteWaiting = async (...args) => {
    messages.noteWaiting = note;
    stage.telegram.people.addBot({ chat, by: operator, bot: BOT });
    await stage.settle();
    return note(...args);
  };
  for (const item of items) await stage.work(item);
  expect(shown(chat)).toEqual(['V0 one']);
});

test('more conversations wait than one item of the queue has time for: it goes on with another', async () => {
  const { chat, operator } = await waiting('the bot was removed');
  stage.telegram.people.addBot({ chat, by: operator, bot: BOT, administrator: true });
  const { queue, clock } = stage.world;
  const send = queue.send.bind(queue);
  const steps = new Set<number>();
  queue.send = async (item) => {
    if (item.kind === 'resume') steps.add(item.step);
    await clock.sleep(1000);
    return send(item);
  };
  await stage.settle();
  expect(steps.size).toBeGreaterThan(2);
  expect(shown(chat)).toEqual(everything);
});
