import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { BUILD_OUTPUTS } from '../../../constructs/pipeline/build-outputs';
import type { Check } from '../check';
import { notChecked, ok, warning } from '../finding';
import { lackOf } from '../settings-reading';

/** The receiver of the mails has confirmed them once. */
export const mails: Check = {
  subject: 'Mails',
  look: async (around) => {
    const { EMAIL: email, AWS_REGION: region } = around.reading.settings;
    if (email === undefined) return notChecked(lackOf(around.reading, 'EMAIL'));
    const topic = await around.output('kite-build', BUILD_OUTPUTS.topic);
    const { Subscriptions = [] } = await around.aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
    const found = Subscriptions.find(({ Protocol, Endpoint }) => Protocol === 'email' && Endpoint === email);
    if (found === undefined || found.SubscriptionArn === 'Deleted') {
      return warning(`${email} does not receive mails about failures and drift.`, 'npx cdktf deploy kite-build');
    }
    if (found.SubscriptionArn === 'PendingConfirmation') {
      return warning(
        `${email} has not confirmed yet: AWS has sent a link. To send it again:`,
        `aws sns subscribe --region ${region} --topic-arn ${topic} --protocol email --notification-endpoint ${email}`,
      );
    }
    return ok(`${email} gets them.`);
  },
};
