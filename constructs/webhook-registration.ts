import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { HttpStage } from './http-stage';
import { LiveFunction } from './live-function';

export interface WebhookRegistrationProps {
  /** Registers the webhook when this is made or changed, and removes it when this is destroyed. */
  readonly lifecycle: LiveFunction;
  readonly stage: HttpStage;
  /** What else must be there before Telegram calls: the permission to call the function, the secret. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * Telegram knows where to bring the updates of a stage.
 *
 * The last thing that is deployed and the first that is destroyed. If Telegram refuses, the deployment fails with its words.
 */
export class WebhookRegistration extends Construct {
  constructor(scope: Construct, id: string, props: WebhookRegistrationProps) {
    super(scope, id);
    new LambdaInvocation(this, 'invocation', {
      functionName: props.lifecycle.functionName,
      qualifier: props.lifecycle.alias.name,
      lifecycleScope: 'CRUD',
      input: JSON.stringify({ webhookUrl: props.stage.webhookUrl }),
      dependsOn: [props.lifecycle.alias, ...props.stage.ready, ...props.after],
    });
  }
}
