import { parseArgs } from 'node:util';

import type { BuildKind } from '../../lambdas/build/deployable';
import { Failure } from '../../emulators/failure';

/** What stands behind `npm run sandbox --`. */
export interface SandboxCommand {
  readonly port: number;
  readonly awsPort: number;
  readonly kind: BuildKind;
  /** A zone of the emulated Route 53 to serve under. */
  readonly domain: string | undefined;
  /** Whether every line of cdktf is shown. */
  readonly verbose: boolean;
  readonly help: boolean;
}

export const HELP = `The chat, deployed into an emulated AWS on this machine by the real cdktf.

  npm run sandbox                                 http://localhost:3000
  npm run sandbox -- --port 4000                  serve the chat there
  npm run sandbox -- --aws-port 4566              the emulated AWS answers there (default: any free port)
  npm run sandbox -- --kind common                deploy the Node.js build (default: native, one executable)
  npm run sandbox -- --domain example.test        deploy with custom domains, DNS by Route 53
  npm run sandbox -- --verbose                    show all that cdktf prints

Needs terraform and moto_server on the PATH. The port may also be set by PORT. Nothing is kept when it ends.
`;

/** Reads the arguments. @param defaultPort the value of `PORT` @throws Failure that names the one that is wrong */
export function readOptions(args: readonly string[], defaultPort: number): SandboxCommand {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'aws-port': { type: 'string' },
        kind: { type: 'string', default: 'native' },
        domain: { type: 'string' },
        verbose: { type: 'boolean', short: 'v', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ', 1)[0] : String(error);
    throw new Failure(`${reason}: "npm run sandbox -- --help" lists what there is.`);
  }
  if (values.kind !== 'native' && values.kind !== 'common') {
    throw new Failure(`--kind is "${values.kind}": write --kind native or --kind common.`);
  }
  if (values.domain !== undefined && !/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(values.domain)) {
    throw new Failure(`--domain is "${values.domain}", which is no domain: write for example --domain example.test.`);
  }
  return {
    port: portOf('--port', values.port) ?? defaultPort,
    awsPort: portOf('--aws-port', values['aws-port']) ?? 0,
    kind: values.kind,
    domain: values.domain,
    verbose: values.verbose === true,
    help: values.help === true,
  };
}

function portOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new Failure(`${name} is "${value}": write a number from 1 to 65535, for example ${name} 4000.`);
  }
  return Number(value);
}
