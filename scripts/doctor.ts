import { parseArgs } from 'node:util';
import { Refusal, runCommand } from './command';
import { lookAt } from './doctor/check';
import { checksOf } from './doctor/checks';
import { asJson, asText, reportOf } from './doctor/report';
import { Surroundings } from './doctor/surroundings';

/**
 * `npm run doctor`: looks at all that a deployment needs, and says what is wrong and what mends it. `-- --json` for machines. Ends
 * with exit code 1 if something would stop a deployment. It changes nothing.
 *
 * `--cloudflare-api` and `--terraform-registry` name servers that stand in for the real ones.
 */
runCommand(async (args) => {
  const options = optionsOf(args);
  // The SDK warns of the version of Node.js, which has a check of its own.
  process.removeAllListeners('warning');
  const around = new Surroundings({
    cloudflareApi: options['cloudflare-api'],
    terraformRegistry: options['terraform-registry'],
  });
  const report = reportOf(await lookAt(checksOf(around), around));
  const text = options.json ? asJson(report) : asText(report, { colours: process.stdout.isTTY });
  // Connections that nobody waits for any more may still be open.
  process.stdout.write(`${text}\n`, () => process.exit(report.ready ? 0 : 1));
});

function optionsOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        'cloudflare-api': { type: 'string' },
        'terraform-registry': { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}. Known: --json.`);
  }
}
