import { columns } from '../columns';
import type { PriceTable } from './prices';
import type { Bill } from './bill';
import type { CostOptions } from './options';

/** The bills side by side, with a line for each service that costs at least a cent. */
export function costReport(options: CostOptions, prices: PriceTable, bills: readonly Bill[]): string {
  const { architecture, stages, messages, replies, files, minutes, freeTier } = options;
  const head = ['dollars a month', ...options.visitors.map((count) => `${count.toLocaleString('en-US')} visitors`)];
  const body = services(bills).map((service) => [service, ...bills.map((bill) => dollars(costOf(bill, service)))]);
  const foot = [
    ['Kite', ...bills.map(({ total }) => dollars(total))],
    ['an always-on container', ...bills.map(({ container }) => dollars(container))],
  ];
  const [first = '', ...lines] = columns([head, ...body, ...foot]);
  const rule = '-'.repeat(first.length);
  return [
    first,
    rule,
    ...lines.slice(0, body.length),
    rule,
    ...lines.slice(body.length),
    '',
    `Each visitor: ${messages} messages, ${replies} replies, ${files} files, ${minutes} minutes connected. ${prices.region}, ${architecture},`,
    `${stages === 1 ? 'one stage' : 'two stages'}, ${freeTier ? 'with' : 'without'} the free tier. Prices as of ${prices.asOf}, without tax.`,
    ...(prices.unconfirmed.length > 0 ? [`Unconfirmed prices: ${prices.unconfirmed.join(', ')}.`] : []),
  ].join('\n');
}

/** One bill, line by line. */
export function costDetails({ lines }: Bill): string {
  const rows = lines
    .filter(({ quantity }) => quantity > 0)
    .map(({ service, what, quantity, unit, free, dollars: cost }) => [
      service,
      what,
      `${amount(quantity)}${unit && ` ${unit}`}`,
      free > 0 ? (free === quantity ? 'free' : `${amount(free)} free`) : '',
      dollars(cost),
    ]);
  return columns(rows, 2).join('\n');
}

function services(bills: readonly Bill[]): string[] {
  const [first] = bills;
  const all = [...new Set(first?.lines.map(({ service }) => service))];
  return all.filter((service) => bills.some((bill) => costOf(bill, service) >= 0.005));
}

function costOf({ lines }: Bill, service: string): number {
  return lines.filter((line) => line.service === service).reduce((sum, line) => sum + line.dollars, 0);
}

function dollars(value: number): string {
  return value.toFixed(2);
}

function amount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 3 : 0 });
}
