import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { TABLE_SCHEMAS, tableName } from '../../constructs/storage/table-schemas';
import { answerAwsJson, type AwsJsonService } from './protocol/aws-json';
import { openDatabase, type Database } from './database-folder';
import { dynamoDbAt, type DynamoDbCall } from './dynamodb/dynamodb-call';
import { EmbeddedDynamoDb } from './dynamodb/embedded-dynamodb';
import { EventSource, type EventSourceOptions } from './lambda/event-source';
import { sweepExpired } from './dynamodb/expiry-sweep';
import { errorText, Failure } from '../failure';
import { FifoQueue } from './sqs/fifo-queue';
import { checkWritable } from './s3/object-folder';
import { ObjectStore } from './s3/object-store';
import type { SigningKey } from './s3/signature';
import { parameterStore } from './ssm/parameter-store';
import { queuePath, queueService } from './sqs/queue-service';
import { dropTables, makeTables } from './dynamodb/tables';

export interface EmbeddedCloudOptions {
  readonly stage: string;
  /** Where the data is kept. */
  readonly folder: string;
  /** Where this machine's server is reached, and so the cloud: `http://localhost:3000`. */
  readonly origin: string;
  readonly region: string;
  readonly credentials: SigningKey;
  /** Values of SSM parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A DynamoDB that runs already, e.g. the one in Docker. @default - embedded, in the folder */
  readonly dynamoDbEndpoint?: string;
  /** Days that files are kept. */
  readonly retentionDays: number;
  /** Remove what was kept of before. @default false */
  readonly empty?: boolean;
}

/** How often what has expired is removed, in milliseconds. */
const SWEEP_INTERVAL = 60_000;

/** The queue's visibility timeout of constructs/function/delivery-queue.ts, in milliseconds. */
const VISIBILITY_TIMEOUT = 180_000;

/** And how often a message is tried before it is set aside. */
const ATTEMPTS = 100;

/** What the folder of the data holds of the cloud. */
const PARTS = ['dynamodb', 'queues', 'objects'] as const;

/**
 * The AWS that a stage's functions need, in this process: DynamoDB, SQS, S3 and SSM behind one endpoint, for the real
 * AWS SDK (`AWS_ENDPOINT_URL`), so that the code that runs here is the code that is deployed.
 */
export class EmbeddedCloud {
  private readonly sweeper: NodeJS.Timeout;

  private constructor(
    private readonly options: EmbeddedCloudOptions,
    private readonly dynamoDb: EmbeddedDynamoDb | undefined,
    private readonly call: DynamoDbCall,
    private readonly database: Database,
    /** What is on its way to Telegram. */
    readonly queue: FifoQueue,
    /** What could not be delivered. */
    readonly deadLetters: FifoQueue,
    private readonly objects: ObjectStore,
    private readonly services: readonly AwsJsonService[],
  ) {
    this.sweeper = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_INTERVAL);
    this.sweeper.unref();
  }

  /**
   * Starts everything and makes the tables that are missing.
   * @throws Failure if the data cannot be used or the given DynamoDB does not answer
   */
  static async start(options: EmbeddedCloudOptions): Promise<EmbeddedCloud> {
    const { stage, folder, region, origin, credentials } = options;
    await checkFolder(folder);
    if (options.empty) await removeData(folder);
    const [dynamoDb, database] = await openBoth(options);
    try {
      const call = dynamoDbAt(options.dynamoDbEndpoint ?? dynamoDb?.endpoint ?? '', region, credentials.accessKeyId);
      const deadLetters = await FifoQueue.open(database, { name: `${stage}-delivery-dead-letters.fifo` });
      const queue = await FifoQueue.open(database, {
        name: `${stage}-delivery.fifo`,
        visibilityTimeout: VISIBILITY_TIMEOUT,
        redrive: { to: deadLetters, maxReceiveCount: ATTEMPTS },
      });
      if (options.empty) await dropTables(call, stage, TABLE_SCHEMAS);
      await makeTables(call, stage, TABLE_SCHEMAS);
      const objects = new ObjectStore(join(folder, 'objects'), [`${stage}-files`], credentials);
      const services = [queueService([queue, deadLetters], region, origin), parameterStore(options.parameters)];
      return new EmbeddedCloud(options, dynamoDb, call, database, queue, deadLetters, objects, services);
    } catch (error) {
      await Promise.all([dynamoDb?.close(), database.close()]);
      throw error;
    }
  }

  /** The variables of a function's environment that name the stage's resources. */
  get functionVariables(): Readonly<Record<string, string>> {
    const { stage, origin, dynamoDbEndpoint, region, credentials, retentionDays } = this.options;
    return {
      STAGE: stage,
      CHANNELS_TABLE: tableName(stage, 'Channels'),
      MEMBERS_TABLE: tableName(stage, 'Members'),
      CONNECTIONS_TABLE: tableName(stage, 'Connections'),
      MESSAGES_TABLE: tableName(stage, 'Messages'),
      FILES_BUCKET: `${stage}-files`,
      DELIVERY_QUEUE_URL: `${origin}${queuePath(this.queue.name)}`,
      RETENTION_DAYS: String(retentionDays),
      AWS_ENDPOINT_URL: origin,
      // Told apart so that the SDK's calls do not pass through the server that browsers use.
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint ?? this.dynamoDb?.endpoint ?? origin,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
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
      void this.answerService(target, request, response);
    }
    return true;
  }

  /** Begins to give a function what is in the delivery queue. */
  deliver(
    invoke: EventSourceOptions['invoke'],
    options: Pick<EventSourceOptions, 'observe' | 'retryAfter'> = {},
  ): EventSource {
    return new EventSource({ queue: this.queue, region: this.options.region, invoke, ...options });
  }

  /** Removes items and files whose time has come; runs by itself every minute, too. */
  async sweep(now = Date.now()): Promise<void> {
    // A DynamoDB of somebody else's does its own.
    if (this.dynamoDb) await sweepExpired(this.call, this.options.stage, TABLE_SCHEMAS, now);
    await this.objects.expire(this.options.retentionDays * 24 * 60 * 60 * 1000);
  }

  /** Closes the data; what was written stays. */
  async close(): Promise<void> {
    clearInterval(this.sweeper);
    await Promise.all([this.dynamoDb?.close(), this.database.close()]);
  }

  private async answerService(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      response.destroy();
      return;
    }
    await answerAwsJson(this.services, target, Buffer.concat(chunks), response);
  }
}

/** Removes what an embedded cloud kept in a folder, and nothing else in it. @throws Failure */
async function removeData(folder: string): Promise<void> {
  try {
    await Promise.all(PARTS.map((part) => rm(join(folder, part), { recursive: true, force: true })));
  } catch (error) {
    throw notWritable(folder, error);
  }
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

async function checkFolder(folder: string): Promise<void> {
  try {
    await checkWritable(folder);
  } catch (error) {
    throw notWritable(folder, error);
  }
}

function notWritable(folder: string, error: unknown): Failure {
  return new Failure(
    `The data folder ${folder} is not writable (${errorText(error)}): make it writable, or set KITE_DATA to another folder.`,
  );
}
