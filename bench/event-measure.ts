import { roundTrips, type Ledger, type SeenRequest, type Service } from './ledger';
import { sum } from './statistics';

/** What one event costs in requests, all that it causes included, to the last delivery. */
export interface EventMeasure {
  /** How often the function ran. */
  readonly invocations: number;
  /** Requests that had to wait for one another. */
  readonly roundTrips: {
    /** To DynamoDB, until the one who waits is answered. */
    readonly dynamodbToAnswer: number;
    /** To anything, until the one who waits is answered. */
    readonly toAnswer: number;
    /** To AWS within all invocations. */
    readonly aws: number;
    /** To Telegram within all invocations. */
    readonly telegram: number;
  };
  readonly dynamodb: {
    readonly requests: Readonly<Record<string, number>>;
    /** Units of on-demand reads (4 KB, strongly consistent). */
    readonly readUnits: number;
    /** Units of on-demand writes (1 KB), local index included. */
    readonly writeUnits: number;
    /** Bytes that DynamoDB answered with. */
    readonly bytes: number;
    /** Milliseconds that the engine took, all requests one after the other. */
    readonly engineTime: number;
  };
  /** Requests by operation; what Lambda's event source receives and removes is among them. */
  readonly sqs: Readonly<Record<string, number>>;
  /** Requests by HTTP method; those of the visitor by presigned links are among them. */
  readonly s3: Readonly<Record<string, number>>;
  readonly ssm: Readonly<Record<string, number>>;
  readonly telegram: Readonly<Record<string, number>>;
  /** Messages of the WebSocket API in both directions, each 32 KB begun. */
  readonly webSocketMessages: number;
  /** Requests to the HTTP API. */
  readonly httpRequests: number;
}

/** Who is waiting: for the answer of the first invocation, or for the first push to a visitor. */
export type Waiting = 'for the answer' | 'for a push';

/** API Gateway counts messages in pieces of this size: https://aws.amazon.com/api-gateway/pricing/ */
const MESSAGE_BYTES = 32 * 1024;

/** Reads a ledger that holds one event. */
export function eventMeasure({ requests, invocations }: Ledger, waiting: Waiting): EventMeasure {
  const of = (service: Service) => requests.filter((each) => each.service === service);
  const answeredAt =
    waiting === 'for a push'
      ? (of('connections')[0]?.startedAt ?? Number.POSITIVE_INFINITY)
      : (invocations[0]?.endedAt ?? Number.POSITIVE_INFINITY);
  const before = requests.filter(
    ({ startedAt, service }) =>
      startedAt < answeredAt && service !== 'connections' && startedAt >= (invocations[0]?.startedAt ?? 0),
  );
  const within = requests.filter((each) => invocations.some((one) => isWithin(each, one)));
  const frames = invocations
    .filter(({ kind }) => kind === 'websocket')
    .flatMap(({ bytesIn, bytesOut }) => [bytesIn, bytesOut]);
  const dynamodb = of('dynamodb');
  return {
    invocations: invocations.length,
    roundTrips: {
      dynamodbToAnswer: roundTrips(before.filter(({ service }) => service === 'dynamodb')),
      toAnswer: roundTrips(before),
      aws: roundTrips(within.filter(({ service }) => service !== 'telegram')),
      telegram: roundTrips(within.filter(({ service }) => service === 'telegram')),
    },
    dynamodb: {
      requests: counts(dynamodb),
      readUnits: sum(dynamodb.map(({ readUnits }) => readUnits)),
      writeUnits: sum(dynamodb.map(({ writeUnits }) => writeUnits)),
      bytes: sum(dynamodb.map(({ bytes }) => bytes)),
      engineTime: sum(dynamodb.map(({ engineTime }) => engineTime)),
    },
    sqs: counts(of('sqs')),
    s3: counts(of('s3')),
    ssm: counts(of('ssm')),
    telegram: counts(of('telegram')),
    webSocketMessages: sum(
      [...frames, ...of('connections').map(({ bytes }) => bytes)].map((bytes) => Math.ceil(bytes / MESSAGE_BYTES)),
    ),
    httpRequests: invocations.filter(({ kind }) => kind === 'http').length,
  };
}

/** An event source's own requests count for no round trip of the function. */
function isWithin(request: SeenRequest, invocation: { startedAt: number; endedAt: number }): boolean {
  const isEventSource = request.endedAt === request.startedAt;
  return !isEventSource && request.startedAt >= invocation.startedAt && request.startedAt <= invocation.endedAt;
}

function counts(requests: readonly SeenRequest[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { operation } of requests) found[operation] = (found[operation] ?? 0) + 1;
  return found;
}
