/** What a function, or a client of the stage, asks something of. */
export type Service = 'dynamodb' | 's3' | 'sqs' | 'ssm' | 'connections' | 'telegram';

/** One request, as it was seen on the way. Times are milliseconds of `performance.now()`. */
export interface SeenRequest {
  readonly service: Service;
  /** E.g. `PutItem`, `SendMessage`, `PUT`, `sendMessage`. */
  readonly operation: string;
  readonly startedAt: number;
  endedAt: number;
  /** DynamoDB's units; 0 elsewhere. */
  readUnits: number;
  writeUnits: number;
  /** Bytes of the body: that was sent, or, by DynamoDB, answered. */
  bytes: number;
  /** Milliseconds that DynamoDB's engine took for the request itself; 0 elsewhere. */
  engineTime: number;
}

/** One event that the function was run with. Times are milliseconds of `performance.now()`. */
export interface SeenInvocation {
  readonly kind: 'websocket' | 'http' | 'queue';
  readonly startedAt: number;
  endedAt: number;
  /** Bytes of the body that came in by the API, and of the body it was answered with. */
  bytesIn: number;
  bytesOut: number;
}

/** What happened on a stage since the last {@link clear}. */
export class Ledger {
  private requestsSeen: SeenRequest[] = [];
  private invocationsSeen: SeenInvocation[] = [];

  get requests(): readonly SeenRequest[] {
    return this.requestsSeen;
  }

  get invocations(): readonly SeenInvocation[] {
    return this.invocationsSeen;
  }

  /** Notes that a request began. */
  request(service: Service, operation: string): SeenRequest {
    const request: SeenRequest = {
      service,
      operation,
      startedAt: performance.now(),
      endedAt: Number.POSITIVE_INFINITY,
      readUnits: 0,
      writeUnits: 0,
      bytes: 0,
      engineTime: 0,
    };
    this.requestsSeen.push(request);
    return request;
  }

  /** Notes that an invocation began. */
  invocation(kind: SeenInvocation['kind'], bytesIn = 0): SeenInvocation {
    const invocation: SeenInvocation = {
      kind,
      startedAt: performance.now(),
      endedAt: Number.POSITIVE_INFINITY,
      bytesIn,
      bytesOut: 0,
    };
    this.invocationsSeen.push(invocation);
    return invocation;
  }

  clear(): void {
    this.requestsSeen = [];
    this.invocationsSeen = [];
  }
}

/** The longest row of requests of which each began after the one before had ended: those made side by side count once. */
export function roundTrips(requests: readonly SeenRequest[]): number {
  let length = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of [...requests].sort((a, b) => a.endedAt - b.endedAt)) {
    if (startedAt < end) continue;
    length += 1;
    end = endedAt;
  }
  return length;
}
