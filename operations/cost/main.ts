import { measureEvents, type EventMeasures } from '../../bench/events';
import { estimate } from './estimate';
import { HELP, readCostOptions, type CostOptions } from './options';
import { writeCostPage } from './page';
import { costDetails, costReport } from './report';

/** What `npm run cost` prints. @throws Error for people, if the arguments make no sense */
export async function cost(
  args: readonly string[],
  measure: () => Promise<EventMeasures> = () => measureEvents(),
): Promise<string> {
  const options = readCostOptions(args);
  if (options === 'help') return HELP;
  if (options !== 'write') return costOf(options, await measure());
  await writeCostPage(await measure());
  return 'Updated docs/cost.md.';
}

function costOf(options: CostOptions, measured: EventMeasures): string {
  const { table, deployment, bills } = estimate(options, measured);
  if (options.json) return JSON.stringify({ options, prices: table, deployment, bills }, null, 2);
  const [only, ...others] = bills;
  const details = only && others.length === 0 ? `${costDetails(only)}\n\n` : '';
  return `${details}${costReport(options, table, bills)}`;
}

async function main(): Promise<void> {
  try {
    console.log(await cost(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('To see all options: npm run cost -- --help');
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
