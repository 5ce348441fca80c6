import { TelegramRefusal } from '../../../lambdas/adapters/telegram/bot-api';
import type { Check } from '../check';
import type { DoctorContext, Stage } from '../context';
import { type Finding, NotChecked, notChecked, note, ok, problem, toDo, warning } from '../finding';
import { type HostGroup, MOST_GROUPS } from '../host-groups';

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

/**
 * The bot sees what operators write. In privacy mode it sees commands and replies to itself only, except as an administrator.
 * https://core.telegram.org/bots/features#privacy-mode
 */
export function privacyMode(stage: Stage): Check {
  return {
    subject: `Privacy of ${stage.name}`,
    look: async (around) => {
      const { me } = await around.bot(stage);
      if (me.can_read_all_group_messages) return ok(`Off: @${me.username} sees what is written in its groups.`);
      const groups = await around.hostGroups(stage).catch((): HostGroup[] => []);
      if (groups.length > 0 && groups.every(({ place }) => place === 'administrator' || place === 'private')) {
        return ok(`On, but @${me.username} is an administrator wherever it hosts a channel.`);
      }
      return warning(
        `On: where @${me.username} is not an administrator, it sees only commands and replies to its own messages.`,
        'Send /setprivacy to @BotFather, then choose Disable; remove the bot from its groups and add it again',
      );
    },
  };
}

/** An error that Telegram had longer ago than this has passed, seconds. */
const RECENT = 3600;

/** Telegram brings the updates of a stage's bot to that stage, and gets them off. */
export function webhook(stage: Stage): Check {
  return {
    subject: `Webhook of ${stage.name}`,
    look: async (around) => {
      const { api, me } = await around.bot(stage);
      const [info, ours] = await Promise.all([
        api.getWebhookInfo(),
        around.output('kite-stack', `${stage.name}-api-url`).then(
          (url) => `${url}/tg`,
          (error: unknown) => {
            if (error instanceof NotChecked) return undefined;
            throw error;
          },
        ),
      ]);
      const url = info.url ?? '';
      if (ours === undefined) return beforeDeployment(me.username, url);
      const register = `aws lambda invoke --region ${around.reading.settings.AWS_REGION} --function-name ${stage.name}-lifecycle-handler --qualifier live --cli-binary-format raw-in-base64-out --payload '${JSON.stringify({ webhookUrl: ours })}' /dev/stdout`;
      if (url === '') return warning(`Telegram delivers the messages of @${me.username} nowhere.`, register);
      if (url !== ours) {
        return warning(
          `Telegram delivers the messages of @${me.username} to ${hostOf(url)}, and not to ${ours}.`,
          register,
        );
      }
      const { last_error_date: at, last_error_message: words, pending_update_count: waiting } = info;
      const waits = waiting > 0 ? ` ${waiting} updates wait.` : '';
      if (at !== undefined && Date.now() / 1000 - at < RECENT) {
        return warning(
          `${ours}: Telegram's last attempt failed at ${new Date(at * 1000).toISOString()}: ${words ?? 'no reason given'}.${waits}`,
          /\b40[13]\b/.test(words ?? '')
            ? register
            : `aws logs tail --region ${around.reading.settings.AWS_REGION} /aws/lambda/${stage.name}-request-dispatcher`,
        );
      }
      return waits === '' ? ok(ours) : note(`${ours}:${waits}`);
    },
  };
}

function beforeDeployment(username: string, url: string): Finding {
  if (url === '') return ok('None until kite-stack is deployed.');
  return warning(
    `@${username} is used by something else: its messages go to ${hostOf(url)}. Deploying kite-stack moves them to Kite.`,
    'If nothing needs them there, continue. Otherwise create another bot: send /newbot to @BotFather',
  );
}

/** The rest of another service's URL may be secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'another address';
}

/** In each group that hosts a channel, the bot may do what the chat needs. */
export function groups(stage: Stage): Check {
  return {
    subject: `Groups of ${stage.name}`,
    look: async (around) => {
      const found = await around.hostGroups(stage);
      if (found.length === 0) {
        const { me } = await around.bot(stage);
        return toDo(
          'No channel is hosted yet.',
          `Add @${me.username} to a private group as an administrator, and send there: /host my-channel`,
        );
      }
      const { me } = await around.bot(stage);
      const findings = found.map((group) => look(group, me.can_read_all_group_messages, me.username));
      const rest = notChecked(`There may be more channels: only ${MOST_GROUPS} were checked.`);
      return found.length < MOST_GROUPS ? findings : [...findings, rest];
    },
  };
}

function look(group: HostGroup, seesAll: boolean, bot: string): Finding {
  const where = `"${group.title}", which hosts ${group.channel}`;
  const promote = (rights: string): string => `In that group: Administrators, @${bot}, allow ${rights}`;
  switch (group.place) {
    case 'private':
      return ok(`${group.channel} is hosted by one person.`);
    case 'away':
      return warning(
        `The bot is not in ${where} (${group.reason ?? 'no reason given'}): visitors are told that nobody is available.`,
        `Add @${bot} to the group again, or send /drop there to remove the channel`,
      );
    case 'member':
      if (group.forum) {
        return warning(
          `The bot is not an administrator in ${where}: it cannot make a topic for each visitor.`,
          promote('Manage topics, Pin messages and Delete messages'),
        );
      }
      return seesAll
        ? note(
            `The bot is not an administrator in ${where}: it may not be allowed to pin messages.`,
            promote('Pin messages'),
          )
        : warning(
            `The bot is not an administrator in ${where}: it sees only commands and replies to its own messages.`,
            promote('Pin messages and Delete messages'),
          );
    case 'administrator':
      return administrator(group, where, promote);
  }
}

function administrator({ forum, rights }: HostGroup, where: string, promote: (rights: string) => string): Finding {
  const lacking = [
    ...(forum && !rights.manageTopics ? ['Manage topics'] : []),
    ...(rights.pin ? [] : ['Pin messages']),
    ...(rights.delete ? [] : ['Delete messages']),
  ];
  if (lacking.length === 0) return ok(`The bot may do everything it needs in ${where}.`);
  return warning(
    `In ${where}, the bot does not have the right to ${lacking.join(' and to ').toLowerCase()}.`,
    promote(lacking.join(' and ')),
  );
}
