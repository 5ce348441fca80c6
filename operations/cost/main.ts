import { measureEvents, type EventMeasures } from '../../bench/events';
import { billOf } from './bill';
import { deploymentOf } from './deployment';
import { HELP, readCostOptions, type CostOptions } from './options';
import { costDetails, costReport } from './report';
import { usageOf } from './usage';
import { PRICE_TABLE } from './prices';

/** What `npm run cost` prints. @throws Error for people, if the arguments make no sense */
export async function cost(
  args: readonly string[],
  measure: () => Promise<EventMeasures> = () => measureEvents(),
): Promise<string> {
  const options = readCostOptions(args);
  return options ? costOf(options, await measure()) : HELP;
}

function costOf(options: CostOptions, measured: EventMeasures): string {
  const deployment = deploymentOf(options);
  const bills = options.visitors.map((visitors) => {
    const usage = usageOf({ ...options, visitors }, measured, deployment);
    return { visitors, usage, ...billOf(usage, options) };
  });
  if (options.json) return JSON.stringify({ options, prices: PRICE_TABLE, deployment, bills }, null, 2);
  const [only, ...others] = bills;
  const details = only && others.length === 0 ? `${costDetails(only)}\n\n` : '';
  return `${details}${costReport(options, bills)}`;
}

async function main(): Promise<void> {
  try {
    console.log(await cost(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('npm run cost -- --help says what there is.');
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
