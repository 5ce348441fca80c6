/** What Terraform wants of us, from the `tf` key that `aws_lambda_invocation` with `lifecycle_scope = "CRUD"` adds. */
export interface LifecycleEvent {
  readonly action: 'create' | 'update' | 'delete';
  /** Where Telegram shall send updates: `https://host/stage/tg`. */
  readonly webhookUrl: string;
}

/**
 * Reads the event
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_invocation#crud-lifecycle-scope).
 * Throws an error that says what is wrong with it.
 */
export function parseLifecycleEvent(event: unknown): LifecycleEvent {
  const { webhookUrl, tf } = record(event);
  const { action } = record(tf);
  if (action !== 'create' && action !== 'update' && action !== 'delete') {
    throw new Error(`Expected tf.action to be create, update or delete, got ${JSON.stringify(action) ?? 'nothing'}`);
  }
  if (typeof webhookUrl !== 'string' || !URL.canParse(webhookUrl)) {
    throw new Error(`Expected webhookUrl to be a URL, got ${JSON.stringify(webhookUrl) ?? 'nothing'}`);
  }
  return { action, webhookUrl };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
