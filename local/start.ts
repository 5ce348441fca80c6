import { readLocalSettings, SettingsError } from '../config';
import { Failure } from './embedded/failure';
import { LocalChat } from './start/chat';
import { HELP, readOptions } from './start/options';
import { Terminal } from './start/terminal';

/** A second Ctrl-C after this many milliseconds ends at once. */
const IMPATIENCE = 500;

/** `npm start`: the chat on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const terminal = new Terminal();
  const chat = await LocalChat.start(readLocalSettings(), options, terminal);

  let endedAt: number | undefined;
  const end = (): void => {
    // Ctrl-C reaches this process from the terminal and, at the same time, from the programs that started it.
    if (endedAt !== undefined) return performance.now() - endedAt > IMPATIENCE ? process.exit(130) : undefined;
    endedAt = performance.now();
    chat.stop().then(
      () => {
        terminal.note('Ended. The data is kept.');
        process.exit(0);
      },
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

/** One sentence for what a person can put right; what is our own fault comes with its stack. */
function fail(error: unknown): never {
  const text =
    error instanceof Failure || error instanceof SettingsError
      ? error.message
      : `This is a defect of Kite, please report it: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
