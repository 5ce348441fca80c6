import type { EventMeasures, EventName } from '../../bench/events';
import type { EventMeasure } from '../../bench/event-measure';
import { MONTH_MINUTES, type Deployment } from './deployment';
import { eventsOf, type Visit } from './visit';

/** What is used in a month. */
export type Usage = Readonly<ReturnType<typeof usageOf>>;

const GB = 1024 ** 3;

/**
 * How long things take, milliseconds: counts are measured, these are set. 256 MB get a seventh of a core. Our own work is under
 * 1 ms of a whole one; the SDK's for a round trip is about 2.4 ms of one (docs/performance.md: 24 ms for a text, which has ten),
 * to which DynamoDB and SQS add "single-digit milliseconds"; Telegram's servers are far; a new instance is ready within half a second.
 */
export const DURATIONS = { own: 7, aws: 22, telegram: 150, settle: 300, coldStart: 500 } as const;

/**
 * Bytes. A message: its item, the same again in the index, the pointer from Telegram's number, 100 for each as DynamoDB
 * counts storage. Lines of a log: START, END and REPORT of Lambda's and one of ours; one of API Gateway's. On the way out:
 * a frame or a call of the Bot API, with its headers.
 */
export const BYTES = { message: 1500, invocationLog: 500, accessLog: 400, out: 2000 } as const;

/** Polls of an idle queue: so many pollers of Lambda's, each asking every 20 seconds. The least that AWS names is 2, the usual is 5. */
export const POLLING = { pollers: 5, seconds: 20 } as const;

/** Minutes of a drift check, and of a build with its tests and its deployment. */
const BUILD = { driftCheck: 4, build: 6 } as const;

/** Of a look at the webhook, milliseconds: one call of Telegram's. */
const CHECK = DURATIONS.own + DURATIONS.telegram;

/** How many bytes a file has. */
export const FILE_BYTES = 1_000_000;

export interface Month extends Visit {
  readonly visitors: number;
  readonly builds: number;
}

/** What so many visits use, and what stands there without any. */
export function usageOf(month: Month, { events, instance }: EventMeasures, deployment: Deployment) {
  const happened = Object.entries(eventsOf(month)) as [EventName, number][];
  const total = (of: (event: EventMeasure) => number) =>
    month.visitors * happened.reduce((sum, [name, times]) => sum + times * of(events[name]), 0);
  const messages = month.visitors * (month.messages + month.replies + month.files + 1);
  const files = month.visitors * month.files;
  const months = deployment.retention / (MONTH_MINUTES / 60 / 24);
  const { builds, functions: checks } = deployment.scheduled;
  // A function that runs every quarter of an hour is a new instance each time; so is the first one of a visit.
  const instances = month.visitors + checks;
  const lambdaRequests = total(({ invocations }) => invocations) + checks;
  const httpRequests = total((event) => event.httpRequests);
  const webSocketMessages = total((event) => event.webSocketMessages);
  const accessLogLines = deployment.accessLogs ? httpRequests + webSocketMessages : 0;
  const tableGb = (messages * BYTES.message * months) / GB;
  return {
    webSocketMessages,
    connectionMinutes: month.visitors * month.minutes,
    httpRequests,
    lambdaRequests,
    gbSeconds:
      ((total(milliseconds) + checks * CHECK + instances * DURATIONS.coldStart) / 1000) * (deployment.memory / 1024),
    readUnits: total(({ dynamodb }) => dynamodb.readUnits),
    writeUnits: total(({ dynamodb }) => dynamodb.writeUnits),
    tableGb,
    restoreGb: deployment.restorable ? tableGb : 0,
    sqsRequests:
      total(({ sqs }) => sum(sqs)) + deployment.queues * POLLING.pollers * ((MONTH_MINUTES * 60) / POLLING.seconds),
    s3Puts: total(({ s3 }) => s3['PUT'] ?? 0),
    // DELETE is free.
    s3Gets: total(({ s3 }) => (s3['GET'] ?? 0) + (s3['HEAD'] ?? 0)),
    s3Gb: (files * FILE_BYTES * months) / GB,
    logGb: (lambdaRequests * BYTES.invocationLog + accessLogLines * BYTES.accessLog) / GB,
    metrics: deployment.metrics,
    alarms: deployment.alarms,
    dashboards: deployment.dashboards,
    // Each new instance has its secret deciphered.
    kmsRequests: instances * instance.ssm,
    scheduled: builds + checks,
    buildMinutes: month.builds * BUILD.build + builds * BUILD.driftCheck,
    transferGb: (total((event) => event.webSocketMessages + sum(event.telegram)) * BYTES.out + files * FILE_BYTES) / GB,
  };
}

/** Billed milliseconds of an event's invocations, each rounded up. */
function milliseconds({ invocations, roundTrips, sqs }: EventMeasure): number {
  const settled = sqs['ReceiveMessage'] ? DURATIONS.settle : 0;
  return Math.ceil(
    invocations * DURATIONS.own + roundTrips.aws * DURATIONS.aws + roundTrips.telegram * DURATIONS.telegram + settled,
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}
