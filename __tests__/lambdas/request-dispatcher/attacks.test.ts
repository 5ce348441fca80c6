import { AttackedStage, type Experience } from './attacked-stage';

const NOW = '2026-01-01T00:00:00Z';
const SHOP = 'attacked-shop';
const STRANGER = '203.0.113.7';
/** Frames of a flood: twice what a channel's limit is. */
const A_MINUTE = 6000;
const MIB = 1024 * 1024;

type Attack = (stage: AttackedStage) => Promise<unknown>;

const text = (i: number) => ['TXT', `m${i}`, `spam ${i}`, NOW];

/** One socket, or the next one if it is closed, sends 6,000 frames of one kind within a minute. */
const frames =
  (
    frame: (i: number) => unknown,
    prepare: (stage: AttackedStage) => Promise<unknown> = async () => undefined,
    origin?: string,
  ): Attack =>
  async (stage) => {
    const browser = stage.browser(STRANGER, undefined, origin);
    await browser.join('mallory', SHOP);
    await prepare(stage);
    await stage.everyMinute(A_MINUTE, (i) => browser.send(frame(i)));
  };

const onlyTheShop = async ({ world }: AttackedStage) => {
  const { host } = (await world.channels.find(SHOP as never))!;
  await world.channels.change(SHOP as never, host, { origins: ['https://shop.example'] });
};

const ban = async ({ world }: AttackedStage) => {
  const [[, mallory] = []] = [...world.members.members.entries(`${SHOP}/`)].filter(
    ([, { name }]) => name === 'mallory',
  );
  if (!mallory) throw new Error('There is nobody to ban');
  await world.members.change(mallory, { banned: true });
};

const ATTACKS: readonly (readonly [string, Attack])[] = [
  ['6,000 PINGs a minute', frames(() => ['PING'])],
  ['6,000 times Hi', frames(() => 'Hi')],
  ['6,000 malformed frames', frames(() => '["NOPE"')],
  ['6,000 texts of a visitor', frames(text)],
  ['6,000 texts that are too long', frames((i) => ['TXT', `m${i}`, 'x'.repeat(5000), NOW])],
  ['6,000 texts of a banned visitor', frames(text, ban)],
  ['6,000 texts from a website that was taken off the list', frames(text, onlyTheShop, 'https://copycat.example')],
  ['6,000 JOINs of one visitor', frames(() => ['JOIN', 'mallory', null, SHOP])],
  ['6,000 JOINs of a channel that does not exist', frames(() => ['JOIN', 'mallory', null, 'no-such-channel'])],
  ['6,000 questions where to put a file', frames((i) => ['UPL', `u${i}`, 'a.pdf', 'application/pdf', 20 * MIB, NOW])],
  [
    '6,000 files that were never uploaded',
    frames((i) => ['BIN', `b${i}`, 'https://x.example/a', 'a.pdf', 'application/pdf', 5, NOW]),
  ],
  [
    '6,000 texts without a JOIN, each over a connection of its own',
    (stage) => stage.everyMinute(A_MINUTE, (i) => stage.browser(STRANGER).send(text(i))),
  ],
  [
    '1,000 names, with a text each',
    (stage) =>
      stage.everyMinute(1000, async (i) => {
        const browser = stage.browser(STRANGER);
        await browser.join(`name-${i}`, SHOP);
        await browser.send(text(0));
      }),
  ],
  [
    '100 connections of one visitor that write',
    async (stage) => {
      const browsers = Array.from({ length: 100 }, () => stage.browser(STRANGER));
      await Promise.all(browsers.map((browser) => browser.join('mallory', SHOP)));
      await stage.everyMinute(A_MINUTE, (i) => browsers[i % browsers.length]!.send(text(i)));
    },
  ],
  [
    '100 JOINs for one id at once, every five seconds',
    (stage) =>
      stage.everyMinute(12, () =>
        Promise.all(Array.from({ length: 100 }, () => stage.browser(STRANGER).join('mallory', SHOP))),
      ),
  ],
  [
    '20 files of the largest size',
    async (stage) => {
      const browser = stage.browser(STRANGER);
      await browser.join('mallory', SHOP);
      const body = new Uint8Array(20 * MIB);
      for (let i = 0; i < 20; i++) {
        const [tag, , link] =
          (await browser.send(['UPL', `f${i}`, 'a.pdf', 'application/pdf', body.length, NOW])) ?? [];
        if (tag !== 'UPL') throw new Error('There is no upload');
        stage.world.files.upload(String(link).split('/files/')[1]!, body, 'application/pdf');
        await browser.send(['BIN', `f${i}`, link, 'a.pdf', 'application/pdf', body.length, NOW]);
      }
    },
  ],
  [
    '60 uploads that are never sent',
    async (stage) => {
      const browser = stage.browser(STRANGER);
      await browser.join('mallory', SHOP);
      for (let i = 0; i < 60; i++) await browser.send(['UPL', `f${i}`, 'a.pdf', 'application/pdf', 20 * MIB, NOW]);
    },
  ],
  [
    '3,000 messages of one account in Telegram',
    async (stage) => {
      const { user, chat } = await stage.account(SHOP);
      await stage.everyMinute(3000, async (i) => {
        stage.attempts++;
        stage.telegram.people.send({ chat, from: user, text: `spam ${i}` });
        await stage.updates();
      });
    },
  ],
];

let quiet: Experience;
beforeAll(async () => {
  quiet = await AttackedStage.during(async () => undefined);
}, 120_000);

test('on a quiet day, a text is acknowledged and in the group within a second', () => {
  expect(quiet).toMatchObject({ texts: 12, throttled: 0, closed: 0 });
  expect(quiet.acknowledged).toBeLessThan(500);
  expect(quiet.shown).toBeLessThan(1000);
});

describe('another visitor’s text is acknowledged and in the group as fast as on a quiet day, here and in another channel', () => {
  test.each(ATTACKS)(
    'during %s',
    async (name, attack) => {
      const attacked = await AttackedStage.during(attack);
      if (process.env['FIGURES']) process.stderr.write(`${name}: ${JSON.stringify(attacked)}\n`);
      expect(attacked).toMatchObject({ texts: 12 });
      expect(attacked.attempts).toBeGreaterThan(quiet.attempts + 20);
      expect(attacked.acknowledged).toBeLessThan(quiet.acknowledged + 500);
      expect(attacked.shown).toBeLessThan(quiet.shown + 1000);
    },
    300_000,
  );
});
