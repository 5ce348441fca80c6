import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const dollars = v.pipe(v.number(), v.minValue(0));

/** Dollars, without tax, at the price of the first tier. */
const PricesSchema = v.strictObject({
  /** A million messages of 32 KB, a million minutes of a connection, a million requests. */
  apiGateway: v.strictObject({ messages: dollars, minutes: dollars, httpRequests: dollars }),
  /** A million requests; a GB-second. */
  lambda: v.strictObject({ requests: dollars, gbSeconds: v.strictObject({ arm64: dollars, x86_64: dollars }) }),
  /** A million units; a GB-month of the tables, and of point-in-time recovery. */
  dynamodb: v.strictObject({ reads: dollars, writes: dollars, storage: dollars, restore: dollars }),
  /** A million requests to a FIFO queue. */
  sqs: dollars,
  /** A thousand requests; a GB-month. */
  s3: v.strictObject({ puts: dollars, gets: dollars, storage: dollars }),
  /** A GB of logs ingested; a GB-month of logs stored; a month of a metric, of an alarm, of a dashboard. */
  cloudwatch: v.strictObject(v.entriesFromList(['logs', 'logStorage', 'metric', 'alarm', 'dashboard'], dollars)),
  /** Ten thousand requests. */
  kms: dollars,
  /** A million invocations. */
  scheduler: dollars,
  /** A minute of the smallest Linux machine. */
  codebuild: dollars,
  /** A GB to the internet. */
  transfer: dollars,
  /** For an hour each: a vCPU and a GB of Fargate on arm64, a load balancer, a public address. */
  container: v.strictObject({ cpu: dollars, memory: dollars, balancer: dollars, address: dollars }),
});
export type Prices = v.InferOutput<typeof PricesSchema>;

const TableSchema = v.strictObject({
  /** The day for which the prices hold. */
  asOf: v.pipe(v.string(), v.isoDate()),
  region: v.pipe(v.string(), v.nonEmpty()),
  prices: PricesSchema,
  /** Prices that are in no source: check them before you rely on them. */
  unconfirmed: v.optional(v.array(v.keyof(PricesSchema)), []),
});

/** The prices of a region on a day. */
export type PriceTable = v.InferOutput<typeof TableSchema>;

/** AWS's page for each price. */
export const PRICE_PAGES: Readonly<Record<keyof Prices, string>> = {
  apiGateway: 'https://aws.amazon.com/api-gateway/pricing/',
  lambda: 'https://aws.amazon.com/lambda/pricing/',
  dynamodb: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  sqs: 'https://aws.amazon.com/sqs/pricing/',
  s3: 'https://aws.amazon.com/s3/pricing/',
  cloudwatch: 'https://aws.amazon.com/cloudwatch/pricing/',
  kms: 'https://aws.amazon.com/kms/pricing/',
  scheduler: 'https://aws.amazon.com/eventbridge/pricing/',
  codebuild: 'https://aws.amazon.com/codebuild/pricing/',
  transfer: 'https://aws.amazon.com/ec2/pricing/on-demand/',
  container: 'https://aws.amazon.com/fargate/pricing/',
};

/** The regions in the table. */
export const PRICED_REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1'] as const;
export type PricedRegion = (typeof PRICED_REGIONS)[number];

/**
 * The day of the table. Most of it is AWS's price list as a public study of that day quotes it (publication dates
 * 2025-08-28 to 2026-08-15), the rest is from the pages above. Nothing has compared it with AWS since.
 */
export const AS_OF = '2026-08-16';

/** The same in all three. */
const EVERYWHERE = {
  lambda: { requests: 0.2, gbSeconds: { arm64: 0.0000133334, x86_64: 0.0000166667 } },
  sqs: 0.5,
  kms: 0.03,
  transfer: 0.09,
};

const ALARMS = { metric: 0.3, alarm: 0.1, dashboard: 3 };

const TABLE: Readonly<Record<PricedRegion, Omit<PriceTable, 'asOf' | 'region'>>> = {
  'us-east-1': {
    unconfirmed: [],
    prices: {
      ...EVERYWHERE,
      apiGateway: { messages: 1, minutes: 0.25, httpRequests: 1 },
      dynamodb: { reads: 0.125, writes: 0.625, storage: 0.25, restore: 0.2 },
      s3: { puts: 0.005, gets: 0.0004, storage: 0.023 },
      cloudwatch: { ...ALARMS, logs: 0.5, logStorage: 0.03 },
      scheduler: 1,
      codebuild: 0.005,
      container: { cpu: 0.03238, memory: 0.00356, balancer: 0.0225, address: 0.005 },
    },
  },
  'eu-west-1': {
    unconfirmed: ['codebuild'],
    prices: {
      ...EVERYWHERE,
      apiGateway: { messages: 1.14, minutes: 0.285, httpRequests: 1.11 },
      dynamodb: { reads: 0.1415, writes: 0.705, storage: 0.283, restore: 0.22 },
      s3: { puts: 0.005, gets: 0.0004, storage: 0.023 },
      cloudwatch: { ...ALARMS, logs: 0.57, logStorage: 0.03 },
      scheduler: 1,
      codebuild: 0.005,
      container: { cpu: 0.03238, memory: 0.00356, balancer: 0.0252, address: 0.005 },
    },
  },
  'eu-central-1': {
    unconfirmed: ['apiGateway', 'codebuild'],
    prices: {
      ...EVERYWHERE,
      apiGateway: { messages: 1.2, minutes: 0.3, httpRequests: 1.2 },
      dynamodb: { reads: 0.1525, writes: 0.7625, storage: 0.306, restore: 0.2448 },
      s3: { puts: 0.0054, gets: 0.00043, storage: 0.0245 },
      cloudwatch: { ...ALARMS, logs: 0.63, logStorage: 0.0324 },
      scheduler: 1.15,
      codebuild: 0.005,
      container: { cpu: 0.03725, memory: 0.00409, balancer: 0.027, address: 0.005 },
    },
  },
};

/** The table's prices of a region. */
export function pricesIn(region: PricedRegion): PriceTable {
  return { asOf: AS_OF, region, ...TABLE[region] };
}

/** Prices from a JSON file: a table, or all that `npm run cost -- --json` prints. @throws Error that names what is wrong */
export function readPrices(file: string): PriceTable {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const all = v.safeParse(v.object({ deployment: v.unknown(), prices: v.unknown() }), content);
  const read = v.safeParse(TableSchema, all.success ? all.output.prices : content);
  if (read.success) return read.output;
  throw new Error(
    read.issues.map((issue) => `${file}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`).join('\n'),
  );
}

/**
 * The monthly free tier that does not expire (https://aws.amazon.com/free/). API Gateway has none, and offers for new accounts
 * are left out.
 */
export const FREE = {
  lambdaRequests: 1_000_000,
  gbSeconds: 400_000,
  tableGb: 25,
  sqsRequests: 1_000_000,
  logGb: 5,
  metrics: 10,
  alarms: 10,
  dashboards: 3,
  kmsRequests: 20_000,
  scheduled: 14_000_000,
  buildMinutes: 100,
  transferGb: 100,
} as const;
