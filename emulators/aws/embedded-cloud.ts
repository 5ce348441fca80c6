import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { checkWritable, notWritable, openDatabase, type Database } from './data-folder';
import { dynamoDbAt, type DynamoDbCall } from './dynamodb/dynamodb-call';
import { EmbeddedDynamoDb } from './dynamodb/embedded-dynamodb';
import { sweepExpired } from './dynamodb/expiry-sweep';
import { dropTables, makeTables, type TableDefinition } from './dynamodb/tables';
import { answerAwsJson, type AwsJsonService } from './protocol/aws-json';
import { ObjectStore, type BucketDefinition } from './s3/object-store';
import type { SigningKey } from './s3/signature';
import { FifoQueue } from './sqs/fifo-queue';
import { queuePath, queueService } from './sqs/queue-service';
import { parameterStore } from './ssm/parameter-store';

/** A FIFO queue. */
export interface QueueDefinition {
  /** E.g. `orders.fifo` */
  readonly name: string;
  /** Milliseconds. @default 30000, as SQS */
  readonly visibilityTimeout?: number;
  /** Where a message goes that was received too often; a queue defined before this one. @default - nowhere */
  readonly redrive?: { readonly to: string; readonly maxReceiveCount: number };
}

export interface EmbeddedCloudOptions {
  /** Where the data is kept. */
  readonly folder: string;
  /** The address of the server that {@link EmbeddedCloud.handleRequest} is mounted in: `http://localhost:3000`. */
  readonly origin: string;
  readonly region: string;
  readonly credentials: SigningKey;
  readonly tables: readonly TableDefinition[];
  readonly queues: readonly QueueDefinition[];
  readonly buckets: readonly BucketDefinition[];
  /** Values of SSM parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A DynamoDB that runs already, e.g. the one in Docker. @default - embedded, in the folder */
  readonly dynamoDbEndpoint?: string;
  /** Remove the data of earlier runs. @default false */
  readonly empty?: boolean;
}

/** Milliseconds between two removals of what has expired. */
const SWEEP_INTERVAL = 60_000;

/** The subfolders of the data folder. */
const PARTS = ['dynamodb', 'queues', 'objects'] as const;

/**
 * DynamoDB, SQS, S3 and SSM in this process behind one endpoint, for the real AWS SDK (`AWS_ENDPOINT_URL`): code that runs
 * here is the code that is deployed.
 */
export class EmbeddedCloud {
  private readonly sweeper: NodeJS.Timeout;
  private readonly services: readonly AwsJsonService[];
  private readonly objects: ObjectStore;

  private constructor(
    private readonly options: EmbeddedCloudOptions,
    private readonly dynamoDb: EmbeddedDynamoDb | undefined,
    private readonly call: DynamoDbCall,
    private readonly database: Database,
    private readonly queues: ReadonlyMap<string, FifoQueue>,
  ) {
    const { folder, buckets, credentials, region, origin, parameters } = options;
    this.objects = new ObjectStore(join(folder, 'objects'), buckets, credentials);
    this.services = [queueService([...queues.values()], region, origin), parameterStore(parameters)];
    this.sweeper = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_INTERVAL);
    this.sweeper.unref();
  }

  /**
   * Starts everything and creates the tables that are missing.
   * @throws Failure if the data cannot be used or the given DynamoDB does not answer
   */
  static async start(options: EmbeddedCloudOptions): Promise<EmbeddedCloud> {
    const { folder, region, credentials, tables } = options;
    await checkWritable(folder);
    if (options.empty) await removeData(folder);
    const [dynamoDb, database] = await openBoth(options);
    try {
      const call = dynamoDbAt(options.dynamoDbEndpoint ?? dynamoDb?.endpoint ?? '', region, credentials.accessKeyId);
      const queues = await openQueues(database, options.queues);
      if (options.empty) await dropTables(call, tables);
      await makeTables(call, tables);
      return new EmbeddedCloud(options, dynamoDb, call, database, queues);
    } catch (error) {
      await Promise.all([dynamoDb?.close(), database.close()]);
      throw error;
    }
  }

  /** The variables that point an AWS SDK at this cloud. */
  get sdkVariables(): Readonly<Record<string, string>> {
    const { origin, dynamoDbEndpoint, region, credentials } = this.options;
    return {
      AWS_ENDPOINT_URL: origin,
      // The SDK's calls do not pass through the server that browsers use.
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint ?? this.dynamoDb?.endpoint ?? origin,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** A queue by its name. @throws Error if it was not defined */
  queue(name: string): FifoQueue {
    const queue = this.queues.get(name);
    if (!queue) throw new Error(`There is no queue ${name}.`);
    return queue;
  }

  queueUrl(name: string): string {
    return `${this.options.origin}${queuePath(name)}`;
  }

  /** Answers a request of an AWS SDK or to a presigned URL; false, untouched, if it is neither. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string') return this.objects.handle(request, response);
    // No web page has business with the tables and queues.
    if (request.headers.origin !== undefined) {
      request.resume();
      response.writeHead(403).end();
    } else if (target.startsWith('DynamoDB_') && this.dynamoDb) {
      this.dynamoDb.handle(request, response);
    } else {
      buffer(request)
        .then((body) => answerAwsJson(this.services, target, body, response))
        .catch(() => response.destroy());
    }
    return true;
  }

  /** Removes items and objects that have expired; runs by itself every minute. */
  async sweep(now = Date.now()): Promise<void> {
    // A DynamoDB that runs elsewhere does it itself.
    if (this.dynamoDb) await sweepExpired(this.call, this.options.tables, now);
    await this.objects.expire();
  }

  /** Closes the data, which is kept. */
  async close(): Promise<void> {
    clearInterval(this.sweeper);
    await Promise.all([this.dynamoDb?.close(), this.database.close()]);
  }
}

/** Removes the data of an embedded cloud and nothing else in the folder. @throws DataFailure */
async function removeData(folder: string): Promise<void> {
  try {
    await Promise.all(PARTS.map((part) => rm(join(folder, part), { recursive: true, force: true })));
  } catch (error) {
    throw notWritable(folder, error);
  }
}

async function openQueues(
  database: Database,
  definitions: readonly QueueDefinition[],
): Promise<ReadonlyMap<string, FifoQueue>> {
  const queues = new Map<string, FifoQueue>();
  for (const { redrive, ...options } of definitions) {
    const to = redrive && queues.get(redrive.to);
    const target = to && { to, maxReceiveCount: redrive.maxReceiveCount };
    queues.set(options.name, await FifoQueue.open(database, { ...options, ...(target ? { redrive: target } : {}) }));
  }
  return queues;
}

/** Opens both databases, or neither. */
async function openBoth({
  folder,
  dynamoDbEndpoint,
}: EmbeddedCloudOptions): Promise<[EmbeddedDynamoDb | undefined, Database]> {
  const [dynamoDb, database] = await Promise.allSettled([
    dynamoDbEndpoint === undefined ? EmbeddedDynamoDb.start(join(folder, 'dynamodb')) : undefined,
    openDatabase(join(folder, 'queues')),
  ]);
  if (dynamoDb.status === 'fulfilled' && database.status === 'fulfilled') return [dynamoDb.value, database.value];
  if (dynamoDb.status === 'fulfilled') await dynamoDb.value?.close();
  if (database.status === 'fulfilled') await database.value.close();
  throw dynamoDb.status === 'rejected' ? dynamoDb.reason : (database as PromiseRejectedResult).reason;
}
