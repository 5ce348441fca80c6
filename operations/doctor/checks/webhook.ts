import type { Check } from '../check';
import { note, NotChecked, ok, warning, type Finding } from '../finding';
import type { Stage } from '../context';

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
