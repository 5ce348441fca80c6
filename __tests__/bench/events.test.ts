import { measureEvents, type EventMeasures, type EventName } from '../../bench/events';

describe.each([{ forum: true }, { forum: false }])(
  'what a chat asks of AWS and Telegram (topics: $forum)',
  ({ forum }) => {
    let measured: EventMeasures;

    beforeAll(async () => {
      measured = await measureEvents({ forum });
    }, 60_000);

    const of = (name: EventName) => measured.events[name];

    test('a message, a reply or an OK waits for at most three DynamoDB round trips', () => {
      const waits = [
        'connect',
        'join',
        'rejoin',
        'first text',
        'text',
        'text in a row',
        'reply',
        'reply in a row',
        'file',
      ];
      const roundTrips = waits.map((name) => [name, of(name as EventName).roundTrips.dynamodbToAnswer]);
      expect(roundTrips.filter(([, count]) => Number(count) > 3)).toEqual([]);
      expect(of('text').roundTrips).toMatchObject({ dynamodbToAnswer: 3, toAnswer: 4 });
      expect(of('reply').roundTrips).toMatchObject({ dynamodbToAnswer: 3, toAnswer: 3 });
      expect(of('connect').roundTrips).toMatchObject({ dynamodbToAnswer: 2, toAnswer: 2 });
    });

    test('a PING costs one invocation and nothing else, a link to a file one look at the file', () => {
      for (const name of ['ping', 'link'] as const) {
        expect(of(name)).toMatchObject({
          invocations: 1,
          roundTrips: { telegram: 0 },
          dynamodb: { requests: {}, readUnits: 0, writeUnits: 0 },
          sqs: {},
          s3: name === 'link' ? { HEAD: 1 } : {},
          ssm: {},
          telegram: {},
        });
      }
      expect(of('ping')).toMatchObject({ webSocketMessages: 2, httpRequests: 0 });
      expect(of('link')).toMatchObject({ webSocketMessages: 0, httpRequests: 1 });
    });

    test('each message is one item in the queue and one message in Telegram', () => {
      expect(of('text')).toMatchObject({
        sqs: { SendMessage: 1, ReceiveMessage: 1, DeleteMessage: 1 },
        telegram: { sendMessage: 1, pinChatMessage: 1 },
        s3: {},
        webSocketMessages: 2,
      });
      expect(of('text in a row').telegram).toEqual({ sendMessage: 1 });
      expect(of('file')).toMatchObject({
        // A copy is a PUT.
        s3: { HEAD: 3, PUT: 1, DELETE: 1, GET: 1 },
        telegram: { sendDocument: 1, pinChatMessage: 1 },
      });
      expect(of('reply')).toMatchObject({ invocations: 1, sqs: {}, webSocketMessages: 1, httpRequests: 1 });
    });

    test('an instance reads the bot token once', () => {
      expect(measured.instance.ssm).toBe(1);
      expect(Object.values(measured.events).filter(({ ssm }) => Object.keys(ssm).length > 0)).toEqual([]);
    });

    test('capacity units stay within what docs/performance.md and the costs count on', () => {
      const most: Partial<Record<EventName, readonly [number, number]>> = {
        connect: [1, 1],
        rejoin: [2, 4],
        text: [12, 14],
        'text in a row': [12, 13],
        reply: [5, 10],
        'reply in a row': [5, 9],
        disconnect: [0, 2],
        ping: [0, 0],
      };
      const over = Object.entries(most).filter(([name, [reads, writes]]) => {
        const { readUnits, writeUnits } = of(name as EventName).dynamodb;
        return readUnits > reads || writeUnits > writes;
      });
      expect(over).toEqual([]);
      // And the meter does count.
      expect(of('text').dynamodb).toMatchObject({ readUnits: expect.any(Number), requests: { PutItem: 2 } });
      expect(of('text').dynamodb.writeUnits).toBeGreaterThan(of('text').dynamodb.requests['PutItem'] ?? 0);
    });
  },
);
