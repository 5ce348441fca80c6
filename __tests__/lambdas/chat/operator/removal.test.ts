import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { EmbeddedDynamoDb } from '../../../../local/embedded/embedded-dynamodb';
import { prepareEngine, storesAt, type DynamoClient } from '../../adapters/stores/engine';
import { Stage } from '../../adapters/telegram/stage';

let engine: EmbeddedDynamoDb;
let client: DynamoClient;
let stage: Stage;

beforeEach(async () => {
  engine = await EmbeddedDynamoDb.start(undefined);
  client = await prepareEngine(engine.endpoint);
  stage = await new Stage({ stores: (clock) => storesAt(client, clock) }).start();
});
afterEach(async () => {
  await stage.stop();
  client.destroy();
  await engine.close();
});

/** Everything that stands in the tables, but for the numbers of updates that were seen. */
async function everything(): Promise<string[]> {
  const tables = ['Channels', 'Members', 'Connections', 'Messages'].map((name) => `dev.${name}`);
  const scans = await Promise.all(tables.map((TableName) => client.send(new ScanCommand({ TableName }))));
  const items = scans.flatMap(({ Items = [] }, i) => Items.map((item) => `${tables[i]} ${JSON.stringify(item)}`));
  return items.filter((item) => !item.includes('update#'));
}

async function talk(kind: 'supergroup' | 'forum') {
  const { chat, operator } = await stage.hosting('my-channel', kind);
  const handles: string[] = [];
  const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
  const here = stage.telegram.people.start({ user, bot: 'kite_test_bot', payload: 'join__my-channel' });
  await stage.settle();
  for (const name of ['Ann', 'Bob', 'Tom']) {
    if (name === 'Tom') stage.telegram.people.send({ chat: here, from: user, text: 'Hello' });
    else await (await stage.visitor('my-channel', name)).say('Hello');
    await stage.settle();
    const shown = stage.last(chat);
    handles.push(/#([a-z0-9]{12})/.exec(shown.text!)![1]!);
    const topic = shown.message_thread_id;
    const document = { content: Buffer.from('x'), name: 'x.pdf', mimeType: 'application/pdf' };
    stage.telegram.people.send({
      chat,
      from: operator,
      document,
      ...(topic ? { topic } : { replyTo: shown.message_id }),
    });
    await stage.settle();
  }
  return { chat, operator, handles };
}

test.each(['supergroup', 'forum'] as const)(
  '/erase in a %s leaves nothing of the conversation in any table',
  async (kind) => {
    const { chat, operator, handles } = await talk(kind);
    for (const handle of handles) {
      expect((await everything()).filter((item) => item.includes(handle)).length).toBeGreaterThan(3);
      stage.telegram.people.send({ chat, from: operator, text: `/erase #${handle}` });
      await stage.settle();
      await stage.press(chat, operator, `Erase #${handle}`);
      expect((await everything()).filter((item) => item.includes(handle))).toEqual([]);
      expect([...stage.world.files.objects.keys()].filter((key) => key.includes(handle))).toEqual([]);
    }
  },
);

test('D24 /drop leaves nothing in any table', async () => {
  const { chat, operator } = await talk('forum');
  stage.telegram.people.send({ chat, from: operator, text: '/drop' });
  await stage.settle();
  await stage.press(chat, operator, 'Remove my-channel');
  expect(await everything()).toEqual([]);
  expect([...stage.world.files.objects.keys()]).toEqual([]);
});
