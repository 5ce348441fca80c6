import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ALLOWED_UPDATES, BOT_COMMANDS } from '../lambdas/bot-profile';
import { HttpStage } from './http-stage';
import { LiveFunction } from './live-function';
import { SecretParameter } from './secret-parameter';

export interface WebhookRegistrationProps {
  /** Registers the webhook when this is made, and removes it when this is destroyed. */
  readonly lifecycle: LiveFunction;
  readonly stage: HttpStage;
  readonly botToken: SecretParameter;
  /** What else must be there before Telegram calls: the function that answers, the permission to call it, the secret. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * Telegram knows where to bring the updates of a stage, and offers the bot's commands.
 *
 * The last thing that is deployed and the first that is destroyed. If Telegram refuses, the deployment fails with its words.
 * Whatever Telegram is told is in the input, and with it the version of the bot token's parameter: what changes is registered
 * anew (docs/adr/rotating-the-bot-token.md).
 */
export class WebhookRegistration extends Construct {
  constructor(scope: Construct, id: string, props: WebhookRegistrationProps) {
    super(scope, id);
    const input = JSON.stringify({
      webhookUrl: props.stage.webhookUrl,
      botTokenVersion: props.botToken.version,
      allowedUpdates: ALLOWED_UPDATES,
      commands: BOT_COMMANDS,
    });
    new LambdaInvocation(this, 'invocation', {
      functionName: props.lifecycle.functionName,
      qualifier: props.lifecycle.alias.name,
      lifecycleScope: 'CRUD',
      input,
      // Replaced when the input changes: of an update that failed, Terraform would remember that it was done. In between
      // Telegram keeps the updates.
      triggers: { input },
      dependsOn: [props.lifecycle.alias, props.botToken.resource, ...props.stage.ready, ...props.after],
    });
  }
}
