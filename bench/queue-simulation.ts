import { HELP, readQueueOptions } from './queue/options';
import { queueReport } from './queue/report';
import { simulateQueue, type QueueLoad, type QueueRun } from './queue/simulation';

/** Each load in a stage of its own, one after the other. */
export async function simulateQueues(loads: readonly QueueLoad[]): Promise<QueueRun[]> {
  const runs: QueueRun[] = [];
  for (const load of loads) runs.push(await simulateQueue(load));
  return runs;
}

async function main(): Promise<void> {
  try {
    const options = readQueueOptions(process.argv.slice(2));
    if (!options) {
      console.log(HELP);
      return;
    }
    const runs = await simulateQueues(options.loads);
    console.log(options.json ? JSON.stringify(runs, null, 2) : queueReport(runs));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('npm run bench:queue -- --help says what there is.');
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
