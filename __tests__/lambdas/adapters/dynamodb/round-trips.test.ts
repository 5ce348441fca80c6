import { createMemoryWorld, type MemoryWorld } from '../../../memory/world';
import { systemClock, systemRandomness } from '../../../../lambdas/adapters/system';
import { createTelegramOperatorSide } from '../../../../lambdas/adapters/telegram/operator-side';
import { chatId, refOf } from '../../../../lambdas/adapters/telegram/ids';
import { type ChannelName, type ConnectionId, type Handle } from '../../../../lambdas/chat/model/identifiers';
import type { Messenger } from '../../../../lambdas/chat/messenger/port';
import { createVisitorSide } from '../../../../lambdas/chat/browser-side';
import { EmbeddedDynamoDb } from '../../../../emulators/aws/dynamodb/embedded-dynamodb';
import { prepareEngine, storesAt, type DynamoClient } from '../stores/engine';

const CHANNEL = 'my-channel' as ChannelName;
const GROUP = -1001234567890;

/** Sees every DynamoDB request; requests that overlap are one round trip. */
class RoundTrips {
  requests: string[] = [];
  rounds = 0;
  #open = 0;

  watch(client: DynamoClient): void {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (request) => {
          if (this.#open++ === 0) this.rounds++;
          this.requests.push(commandName.replace('Command', ''));
          try {
            return await next(request);
          } finally {
            this.#open--;
          }
        },
      { step: 'initialize' },
    );
  }

  reset(): void {
    this.requests = [];
    this.rounds = 0;
  }
}

let engine: EmbeddedDynamoDb;
let client: DynamoClient;
let world: MemoryWorld;
const trips = new RoundTrips();

beforeAll(async () => {
  engine = await EmbeddedDynamoDb.start(undefined);
  client = await prepareEngine(engine.endpoint);
  trips.watch(client);
  world = createMemoryWorld({ ...storesAt(client, systemClock), clock: systemClock, random: systemRandomness });
  await world.channels.create({
    name: CHANNEL,
    host: chatId(GROUP),
    handleKey: 'a2V5',
    state: 'active',
    forum: false,
    origins: [],
    messages: 0,
    createdAt: new Date().toISOString(),
  });
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

const visitors = () => createVisitorSide(world);
const frame = (connection: ConnectionId, elements: unknown[]) =>
  visitors().receive(connection, JSON.stringify(elements), Date.now());

async function joined(id: string): Promise<ConnectionId> {
  const connection: ConnectionId = `ws:${id}`;
  world.push.open(connection);
  await visitors().connect({ connection, protocols: [] });
  await frame(connection, ['JOIN', `member-${id}`, 'Ann', CHANNEL]);
  return connection;
}

describe.each([1, 300])('in a channel with %d visitors', (size) => {
  beforeAll(async () => {
    for (let first = 0; first < size; first += 50) {
      const some = Array.from({ length: Math.min(50, size - first) }, (_, i) => first + i);
      await Promise.all(
        some.map((i) =>
          world.members.attach(
            { channel: CHANNEL, handle: `visitor${i}` as Handle },
            { proof: `p${i}`, connector: 'ws', name: `V${i}`, connection: `ws:v${size}-${i}`, now: Date.now() },
          ),
        ),
      );
    }
  }, 30_000);

  test('a visitor’s message takes three round trips until its ACK', async () => {
    const connection = await joined(`txt${size}`);
    await frame(connection, ['TXT', 'zeroth', 'hello', '2026-01-01T00:00:00Z']);
    for (const id of ['first', 'second', 'third']) {
      trips.reset();
      const answer = await frame(connection, ['TXT', id, 'hello', '2026-01-01T00:00:00Z']);
      expect(JSON.parse(answer ?? '[]')[0]).toBe('ACK');
      expect(trips.rounds).toBe(3);
      expect(trips.requests.sort()).toEqual(['GetItem', 'GetItem', 'PutItem', 'UpdateItem']);
    }
  });

  test('an operator’s reply takes at most three round trips until it is pushed', async () => {
    const connection = await joined(`reply${size}`);
    const conversation = (await world.connections.find(connection))!.conversation!;
    await world.messages.pointReply(refOf(chatId(GROUP), 77), { ...conversation, message: 'v#x' });
    const host = { botId: async () => '999', unpin: async () => undefined } as unknown as Messenger;
    const push = world.push.push.bind(world.push);
    const seen: number[] = [];
    const operators = createTelegramOperatorSide(
      {
        ...world,
        push: {
          push: async (to, text) => (seen.push(trips.rounds), push(to, text)),
          disconnect: async () => undefined,
        },
      },
      { messenger: host },
    );
    for (const id of [500 + size, 900 + size]) {
      trips.reset();
      const outcome = await operators.receiveUpdate({
        update_id: id,
        message: {
          message_id: id,
          date: Math.floor(Date.now() / 1000),
          chat: { id: GROUP, type: 'supergroup', title: 'Support' },
          from: { id: 1, is_bot: false, first_name: 'Olena' },
          text: 'hello back',
          reply_to_message: {
            message_id: 77,
            date: 1,
            chat: { id: GROUP, type: 'supergroup', title: 'Support' },
            text: 'x',
          },
        },
      });
      expect(outcome).toBe('handled');
    }
    expect(world.logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    // Two where the last of three overlaps with one that nothing waits for.
    expect(seen).toHaveLength(2);
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
  });

  test('a PING takes none, connecting and leaving one or two', async () => {
    const connection = await joined(`ping${size}`);
    trips.reset();
    await frame(connection, ['PING']);
    expect(trips.rounds).toBe(0);
    await visitors().connect({ connection: 'ws:plain', protocols: [] });
    expect(trips.rounds).toBe(1);
    await visitors().disconnect(connection);
    expect(trips.rounds).toBe(3);
  });
});
