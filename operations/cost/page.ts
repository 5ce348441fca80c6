import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventMeasures } from '../../bench/events';
import { replaceBlock } from '../page-block';
import { containerParts } from './bill';
import { estimate } from './estimate';
import { readCostOptions, type CostOptions } from './options';
import { PRICED_REGIONS, PRICE_PAGES, pricesIn, type Prices } from './prices';

const PAGE = join(__dirname, '..', '..', 'docs', 'cost.md');

/** Puts the tables into docs/cost.md. */
export async function writeCostPage(measured: EventMeasures): Promise<void> {
  await writeFile(PAGE, costPage(await readFile(PAGE, 'utf8'), measured));
}

/** The page with the tables of today's code. @throws Error if it has no markers */
export function costPage(page: string, measured: EventMeasures): string {
  return replaceBlock(replaceBlock(page, 'examples', examples(measured)), 'prices', priceList());
}

/** What is bought, the service whose page has the price, and the price. */
const PRICE_LINES: readonly (readonly [string, keyof Prices, (prices: Prices) => number])[] = [
  ['API Gateway: a million WebSocket messages of 32 KB', 'apiGateway', ({ apiGateway }) => apiGateway.messages],
  ['API Gateway: a million connection minutes', 'apiGateway', ({ apiGateway }) => apiGateway.minutes],
  ['API Gateway: a million HTTP requests', 'apiGateway', ({ apiGateway }) => apiGateway.httpRequests],
  ['Lambda: a million requests', 'lambda', ({ lambda }) => lambda.requests],
  ['Lambda: 100,000 GB-seconds on arm64', 'lambda', ({ lambda }) => 100_000 * lambda.gbSeconds.arm64],
  ['Lambda: 100,000 GB-seconds on x86_64', 'lambda', ({ lambda }) => 100_000 * lambda.gbSeconds.x86_64],
  ['DynamoDB: a million read units', 'dynamodb', ({ dynamodb }) => dynamodb.reads],
  ['DynamoDB: a million write units', 'dynamodb', ({ dynamodb }) => dynamodb.writes],
  ['DynamoDB: a GB for a month', 'dynamodb', ({ dynamodb }) => dynamodb.storage],
  ['DynamoDB: point-in-time recovery of a GB for a month', 'dynamodb', ({ dynamodb }) => dynamodb.restore],
  ['SQS: a million requests to a FIFO queue', 'sqs', ({ sqs }) => sqs],
  ['S3: a thousand PUTs', 's3', ({ s3 }) => s3.puts],
  ['S3: a thousand GETs', 's3', ({ s3 }) => s3.gets],
  ['S3: a GB for a month', 's3', ({ s3 }) => s3.storage],
  ['CloudWatch: a GB of logs ingested', 'cloudwatch', ({ cloudwatch }) => cloudwatch.logs],
  ['CloudWatch: a GB of logs for a month', 'cloudwatch', ({ cloudwatch }) => cloudwatch.logStorage],
  ['CloudWatch: a custom metric for a month', 'cloudwatch', ({ cloudwatch }) => cloudwatch.metric],
  ['CloudWatch: an alarm for a month', 'cloudwatch', ({ cloudwatch }) => cloudwatch.alarm],
  ['CloudWatch: a dashboard for a month', 'cloudwatch', ({ cloudwatch }) => cloudwatch.dashboard],
  ['KMS: ten thousand requests', 'kms', ({ kms }) => kms],
  ['EventBridge Scheduler: a million invocations', 'scheduler', ({ scheduler }) => scheduler],
  ['CodeBuild: a minute of the smallest Linux machine', 'codebuild', ({ codebuild }) => codebuild],
  ['Data transfer: a GB to the internet', 'transfer', ({ transfer }) => transfer],
  ['Fargate on arm64: a vCPU for an hour', 'container', ({ container }) => container.cpu],
  ['Fargate on arm64: a GB for an hour', 'container', ({ container }) => container.memory],
  ['Application Load Balancer: an hour', 'container', ({ container }) => container.balancer],
  ['Public IPv4 address: an hour', 'container', ({ container }) => container.address],
];

function priceList(): string {
  const tables = PRICED_REGIONS.map(pricesIn);
  const rows = PRICE_LINES.map(([what, service, of]) => {
    const cells = tables.map(({ prices, unconfirmed }) => {
      const price = `${Number(of(prices).toPrecision(6))}`;
      return unconfirmed.includes(service) ? `${price} (unconfirmed)` : price;
    });
    return [`[${what}](${PRICE_PAGES[service]})`, ...cells];
  });
  return table([`Dollars, as of ${tables[0]?.asOf}`, ...PRICED_REGIONS], rows);
}

function examples(measured: EventMeasures): string {
  const bill = (visitors: number, ...args: string[]) => {
    const options = readCostOptions(['--visitors', `${visitors}`, ...args]) as CostOptions;
    const [first] = estimate(options, measured).bills;
    if (!first) throw new Error('There is no bill.');
    return first;
  };
  const total = (...[visitors, ...args]: Parameters<typeof bill>) => bill(visitors, ...args).total;
  const { balancer, fargate, addresses } = containerParts(pricesIn('us-east-1').prices);
  const idleHour = (total(1_000_000, '--minutes', '75') - total(1_000_000)) / 1_000_000;
  const throttled = (500 * 730 * 3600 * pricesIn('us-east-1').prices.apiGateway.messages) / 1_000_000;
  const writes = bill(20_000).lines.find(({ what }) => what === 'write units')?.dollars ?? 0;
  return table(
    ['Example, in us-east-1', 'Dollars a month'],
    [
      ['One visitor: what the stage itself costs', money(total(1))],
      ['One visitor, two stages', money(total(1, '--stages', '2'))],
      ['1,000 visitors', money(total(1_000))],
      ['1,000 visitors, without the free tier', money(total(1_000, '--no-free-tier'))],
      ['20,000 visitors', money(total(20_000))],
      ['- of it DynamoDB’s write units', money(writes)],
      ['A million connections that stay open for one more hour, with their PINGs', money(idleHour * 1_000_000)],
      ['500 requests a second (the throttle) to one API for a month', money(throttled)],
      ['A container: a quarter of a vCPU and half a GB of Fargate on arm64', money(fargate)],
      ['- its load balancer', money(balancer)],
      ['- its three public addresses', money(addresses)],
      ['- together', money(fargate + balancer + addresses)],
      ['Visitors at which Kite costs as much as the container', breakEven(total, fargate + balancer + addresses)],
    ],
  );
}

/** To the thousand. */
function breakEven(total: (visitors: number) => number, dollars: number): string {
  let [few, many] = [1, 1_000_000];
  while (many - few > 100) {
    const middle = Math.round((few + many) / 2);
    if (total(middle) < dollars) few = middle;
    else many = middle;
  }
  return (Math.round(many / 1000) * 1000).toLocaleString('en-US');
}

function money(dollars: number): string {
  return dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
