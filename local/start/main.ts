import { readLocalSettings } from '../../settings';
import { LocalChat } from './local-chat';
import { Ending, failProgram } from '../ending';
import { HELP, readOptions } from './options';
import { Terminal } from '../terminal';

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
