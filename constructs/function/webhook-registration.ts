import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ALLOWED_UPDATES, BOT_COMMANDS } from '../../lambdas/bot-profile';
import { HttpStage } from '../api/http-stage';
import { LiveFunction } from './live-function';
import { SecretParameter } from '../core/secret-parameter';

export interface WebhookRegistrationProps {
  /** Registers the webhook when this is made or changed, and removes it when this is destroyed. */
  readonly lifecycle: LiveFunction;
  readonly stage: HttpStage;
  readonly botToken: SecretParameter;
  /** What else must be there before Telegram calls: the function that answers, the permission to call it, the secret. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * Telegram knows where to bring the updates of a stage, and offers the bot's commands.
 *
 * The last thing that is deployed and the first that is destroyed. If Telegram refuses, the deployment fails with its words, and
 * the lifecycle handler sets the former webhook again. Whatever Telegram is told is in the input, and with it the version of the bot token's
 * parameter: what changes is registered anew (docs/adr/0028-rotating-the-bot-token.md).
 *
 * Creates two invocations of the lifecycle handler: one that registers the webhook, and one that removes it with the stage.
 *
 * @example
 * new WebhookRegistration(scope, 'webhook', { lifecycle: fn, stage: http, botToken: token, after: [fn.alias] });
 */
export class WebhookRegistration extends Construct {
  constructor(scope: Construct, id: string, props: WebhookRegistrationProps) {
    super(scope, id);
    const { lifecycle } = props;
    const target = { functionName: lifecycle.functionName, qualifier: lifecycle.alias.name };
    const webhook = { webhookUrl: props.stage.webhookUrl, botTokenVersion: props.botToken.version };
    const input = JSON.stringify({ ...webhook, allowedUpdates: ALLOWED_UPDATES, commands: BOT_COMMANDS });
    const registration = new LambdaInvocation(this, 'registration', {
      ...target,
      // Nothing is invoked for the one that is replaced: a bot has one webhook, and registering replaces it.
      lifecycleScope: 'CREATE_ONLY',
      input,
      // Replaced when the input changes: of an update that failed, Terraform would remember that it was done.
      triggers: { input },
      dependsOn: [lifecycle.alias, props.botToken.resource, ...props.stage.ready, ...props.after],
    });
    new LambdaInvocation(this, 'removal', {
      ...target,
      lifecycleScope: 'CRUD',
      input: JSON.stringify(webhook),
      // Changed after the new webhook is registered, destroyed before what it needs.
      dependsOn: [registration],
    });
  }
}
