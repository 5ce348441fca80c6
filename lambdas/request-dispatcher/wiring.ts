import { correlated, type Correlation } from '../adapters/correlation';
import { createDynamoStores } from '../adapters/dynamodb/stores';
import type { DispatcherEnvironment } from '../adapters/environment';
import { answerHttp, isHttpEvent } from '../adapters/lambda-events/http';
import { answerQueue, isQueueEvent, type QueueAnswer, type QueueRecord } from '../adapters/lambda-events/queue';
import { answerWebSocket, isWebSocketEvent, type ProxyAnswer } from '../adapters/lambda-events/websocket';
import { createLogger } from '../adapters/logger';
import { createManagementPush } from '../adapters/management-push';
import { createS3Files } from '../adapters/s3-files';
import { createSqsQueue } from '../adapters/sqs-queue';
import { ssmSecrets } from '../adapters/ssm-secrets';
import { systemClock, systemRandomness } from '../adapters/system';
import { createWebhookGuard } from '../adapters/telegram/webhook-guard';
import type { OperatorSide, QueueItem, QueueOutcome, World } from '../chat/ports';
import { createVisitorSide } from '../chat/browser-side';

/** Parts of the world that are not made of the environment: the fakes of a test, the stores of `npm start`. */
export interface DispatcherOverrides extends Partial<World> {
  /** Hides a received message of the queue for so many seconds. */
  readonly delayQueueItem?: (receiptHandle: string, seconds: number) => Promise<void>;
}

export type DispatcherHandler = (event: unknown, context?: unknown) => Promise<ProxyAnswer | QueueAnswer>;

/** Retry delay while another instance is delivering, seconds. */
const BUSY_SECONDS = 3;

/** The handler of all events of a stage: both APIs and the queue. What an event does not need is not loaded for it. */
export function createRequestDispatcher(
  environment: DispatcherEnvironment,
  overrides: DispatcherOverrides = {},
): DispatcherHandler {
  const { delayQueueItem, ...given } = overrides;
  const sqs = createSqsQueue(environment.deliveryQueueUrl);
  const clock = given.clock ?? systemClock;
  const logger = given.logger ?? createLogger('request-dispatcher', environment.logLevel);
  const secrets = given.secrets ?? ssmSecrets(environment.botTokenParameter);
  const emulated = environment.awsEndpointUrl;
  const world: World = {
    ...createDynamoStores({ tables: environment, clock, retentionDays: environment.retentionDays }),
    push: createManagementPush({
      callbackUrl: emulated ? `${emulated}/${environment.stage}` : environment.websocketCallbackUrl,
    }),
    queue: sqs,
    files: createS3Files({ bucket: environment.filesBucket, endpoint: emulated }),
    random: systemRandomness,
    settings: environment,
    ...given,
    clock,
    logger,
    secrets,
  };
  const visitors = createVisitorSide(world);
  const isWebhookSecret = createWebhookGuard(secrets, environment.stage);
  const operators = lateOperators(world, environment.telegramApiRoot);

  const deliver = async (item: QueueItem, attempt: number): Promise<QueueOutcome> => {
    if (item.kind !== 'to-visitor') return operators.deliver(item, attempt);
    const outcome = await visitors.redeliver(item, item.attempt);
    return outcome === 'done' ? { kind: 'done' } : { kind: 'retry', retryAfter: BUSY_SECONDS };
  };

  const answer = async (event: unknown): Promise<ProxyAnswer | QueueAnswer> => {
    if (typeof event === 'object' && event !== null) {
      if (isWebSocketEvent(event)) return answerWebSocket(event, visitors);
      if (isHttpEvent(event)) return answerHttp(event, { visitors, operators, isWebhookSecret });
      if (isQueueEvent(event)) {
        return answerQueue(event, {
          deliver: (item, attempt, record) => correlated(itemOf(record), () => deliver(item, attempt)),
          delay: delayQueueItem ?? ((receiptHandle, seconds) => sqs.delay(receiptHandle, seconds)),
          onError: (error, record) =>
            correlated(itemOf(record), () => logger.error('An item of the queue failed', { error })),
          onNotHidden: (error, record, seconds) =>
            correlated(itemOf(record), () =>
              logger.warn('An item of the queue could not be hidden; it comes back after three minutes', {
                seconds,
                reason: String(error),
              }),
            ),
        });
      }
    }
    throw new Error('This event is neither from a WebSocket API, nor an HTTP API, nor the delivery queue');
  };
  return (event, context) => correlated({ ...invocationOf(context), ...originOf(event) }, () => answer(event));
}

function itemOf({ messageId, attributes }: QueueRecord): Correlation {
  return { queueItem: messageId, attempt: Number(attributes.ApproximateReceiveCount) };
}

function invocationOf(context: unknown): Correlation {
  const { awsRequestId: requestId } = (context ?? {}) as { readonly awsRequestId?: string };
  return requestId === undefined ? {} : { requestId };
}

/** Where an event came from, in the words of the API's access log. */
function originOf(event: unknown): Correlation {
  if (typeof event !== 'object' || event === null || !(isWebSocketEvent(event) || isHttpEvent(event))) return {};
  const { requestId: gatewayRequestId } = event.requestContext;
  return {
    ...(gatewayRequestId === undefined ? {} : { gatewayRequestId }),
    ...(isWebSocketEvent(event) ? { connection: event.requestContext.connectionId } : {}),
  };
}

/** The operators' side, loaded with the first update or delivery: visitors do not need it. */
function lateOperators(world: World, apiRoot: string | undefined): OperatorSide {
  let loaded: Promise<OperatorSide> | undefined;
  const side = () =>
    (loaded ??= import('../adapters/telegram/operator-side.ts').then(({ createTelegramOperatorSide }) =>
      createTelegramOperatorSide(world, { apiRoot }),
    ));
  return {
    receiveUpdate: async (update) => (await side()).receiveUpdate(update),
    deliver: async (item, attempt) => (await side()).deliver(item, attempt),
  };
}
