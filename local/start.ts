import { readLocalSettings } from '../config';
import { LocalChat } from './start/chat';
import { Ending, failProgram } from './start/ending';
import { HELP, readOptions } from './start/options';
import { Terminal } from './start/terminal';

/** `npm start`: the chat on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const terminal = new Terminal();
  const chat = await LocalChat.start(readLocalSettings(), options, terminal);
  Ending.atSignal(
    () => chat.stop(),
    () => terminal.note('Ended. The data is kept.'),
  );
}

main().catch(failProgram);
