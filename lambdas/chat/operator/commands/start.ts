import { HELP } from '../answers';
import { parseDeepLink } from '../command-line';
import type { Command } from './context';
import { hostCommand } from './host';
import { joinAs } from './join';

/** /help */
export const helpCommand: Command = ({ say }) => say(HELP);

/** /start, alone or as a deep link makes it. */
export const startCommand: Command = async (context) => {
  const link = parseDeepLink(context.words[0] ?? '');
  switch (link?.command) {
    case 'host':
      return hostCommand({ ...context, words: [link.channel] });
    case 'join':
      return joinAs(context, link.readings);
    case undefined:
      return context.say(HELP);
  }
};
