import { BOT, Stage } from '../../adapters/telegram/stage';

const CHANNEL = 'my-channel';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

/** Somebody's private chat with the bot, as a minute begins. */
async function person(payload?: string) {
  const user = stage.telegram.people.user({ firstName: 'Mallory' }).id;
  const chat = stage.telegram.people.start({ user, bot: BOT, ...(payload === undefined ? {} : { payload }) });
  await stage.settle();
  stage.world.clock.time = (Math.floor(stage.world.clock.time / 60_000) + 1) * 60_000;
  return { user, chat };
}

/** The answers to many messages of a person. */
async function flood({ user, chat }: Awaited<ReturnType<typeof person>>, text: string, times: number) {
  const before = stage.texts(chat).length;
  for (let i = 0; i < times; i++) stage.telegram.people.send({ chat, from: user, text });
  await stage.settle();
  return stage
    .texts(chat)
    .slice(before)
    .filter((shown) => shown !== text);
}

describe('a hostile account in Telegram', () => {
  test('is told once that it is too fast, and the channel counts what was accepted', async () => {
    await stage.hosting(CHANNEL);
    const answers = await flood(await person(`join__${CHANNEL}`), 'spam', 100);
    expect(answers).toEqual([expect.stringMatching(/^⛔ Slow down/)]);
    expect((await stage.world.channels.find(CHANNEL as never))?.messages).toBeLessThanOrEqual(60);
  });

  test('is told once that it was banned', async () => {
    await stage.hosting(CHANNEL);
    const mallory = await person(`join__${CHANNEL}`);
    await stage.world.members.change(stage.onlyConversation(), { banned: true });
    expect(await flood(mallory, 'spam', 30)).toEqual([expect.stringMatching(/^⛔ You cannot write/)]);
  });

  test('that visits nothing gets sixty answers a minute, to texts and to commands', async () => {
    const [mallory, eve, olena] = [await person(), await person(), await person()];
    expect(await flood(mallory, 'spam', 90)).toHaveLength(60);
    expect(await flood(eve, '/help', 90)).toHaveLength(60);
    expect(await flood(olena, '/help', 1)).toHaveLength(1);
  });

  test('does not keep an operator’s commands from being answered', async () => {
    const { chat, operator } = await stage.hosting(CHANNEL);
    for (let i = 0; i < 15; i++) stage.telegram.people.send({ chat, from: operator, text: '/info' });
    await stage.settle();
    expect(stage.texts(chat).filter((text) => text.startsWith('This chat hosts'))).toHaveLength(15);
  });
});
