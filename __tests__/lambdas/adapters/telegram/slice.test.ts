import { Stage } from './stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

test('a visitor writes, an operator replies, in a group without topics', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const visitor = await stage.visitor('my-channel', 'Ann');
  await visitor.say('Hello?');
  await stage.settle();
  const shown = stage.last(chat);
  expect(shown.text).toMatch(/^#[a-z][a-z0-9]{11} Ann\nHello\?$/);
  expect(stage.telegram.people.pinned(chat)).toEqual([shown.message_id]);
  stage.telegram.people.send({ chat, from: operator, text: 'Hi Ann', replyTo: shown.message_id });
  await stage.settle();
  expect(visitor.frames()).toEqual([['TXT', expect.any(String), 'Hi Ann', expect.any(String)]]);
  expect(stage.telegram.people.pinned(chat)).toEqual([]);
  expect(stage.world.logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('a visitor’s file arrives whatever it is called, and its name names nothing else', async () => {
  const { chat } = await stage.hosting('my-channel');
  const visitor = await stage.visitor('my-channel', 'Ann');
  const names = ['a.pdf;name="chat_id"', 'report; final.pdf', 'x"y\\z.pdf', '👨‍👩‍👧.pdf'];
  for (const [i, name] of names.entries()) {
    await visitor.upload(`f${i}`, name, Buffer.from(`%PDF ${i}`), 'application/pdf');
  }
  await stage.settle();
  const files = stage.telegram.people.messages(chat).flatMap(({ document, caption }) =>
    document
      ? {
          name: document.file_name,
          body: stage.telegram.people.file(document.file_id)?.toString(),
          header: caption?.slice(14),
        }
      : [],
  );
  const shown = ['a.pdf_name=_chat_id_', 'report_ final.pdf', 'x_y_z.pdf', '👨‍👩‍👧.pdf'];
  expect(files).toEqual(shown.map((name, i) => ({ name, body: `%PDF ${i}`, header: 'Ann' })));
  expect(stage.world.logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('a visitor writes, an operator writes in the topic of the visitor', async () => {
  const { chat, operator } = await stage.hosting('my-channel', 'forum');
  const visitor = await stage.visitor('my-channel', 'Ann');
  await visitor.say('one');
  await visitor.say('two');
  await stage.settle();
  const topics = stage.telegram.people.topics(chat);
  expect(topics.map(({ name }) => name)).toEqual([expect.stringMatching(/^Ann #[a-z][a-z0-9]{11}$/)]);
  const thread = topics[0]!.id;
  expect(stage.texts(chat, thread)).toEqual([expect.stringContaining('Ann\none'), expect.stringContaining('Ann\ntwo')]);
  stage.telegram.people.send({ chat, from: operator, text: 'Hi', topic: thread });
  await stage.settle();
  expect(visitor.frames()).toEqual([['TXT', expect.any(String), 'Hi', expect.any(String)]]);
  expect(stage.world.logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});
