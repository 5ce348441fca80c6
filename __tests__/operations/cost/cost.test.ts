import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cost } from '../../../operations/cost/main';
import type { Bill } from '../../../operations/cost/bill';
import { readCostOptions } from '../../../operations/cost/options';
import { POLLING, type Usage } from '../../../operations/cost/usage';
import { measureEvents, type EventMeasures } from '../../../bench/events';
import { AS_OF, pricesIn } from '../../../operations/cost/prices';
import { costPage } from '../../../operations/cost/page';
import { fencesOf } from '../../readme/markdown';
import { readme, readmeText } from '../../readme/readme';

let measured: EventMeasures;
beforeAll(async () => {
  measured = await measureEvents();
}, 60_000);

type Answer = { deployment: Record<string, unknown>; bills: (Bill & { usage: Usage })[] };

async function billOf(...args: string[]) {
  const answer = JSON.parse(await cost(['--json', ...args], async () => measured)) as Answer;
  const [bill] = answer.bills;
  if (!bill) throw new Error('There is no bill');
  const line = (service: string, what: string) =>
    bill.lines.find((each) => each.service === service && each.what === what);
  return { ...answer, bill, line };
}

test('the costs in the README are what the command prints', async () => {
  const command = readme('npm run -s cost -- --visitors 100,1000,20000 --messages 20 --replies 20');
  const block = fencesOf(readmeText()).find(({ text }) => text.includes(command))?.text;
  const args = command.split(' -- ')[1]?.split(' ') ?? [];
  expect(block?.trim()).toBe(`$ ${command}\n${await cost(args, async () => measured)}`);
});

test('a bill follows from what each event was measured to use', async () => {
  const { bill, line } = await billOf('--visitors', '10', '--messages', '2', '--replies', '1', '--minutes', '5');
  const { events } = measured;
  const happened = ['connect', 'join', 'first text', 'text', 'reply', 'ping', 'disconnect'] as const;
  const writes = happened.reduce((sum, name) => sum + events[name].dynamodb.writeUnits, 0);
  const messages = happened.reduce((sum, name) => sum + events[name].webSocketMessages, 0);
  expect(bill.usage).toMatchObject({
    writeUnits: 10 * writes,
    webSocketMessages: 10 * messages,
    connectionMinutes: 50,
  });
  expect(line('DynamoDB', 'write units')).toMatchObject({ quantity: 10 * writes, free: 0, price: 0.625e-6 });
  expect(bill.total).toBeCloseTo(
    bill.lines.reduce((sum, { quantity, free, price }) => sum + (quantity - free) * price, 0),
    10,
  );
});

test('the queue is polled all month, also without visitors', async () => {
  const { bill } = await billOf('--visitors', '1', '--messages', '1', '--replies', '0', '--minutes', '1');
  const polls = (POLLING.pollers * 730 * 3600) / POLLING.seconds;
  expect(bill.usage.sqsRequests - polls).toBeGreaterThan(0);
  expect(bill.usage.sqsRequests - polls).toBeLessThan(20);
});

test('a second stage has alarms and polls of its own; prod can be restored', async () => {
  const [one, two] = [await billOf('--visitors', '100'), await billOf('--visitors', '100', '--stages', '2')];
  expect(two.bill.usage.alarms).toBe(2 * one.bill.usage.alarms);
  expect(two.bill.usage.dashboards).toBe(2 * one.bill.usage.dashboards);
  expect(one.line('DynamoDB', 'restore to any second')?.quantity).toBe(0);
  expect(two.line('DynamoDB', 'restore to any second')?.quantity).toBeGreaterThan(0);
  expect(two.bill.total).toBeGreaterThan(one.bill.total);
});

test('files, region, architecture and free tier change the bill', async () => {
  const plain = await billOf('--visitors', '20000');
  const total = async (...args: string[]) => (await billOf('--visitors', '20000', ...args)).bill.total;
  expect((await billOf('--visitors', '20000', '--files', '2')).line('S3', 'PUT')?.quantity).toBe(80_000);
  expect(await total('--region', 'eu-central-1')).toBeGreaterThan(plain.bill.total);
  expect(await total('--no-free-tier')).toBeGreaterThan(plain.bill.total);
  const [arm, x86] = [await total('--no-free-tier'), await total('--no-free-tier', '--architecture', 'x86_64')];
  expect(x86).toBeGreaterThan(arm);
});

