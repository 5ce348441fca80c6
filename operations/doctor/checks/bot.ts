import { TelegramRefusal } from '../../../lambdas/adapters/telegram/bot-api';
import type { Check } from '../check';
import { ok, problem, warning, type Finding } from '../finding';
import type { Stage, DoctorContext } from '../context';

/** Telegram knows the bot of a stage. */
export function bot(stage: Stage): Check {
  return {
    subject: `Bot of ${stage.name}`,
    look: async (around) => {
      const unusable = withoutToken(around, stage);
      if (unusable) return unusable;
      try {
        const { me } = await around.askBot(stage);
        return me.can_join_groups
          ? ok(`@${me.username}.`)
          : warning(
              `@${me.username} may not be added to groups.`,
              'Send /setjoingroups to @BotFather, then choose Enable',
            );
      } catch (error) {
        if (!(error instanceof TelegramRefusal) || (error.code !== 401 && error.code !== 404)) throw error;
        return problem(
          `Telegram does not accept ${stage.tokenName} (${error.description}).`,
          `Send /token to @BotFather, and write its answer into .env, ${stage.tokenName}="..."`,
        );
      }
    },
  };
}

function withoutToken({ reading }: DoctorContext, { name, tokenName }: Stage): Finding | undefined {
  const token = reading.secret(tokenName);
  if (token === undefined && reading.environment[tokenName]) {
    return problem(
      `${tokenName} is set in this shell, and Terraform reads only .env.`,
      `Write it into .env, ${tokenName}="..."`,
    );
  }
  if (token === undefined) {
    return problem(
      `${tokenName} is missing: ${name} needs a bot.`,
      `Send /newbot to @BotFather in Telegram, and write the token into .env, ${tokenName}="..."`,
    );
  }
  // The value is a secret: it is not repeated.
  if (!/^\d+:[\w-]+$/.test(token)) {
    return problem(`${tokenName} is not a bot token.`, 'Copy it again from @BotFather, for example 123456789:AAE...');
  }
  return undefined;
}
