import { parseArgs } from 'node:util';
import { Refusal, runCommand } from '../command';
import { lookAt } from './check';
import { checksOf } from './checks';
import { asJson, asText, reportOf } from './report';
import { DoctorContext } from './context';

/**
 * `npm run doctor`: looks at all that a deployment needs, and says what is wrong and what mends it. `-- --json` for machines. Ends
 * with exit code 1 if something would stop a deployment. It changes nothing.
 *
 * `--seconds 10` waits longer than five seconds for an answer. `--cloudflare-api` and `--terraform-registry` name servers that stand in for the real ones.
 */
runCommand(async (args) => {
  const options = optionsOf(args);
  // The SDK warns of the version of Node.js, which has a check of its own.
  process.removeAllListeners('warning');
  const around = new DoctorContext({
    cloudflareApi: options['cloudflare-api'],
    terraformRegistry: options['terraform-registry'],
    seconds: secondsOf(options.seconds),
  });
  const report = reportOf(await lookAt(checksOf(around), around));
  const text = options.json ? asJson(report) : asText(report, { colors: process.stdout.isTTY });
  // Connections that nobody waits for any more may still be open.
  process.stdout.write(`${text}\n`, () => process.exit(report.ready ? 0 : 1));
});

function optionsOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        'cloudflare-api': { type: 'string' },
        'terraform-registry': { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}. Known: --json, --seconds.`);
  }
}

function secondsOf(given?: string): number | undefined {
  if (given === undefined || /^[1-9]\d{0,2}$/.test(given)) return given === undefined ? undefined : Number(given);
  throw new Refusal(`--seconds is "${given}": write a whole number from 1 to 999.`);
}