test('an always-on container costs the same for any number of visitors', async () => {
  const [few, many] = [await billOf('--visitors', '1'), await billOf('--visitors', '100000')];
  expect(few.bill.container).toBe(many.bill.container);
  // 730 h of a quarter vCPU and half a GB on arm64, a load balancer, three addresses, in us-east-1.
  expect(few.bill.container).toBeCloseTo(730 * (0.25 * 0.03238 + 0.5 * 0.00356 + 0.0225 + 0.015), 6);
});

test('the tables in docs/cost.md are those of the code', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/cost.md'), 'utf8');
  expect(costPage(page, measured)).toBe(page);
});

test('docs/cost.md has no amount outside of its tables', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/cost.md'), 'utf8');
  expect(page.replace(/<!-- (\w+):begin -->[\s\S]*<!-- \1:end -->/g, '')).not.toMatch(/[$€]\d|\bcents?\b|dollars? /);
});

test('the report has the day of the prices, and names the unconfirmed ones', async () => {
  const report = (...args: string[]) => cost(['--visitors', '5', ...args], async () => measured);
  expect(await report()).toContain(`Prices as of ${AS_OF}`);
  expect(await report()).not.toContain('Unconfirmed');
  expect(await report('--region', 'eu-central-1')).toContain('Unconfirmed prices: apiGateway, codebuild.');
});

describe('prices from a file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kite-prices-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (content: unknown) => {
    const file = join(folder, 'prices.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  test('replace the table, with their own region and day', async () => {
    const { prices } = pricesIn('us-east-1');
    const file = write({ asOf: '2026-12-01', region: 'eu-north-1', prices: { ...prices, codebuild: 1 } });
    const report = await cost(['--visitors', '5', '--prices', file], async () => measured);
    expect(report).toContain('eu-north-1, arm64');
    expect(report).toContain('Prices as of 2026-12-01');
    expect((await billOf('--visitors', '5', '--prices', file)).line('CodeBuild', 'minutes')?.price).toBe(1);
  });

  test('have the form that --json prints', async () => {
    const all = JSON.parse(await cost(['--visitors', '5', '--json'], async () => measured)) as { prices: unknown };
    for (const file of [all, all.prices]) {
      const report = await cost(['--visitors', '5', '--prices', write(file)], async () => measured);
      expect(report).toContain(AS_OF);
    }
  });

  test('are refused with the place of what is wrong', async () => {
    const { prices } = pricesIn('us-east-1');
    const file = write({ asOf: 'today', region: 'eu-north-1', prices: { ...prices, sqs: '0.5' } });
    const refused = cost(['--visitors', '5', '--prices', file], async () => measured);
    await expect(refused).rejects.toThrow(/prices\.json: asOf: .*\n.*prices\.json: prices\.sqs: /);
  });
});

describe('arguments', () => {
  test('all mistakes are reported together', () => {
    expect(() => readCostOptions(['--messages', 'many', '--region', 'mars', '--stages', '3'])).toThrow(
      [
        '--visitors is missing: say how many a month, for example --visitors 1000.',
        '--messages is a whole number, not "many".',
        '--region is us-east-1, or eu-west-1, or eu-central-1, not "mars".',
        '--stages is 1, or 2, not "3".',
      ].join('\n'),
    );
  });

  test.each([
    ['--visitors', '0', '--visitors is at least 1.'],
    ['--visitors', '100,', '--visitors is a whole number, not "".'],
    ['--visitors', '-5', "Option '--visitors' argument is ambiguous."],
    ['--visitors', '99999999999', '--visitors is a whole number, not "99999999999".'],
    ['--vistors', '5', "Unknown option '--vistors'"],
  ])('%s %s: %s', (name, value, words) => {
    expect(() => readCostOptions([name, value])).toThrow(words);
  });

  test('--help names every option', async () => {
    const help = await cost(['--help']);
    for (const name of [
      'visitors',
      'messages',
      'replies',
      'files',
      'minutes',
      'region',
      'prices',
      'stages',
      'json',
      'write',
    ]) {
      expect(help).toContain(`--${name}`);
    }
  });
});
