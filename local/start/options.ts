import { parseArgs } from 'node:util';
import { Failure } from '../../emulators/failure';
import { SETTINGS } from '../../settings';

/** The options of `npm start --`. */
export interface StartOptions {
  /** Start without data. */
  readonly reset: boolean;
  /** Milliseconds; undefined is API Gateway's. */
  readonly idleMillis: number | undefined;
  /** Milliseconds; undefined is API Gateway's. */
  readonly connectionMillis: number | undefined;
  readonly help: boolean;
}

export const HELP = `The chat on this machine.

  npm start                             http://localhost:3000
  npm start -- --reset                  start without the data of earlier runs
  npm start -- --idle-limit 20          close idle connections after 20 seconds (API Gateway: 600)
  npm start -- --connection-limit 60    close every connection after 60 seconds (API Gateway: 7200)

Settings, in the environment or in .env:
  PORT                        ${SETTINGS.PORT.default}
  KITE_DATA                   folder of the data, ${SETTINGS.KITE_DATA.default}
  TELEGRAM_BOT_TOKEN          use the real Telegram as this bot (default: the emulator, with a console at /telegram)
  TELEGRAM_API_ROOT           another Bot API server
  AWS_ENDPOINT_URL_DYNAMODB   a DynamoDB that runs already (npm run deploy-local), for example http://localhost:8000
  RETENTION_DAYS              how long messages and files are kept, ${SETTINGS.RETENTION_DAYS.default}
  FILE_TYPES                  changes to the files that visitors may send, for example image/svg+xml=5
`;

/** Reads the arguments. @throws Failure that names the one that is wrong */
export function readOptions(args: readonly string[]): StartOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        reset: { type: 'boolean', default: false },
        'idle-limit': { type: 'string' },
        'connection-limit': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ', 1)[0] : String(error);
    throw new Failure(`${reason}: "npm start -- --help" lists what there is.`);
  }
  return {
    reset: values.reset === true,
    idleMillis: milliseconds('--idle-limit', values['idle-limit']),
    connectionMillis: milliseconds('--connection-limit', values['connection-limit']),
    help: values.help === true,
  };
}

function milliseconds(name: string, seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const value = Number(seconds);
  if (!(value > 0 && value <= 7200)) {
    throw new Failure(`${name} is "${seconds}": write seconds from 1 to 7200, for example ${name} 20.`);
  }
  return value * 1000;
}
