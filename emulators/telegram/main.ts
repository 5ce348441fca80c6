import { parseArgs } from 'node:util';
import { stopWhenAsked } from '../ending';
import { createTelegram } from '.';

const HELP = `Telegram on this machine: a Bot API server and a console to be its people.

  npx tsx emulators/telegram/main.ts --port 8081 --token 1001:secret --bot support_bot

  --port <n>        port on 127.0.0.1 (any free one)
  --token <token>   a bot's token, <number>:<secret>
  --bot <name>      its user name, which ends in "bot"
  --state <file>    a JSON file that keeps everything between runs (nothing is kept)
`;

/** Serves the emulator until Ctrl-C. */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { port: text, token: text, bot: text, state: text, help: { type: 'boolean' } },
  });
  const { port = '0', token, bot: username, state: stateFile } = values;
  if (values.help) return void process.stdout.write(HELP);
  const telegram = createTelegram({
    bots: token !== undefined && username !== undefined ? [{ token, username }] : [],
    ...(stateFile === undefined ? {} : { stateFile }),
  });
  const { apiRoot, consoleUrl } = await telegram.listen(Number(port));
  process.stdout.write(`Bot API   ${apiRoot}\nConsole   ${consoleUrl}\n`);
  stopWhenAsked(() => telegram.close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
