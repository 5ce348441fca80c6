import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { TABLE_SCHEMAS, tableName } from '../constructs/storage/table-schemas';
import { closeServer, listen } from '../emulators/loopback';
import { indexWriteUnits, writeUnits } from './capacity-units';
import type { Ledger, SeenRequest } from './ledger';

type Item = Readonly<Record<string, AttributeValue>>;
type Json = Record<string, unknown>;

/** A proxy in front of a DynamoDB that records each request with the capacity units that it consumed. */
export class DynamoDbMeter {
  /** Milliseconds that every answer waits, so that requests made side by side are seen to be. */
  latency = 0;
  private readonly server: Server;
  endpoint = '';

  private constructor(
    /** Where the DynamoDB is. */
    public engine: string,
    private readonly ledger: Ledger,
  ) {
    this.server = createServer((incoming, outgoing) => {
      this.pass(incoming).then(
        ({ status, type, body }) => outgoing.writeHead(status, { 'content-type': type }).end(body),
        () => outgoing.destroy(),
      );
    });
  }

  /** Listens on a free loopback port. */
  static async start(engine: string, ledger: Ledger): Promise<DynamoDbMeter> {
    const meter = new DynamoDbMeter(engine, ledger);
    meter.endpoint = `http://127.0.0.1:${await listen(meter.server)}`;
    return meter;
  }

  async close(): Promise<void> {
    await closeServer(this.server);
  }

  private async pass(incoming: IncomingMessage) {
    const [, operation = ''] = String(incoming.headers['x-amz-target']).split('.');
    const seen = this.ledger.request('dynamodb', operation);
    const input = (await json(incoming)) as Json;
    const indexed = INDEXED.get(String(input['TableName']));
    const isWrite = WRITES.has(operation);
    const before = isWrite && indexed ? await this.look(input, incoming) : undefined;
    const asked = performance.now();
    const answer = await this.ask(operation, { ...input, ReturnConsumedCapacity: 'INDEXES' }, incoming);
    seen.engineTime = performance.now() - asked;
    seen.bytes = answer.body.length;
    const output = JSON.parse(answer.body.toString()) as Json;
    note(seen, operation, output, answer.status);
    if (isWrite && indexed && answer.status === 200) {
      const after = operation === 'DeleteItem' ? undefined : await this.look(input, incoming);
      seen.writeUnits += indexWriteUnits(indexed.rangeKey, before, after);
    }
    const wait = seen.startedAt + this.latency - performance.now();
    if (wait > 0) await sleep(wait);
    seen.endedAt = performance.now();
    return answer;
  }

  /** The item that a write is about, read past the ledger. The engine does not count what an index costs. */
  private async look(input: Json, { headers }: IncomingMessage): Promise<Item | undefined> {
    const { hashKey, rangeKey } = INDEXED.get(String(input['TableName']))?.key ?? { hashKey: '', rangeKey: '' };
    const source = (input['Key'] ?? input['Item']) as Item;
    const Key = { [hashKey]: source[hashKey], [rangeKey]: source[rangeKey] };
    const { body } = await this.ask(
      'GetItem',
      { TableName: input['TableName'], Key, ConsistentRead: true },
      { headers },
    );
    return (JSON.parse(body.toString()) as { Item?: Item }).Item;
  }

  private async ask(operation: string, input: Json, { headers }: Pick<IncomingMessage, 'headers'>) {
    const answer = await fetch(this.engine, {
      method: 'POST',
      headers: {
        'content-type': headers['content-type'] ?? 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': String(headers['x-amz-date'] ?? ''),
        authorization: headers.authorization ?? '',
      },
      body: JSON.stringify(input),
    });
    const type = answer.headers.get('content-type') ?? 'application/x-amz-json-1.0';
    return { status: answer.status, type, body: Buffer.from(await answer.arrayBuffer()) };
  }
}

/** Writes whose units an index may add to. A batch of removals is dealt with by {@link note}. */
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** The tables of stage `dev` that have a local index. */
const INDEXED = new Map(
  TABLE_SCHEMAS.flatMap(({ noun, hashKey, rangeKey, localIndexes }) => {
    const [index] = localIndexes ?? [];
    if (!index || rangeKey === undefined) return [];
    return [[tableName('dev', noun), { key: { hashKey, rangeKey }, rangeKey: index.rangeKey }] as const];
  }),
);

/** Reads of at least one item, or of nothing, cost something: an empty answer is a unit when strongly consistent. */
function note(seen: SeenRequest, operation: string, output: Json, status: number): void {
  const consumed = [output['ConsumedCapacity'] ?? []].flat() as { CapacityUnits: number }[];
  const units = consumed.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  if (['GetItem', 'BatchGetItem', 'Query', 'Scan'].includes(operation)) seen.readUnits = Math.max(1, units);
  // A condition that is not met costs the write all the same, and the engine then tells no units.
  else seen.writeUnits = status === 200 ? units : writeUnits(output['Item'] as Item | undefined, undefined);
}
