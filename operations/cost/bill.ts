import { FREE, type Prices } from './prices';
import type { CostOptions } from './options';
import type { Usage } from './usage';

/** One line of a bill. */
export interface BillLine {
  readonly service: string;
  readonly what: string;
  /** How much was used, in `unit`s. */
  readonly quantity: number;
  readonly unit: string;
  /** How much of it is free. */
  readonly free: number;
  /** Dollars for one unit. */
  readonly price: number;
  readonly dollars: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly total: number;
  /** What an always-on container would cost instead, without storage and traffic. */
  readonly container: number;
}

const MILLION = 1_000_000;
const HOURS = 730;

/** Uses the prices of the first tier for any quantity; AWS gives discounts above it. */
export function billOf(usage: Usage, options: Pick<CostOptions, 'architecture' | 'freeTier'>, prices: Prices): Bill {
  const lines = linesOf(usage, prices, options.architecture).map(([service, what, quantity, unit, given, price]) => {
    const free = options.freeTier ? Math.min(quantity, given) : 0;
    return { service, what, quantity, unit, free, price, dollars: (quantity - free) * price };
  });
  return {
    lines,
    total: sum(lines.map(({ dollars }) => dollars)),
    container: sum(Object.values(containerParts(prices))),
  };
}

/** Service, what, quantity, unit, free, price of one. */
type Row = readonly [string, string, number, string, number, number];

function linesOf(usage: Usage, prices: Prices, architecture: CostOptions['architecture']): Row[] {
  const { apiGateway, lambda, dynamodb, s3, cloudwatch } = prices;
  return [
    ['API Gateway', 'WebSocket messages', usage.webSocketMessages, '', 0, apiGateway.messages / MILLION],
    ['API Gateway', 'connection minutes', usage.connectionMinutes, '', 0, apiGateway.minutes / MILLION],
    ['API Gateway', 'HTTP requests', usage.httpRequests, '', 0, apiGateway.httpRequests / MILLION],
    ['Lambda', 'requests', usage.lambdaRequests, '', FREE.lambdaRequests, lambda.requests / MILLION],
    ['Lambda', 'GB-seconds', usage.gbSeconds, '', FREE.gbSeconds, lambda.gbSeconds[architecture]],
    ['DynamoDB', 'read units', usage.readUnits, '', 0, dynamodb.reads / MILLION],
    ['DynamoDB', 'write units', usage.writeUnits, '', 0, dynamodb.writes / MILLION],
    ['DynamoDB', 'storage', usage.tableGb, 'GB', FREE.tableGb, dynamodb.storage],
    ['DynamoDB', 'restore to any second', usage.restoreGb, 'GB', 0, dynamodb.restore],
    ['SQS', 'requests, empty polls included', usage.sqsRequests, '', FREE.sqsRequests, prices.sqs / MILLION],
    ['S3', 'PUT', usage.s3Puts, '', 0, s3.puts / 1000],
    ['S3', 'GET and others', usage.s3Gets, '', 0, s3.gets / 1000],
    ['S3', 'storage', usage.s3Gb, 'GB', 0, s3.storage],
    ['CloudWatch', 'logs', usage.logGb, 'GB', FREE.logGb, cloudwatch.logs + cloudwatch.logStorage],
    ['CloudWatch', 'metrics of our own', usage.metrics, '', FREE.metrics, cloudwatch.metric],
    ['CloudWatch', 'metrics under alarm', usage.alarms, '', FREE.alarms, cloudwatch.alarm],
    ['CloudWatch', 'dashboards', usage.dashboards, '', FREE.dashboards, cloudwatch.dashboard],
    ['KMS', 'the bot token deciphered', usage.kmsRequests, '', FREE.kmsRequests, prices.kms / 10_000],
    ['Scheduler', 'starts', usage.scheduled, '', FREE.scheduled, prices.scheduler / MILLION],
    ['CodeBuild', 'minutes', usage.buildMinutes, '', FREE.buildMinutes, prices.codebuild],
    ['Data transfer', 'to the internet', usage.transferGb, 'GB', FREE.transferGb, prices.transfer],
  ];
}

/**
 * The parts of a small container: a quarter of a vCPU and half a GB of Fargate on arm64, behind a load balancer in two zones,
 * with three public addresses. Leaves out what the balancer bills by load, since an idle one uses next to none of it.
 */
export function containerParts({ container }: Prices): Record<'fargate' | 'balancer' | 'addresses', number> {
  const { cpu, memory, balancer, address } = container;
  return { fargate: HOURS * (0.25 * cpu + 0.5 * memory), balancer: HOURS * balancer, addresses: HOURS * 3 * address };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
