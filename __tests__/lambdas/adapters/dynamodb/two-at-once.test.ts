import { randomBytes } from 'node:crypto';
import { chatId } from '../../../../lambdas/adapters/telegram/ids';
import { systemClock } from '../../../../lambdas/adapters/system';
import type { ChannelName } from '../../../../lambdas/chat/model/identifiers';
import type { Channel } from '../../../../lambdas/chat/model/records';
import type { Stores } from '../../../../lambdas/chat/ports';
import { EmbeddedDynamoDb } from '../../../../emulators/aws/dynamodb/embedded-dynamodb';
import { prepareEngine, storesAt, type DynamoClient } from '../stores/engine';

/** A function instance whose requests to DynamoDB wait where a test says so. */
class Instance {
  readonly stores: Stores;
  #left = Infinity;
  #go = () => {};
  #stopped = () => {};

  constructor(client: DynamoClient) {
    client.middlewareStack.add(
      (next) => async (request) => {
        if (this.#left-- <= 0) {
          this.#stopped();
          await new Promise<void>((resolve) => (this.#go = resolve));
        }
        return next(request);
      },
      { step: 'initialize' },
    );
    this.stores = storesAt(client, systemClock);
  }

  /** Begins, and stops before the request after so many, if there is one. `finish` lets it end. */
  async begin<T>(work: (stores: Stores) => Promise<T>, requests: number): Promise<{ finish(): Promise<T> }> {
    this.#left = requests;
    const stopped = new Promise<void>((resolve) => (this.#stopped = resolve));
    const done = work(this.stores);
    await Promise.race([stopped, done]);
    this.#left = Infinity;
    return { finish: () => (this.#go(), done) };
  }
}

let engine: EmbeddedDynamoDb;
let clients: DynamoClient[];

beforeAll(async () => {
  engine = await EmbeddedDynamoDb.start(undefined);
  clients = [await prepareEngine(engine.endpoint), await prepareEngine(engine.endpoint)];
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await engine.close();
});

const unique = () => randomBytes(6).toString('hex');

function channelOf(host: Channel['host']): Channel {
  return {
    name: `n${unique()}` as ChannelName,
    host,
    handleKey: 'a2V5',
    state: 'active',
    forum: false,
    origins: [],
    messages: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

test('a chat that gets /host for two names at once hosts one of them, wherever the two interrupt each other', async () => {
  const [one, other] = clients.map((client) => new Instance(client)) as [Instance, Instance];
  for (let first = 0; first < 5; first++) {
    for (let second = 0; second < 5; second++) {
      const host = chatId(-Number.parseInt(unique().slice(0, 8), 16));
      const wanted = [channelOf(host), channelOf(host)] as const;
      const begun = await one.begin((stores) => stores.channels.create(wanted[0]), first);
      const later = await other.begin((stores) => stores.channels.create(wanted[1]), second);
      const outcomes = [await begun.finish(), await later.finish()];
      const stores = one.stores;
      const made = (await Promise.all(wanted.map(({ name }) => stores.channels.find(name)))).flatMap((it) => it ?? []);
      expect({ first, second, outcomes: [...outcomes].sort(), made: made.length }).toEqual({
        ...{ first, second, outcomes: ['already hosting', 'created'], made: 1 },
      });
      expect(await stores.channels.host(host)).toMatchObject({ channel: made[0]?.name });
    }
  }
});
