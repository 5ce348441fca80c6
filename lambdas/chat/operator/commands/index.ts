import type { CommandName } from '../command-list';
import { dropCommand, infoCommand, originsCommand } from './channel';
import type { Command } from './context';
import { hostCommand } from './host';
import { joinCommand } from './join';
import { leaveCommand } from './leave';
import { helpCommand, startCommand } from './start';
import { banCommand, eraseCommand, exportCommand, unbanCommand } from './visitors';

/** What each command does. What is said of it is in `command-list.ts`. */
export const commands: Readonly<Record<CommandName, Command>> = {
  help: helpCommand,
  start: startCommand,
  host: hostCommand,
  drop: dropCommand,
  join: joinCommand,
  leave: leaveCommand,
  info: infoCommand,
  origins: originsCommand,
  ban: banCommand,
  unban: unbanCommand,
  export: exportCommand,
  erase: eraseCommand,
};
