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
          : warning(`@${me.username} may not be added to groups.`, 'Write /setjoingroups to @BotFather, then Enable');
      } catch (error) {
        if (!(error instanceof TelegramRefusal) || (error.code !== 401 && error.code !== 404)) throw error;
        return problem(
          `Telegram knows no bot by ${stage.tokenName} (${error.description}).`,
          `Write /token to @BotFather, and what it answers into .env, ${stage.tokenName}="..."`,
        );
      }
    },
  };
}

function withoutToken({ reading }: DoctorContext, { name, tokenName }: Stage): Finding | undefined {
  const token = reading.secret(tokenName);
  if (token === undefined && reading.environment[tokenName]) {
    return problem(
      `${tokenName} is set in this shell, where Terraform does not look.`,
      `Write it into .env, ${tokenName}="..."`,
    );
  }
  if (token === undefined) {
    return problem(
      `${tokenName} is missing: ${name} needs a bot.`,
      `Write /newbot to @BotFather in Telegram, and the token that it answers into .env, ${tokenName}="..."`,
    );
  }
  // The value is a secret: it is not repeated.
  if (!/^\d+:[\w-]+$/.test(token)) {
    return problem(`${tokenName} is no bot token.`, 'Copy it again from @BotFather, for example 123456789:AAE...');
  }
  return undefined;
}
