/** The regions whose prices are noted down here. */
export const PRICED_REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1'] as const;
export type PricedRegion = (typeof PRICED_REGIONS)[number];

/** Where the table comes from. */
export const PRICE_TABLE = {
  /** The day for which the prices are believed to be right. Nobody has asked AWS since: look at the pages below. */
  asOf: '2026-08-16',
  sources: [
    'AWS Price List (publication dates 2025-08-28 to 2026-08-15), as quoted in a public study of that day: Fargate, SQS, DynamoDB, S3, CloudWatch, Scheduler, public addresses, data transfer; the load balancer except eu-central-1',
    'https://aws.amazon.com/api-gateway/pricing/',
    'https://aws.amazon.com/lambda/pricing/',
    'https://aws.amazon.com/codebuild/pricing/',
    'https://aws.amazon.com/kms/pricing/',
    'https://aws.amazon.com/elasticloadbalancing/pricing/',
  ],
  /** What is from memory, and was found in no list. */
  uncertain: ['API Gateway in eu-central-1', 'CodeBuild in eu-west-1 and eu-central-1'],
} as const;

/** Dollars, without tax, at the price of the first tier. */
export interface Prices {
  /** A million messages of 32 KB, a million minutes of a connection, a million requests. */
  readonly apiGateway: { readonly messages: number; readonly minutes: number; readonly httpRequests: number };
  /** A million requests; a GB-second. */
  readonly lambda: { readonly requests: number; readonly gbSeconds: Readonly<Record<'arm64' | 'x86_64', number>> };
  /** A million units; a GB-month of the tables, and of what they can be restored from. */
  readonly dynamodb: {
    readonly reads: number;
    readonly writes: number;
    readonly storage: number;
    readonly restore: number;
  };
  /** A million requests to a FIFO queue. */
  readonly sqs: number;
  /** A thousand requests; a GB-month. */
  readonly s3: { readonly puts: number; readonly gets: number; readonly storage: number };
  /** A GB of log taken in; a GB-month of log kept; a month of a metric, of an alarm, of a dashboard. */
  readonly cloudwatch: {
    readonly logs: number;
    readonly logStorage: number;
    readonly metric: number;
    readonly alarm: number;
    readonly dashboard: number;
  };
  /** Ten thousand requests. */
  readonly kms: number;
  /** A million invocations. */
  readonly scheduler: number;
  /** A minute of the smallest Linux machine. */
  readonly codebuild: number;
  /** A GB to the internet. */
  readonly transfer: number;
  /** For an hour each: a vCPU and a GB of Fargate on arm64, a load balancer, a public address. */
  readonly container: {
    readonly cpu: number;
    readonly memory: number;
    readonly balancer: number;
    readonly address: number;
  };
}

/** The same in all three. */
const EVERYWHERE = {
  lambda: { requests: 0.2, gbSeconds: { arm64: 0.0000133334, x86_64: 0.0000166667 } },
  sqs: 0.5,
  kms: 0.03,
  transfer: 0.09,
};

const ALARMS = { metric: 0.3, alarm: 0.1, dashboard: 3 };

export const PRICES: Readonly<Record<PricedRegion, Prices>> = {
  'us-east-1': {
    ...EVERYWHERE,
    apiGateway: { messages: 1, minutes: 0.25, httpRequests: 1 },
    dynamodb: { reads: 0.125, writes: 0.625, storage: 0.25, restore: 0.2 },
    s3: { puts: 0.005, gets: 0.0004, storage: 0.023 },
    cloudwatch: { ...ALARMS, logs: 0.5, logStorage: 0.03 },
    scheduler: 1,
    codebuild: 0.005,
    container: { cpu: 0.03238, memory: 0.00356, balancer: 0.0225, address: 0.005 },
  },
  'eu-west-1': {
    ...EVERYWHERE,
    apiGateway: { messages: 1.14, minutes: 0.285, httpRequests: 1.11 },
    dynamodb: { reads: 0.1415, writes: 0.705, storage: 0.283, restore: 0.22 },
    s3: { puts: 0.005, gets: 0.0004, storage: 0.023 },
    cloudwatch: { ...ALARMS, logs: 0.57, logStorage: 0.03 },
    scheduler: 1,
    codebuild: 0.005,
    container: { cpu: 0.03238, memory: 0.00356, balancer: 0.0252, address: 0.005 },
  },
  'eu-central-1': {
    ...EVERYWHERE,
    apiGateway: { messages: 1.2, minutes: 0.3, httpRequests: 1.2 },
    dynamodb: { reads: 0.1525, writes: 0.7625, storage: 0.306, restore: 0.2448 },
    s3: { puts: 0.0054, gets: 0.00043, storage: 0.0245 },
    cloudwatch: { ...ALARMS, logs: 0.63, logStorage: 0.0324 },
    scheduler: 1.15,
    codebuild: 0.005,
    container: { cpu: 0.03725, memory: 0.00409, balancer: 0.027, address: 0.005 },
  },
};

/**
 * What every account gets each month without an end (https://aws.amazon.com/free/). API Gateway gives nothing of that kind,
 * and what new accounts get for a while is left out.
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
