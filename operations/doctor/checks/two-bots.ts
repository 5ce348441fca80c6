import type { Check } from '../check';
import { notChecked, ok, problem } from '../finding';

/** A bot has one webhook: of two stages with one bot, only the one that was deployed last would get any message. */
export const twoBots: Check = {
  subject: 'Two bots',
  look: async ({ reading }) => {
    if (!reading.settings.PROD_STAGE) return ok('There is one stage only.');
    const [dev, prod] = [reading.secret('TELEGRAM_BOT_TOKEN'), reading.secret('TELEGRAM_PROD_BOT_TOKEN')];
    if (dev === undefined || prod === undefined) return notChecked('A token is missing.');
    return botId(dev) === botId(prod)
      ? problem(
          'TELEGRAM_BOT_TOKEN and TELEGRAM_PROD_BOT_TOKEN belong to the same bot: only one stage would receive its messages.',
          'Send /newbot to @BotFather, and write the token into .env, TELEGRAM_PROD_BOT_TOKEN="..."',
        )
      : ok('Each stage has its own.');
  },
};

function botId(token: string): string {
  return token.split(':', 1)[0] ?? '';
}
