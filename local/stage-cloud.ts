import { join } from 'node:path';
import { tableName } from '../constructs/storage/table-schemas';
import { DataFailure } from '../emulators/aws/data-folder';
import { DynamoDbUnreachable } from '../emulators/aws/dynamodb/dynamodb-call';
import { EmbeddedCloud, type EmbeddedCloudOptions } from '../emulators/aws/embedded-cloud';
import type { FifoQueue } from '../emulators/aws/sqs/fifo-queue';
import { Failure } from '../emulators/failure';
import { PENDING } from '../lambdas/adapters/s3-files';
import { stageTables } from './stage-tables';

const DAY = 24 * 60 * 60 * 1000;

/** As `constructs/function/delivery-queue.ts` sets them: milliseconds, and receipts before a message is a dead letter. */
export const DELIVERY_QUEUE = { visibilityTimeout: 180_000, maxReceiveCount: 100 } as const;

export interface StageCloudOptions extends Pick<
  EmbeddedCloudOptions,
  'folder' | 'origin' | 'region' | 'credentials' | 'dynamoDbEndpoint' | 'empty'
> {
  readonly stage: string;
  readonly botToken: string;
  /** How long messages and files are kept. */
  readonly retentionDays: number;
  /** Changes to the files that visitors may send. */
  readonly fileTypes?: string | undefined;
}

/** What a stage's functions need of AWS, embedded: tables, queues, bucket and secret. */
export class StageCloud {
  private constructor(
    readonly aws: EmbeddedCloud,
    private readonly options: StageCloudOptions,
  ) {}

  /** @throws Failure with what to do, if the data cannot be used or the given DynamoDB does not answer */
  static async start(options: StageCloudOptions): Promise<StageCloud> {
    const { stage, botToken, retentionDays, ...rest } = options;
    const { visibilityTimeout, maxReceiveCount } = DELIVERY_QUEUE;
    const deadLetters = `${stage}-delivery-dead-letters.fifo`;
    const aws = await EmbeddedCloud.start({
      ...rest,
      tables: stageTables(stage),
      queues: [
        { name: deadLetters },
        { name: `${stage}-delivery.fifo`, visibilityTimeout, redrive: { to: deadLetters, maxReceiveCount } },
      ],
      buckets: [
        { name: `${stage}-files`, expiration: [{ after: retentionDays * DAY }, { prefix: PENDING, after: DAY }] },
      ],
      parameters: { [parameterName(stage)]: botToken },
    }).catch((error: unknown) => {
      throw withRemedy(error);
    });
    return new StageCloud(aws, options);
  }

  /** What is on its way to the messenger. */
  get queue(): FifoQueue {
    return this.aws.queue(`${this.options.stage}-delivery.fifo`);
  }

  /** What could not be delivered. */
  get deadLetters(): FifoQueue {
    return this.aws.queue(`${this.options.stage}-delivery-dead-letters.fifo`);
  }

  /** The environment of the stage's functions. @param telegramApiRoot without the token */
  functionVariables(telegramApiRoot: string): Readonly<Record<string, string>> {
    const { stage, origin, retentionDays, fileTypes, folder } = this.options;
    return {
      STAGE: stage,
      CHANNELS_TABLE: tableName(stage, 'Channels'),
      MEMBERS_TABLE: tableName(stage, 'Members'),
      CONNECTIONS_TABLE: tableName(stage, 'Connections'),
      MESSAGES_TABLE: tableName(stage, 'Messages'),
      FILES_BUCKET: `${stage}-files`,
      DELIVERY_QUEUE_URL: this.aws.queueUrl(this.queue.name),
      RETENTION_DAYS: String(retentionDays),
      ...(fileTypes ? { FILE_TYPES: fileTypes } : {}),
      BOT_TOKEN_PARAMETER: parameterName(stage),
      TELEGRAM_API_ROOT: telegramApiRoot,
      WEBSOCKET_URL: `${origin.replace('http', 'ws')}/${stage}`,
      WEBSOCKET_CALLBACK_URL: `${origin}/${stage}`,
      API_URL: `${origin}/${stage}`,
      ...this.aws.sdkVariables,
      // The AWS settings of this machine's user do not concern the chat.
      AWS_CONFIG_FILE: join(folder, 'no-aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-aws-credentials'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  /** Closes the data, which is kept. */
  async close(): Promise<void> {
    await this.aws.close();
  }
}

/** A failure with what the person at the terminal can do about it. */
export function withRemedy(error: unknown): unknown {
  const remedy = remedyFor(error);
  return remedy === undefined ? error : new Failure(`${(error as Failure).message.replace(/\.$/, '')}: ${remedy}`);
}

function remedyFor(error: unknown): string | undefined {
  if (error instanceof DynamoDbUnreachable)
    return 'start it (npm run deploy-local), or unset AWS_ENDPOINT_URL_DYNAMODB to use the embedded one.';
  if (!(error instanceof DataFailure)) return undefined;
  switch (error.kind) {
    case 'in use':
      return 'end the other "npm start", or set KITE_DATA to another folder.';
    case 'not writable':
      return 'make it writable, or set KITE_DATA to another folder.';
    case 'damaged':
      return 'start empty with "npm start -- --reset", or restore the folder.';
  }
}

function parameterName(stage: string): string {
  return `/kite/${stage}/telegram-bot-token`;
}
