import { simulateQueue } from './queue/simulation';
async function main() {
  for (const factor of process.argv.slice(2).map(Number)) {
    const t = Date.now();
    const run = await simulateQueue({ factor, minutes: 5, visitors: 24, seed: 1, group: 'supergroup' });
    console.log(Date.now() - t, JSON.stringify(run));
  }
}
void main();
