import type { BotProfile } from '../adapters/telegram/webhook-registration';
import type { BotCommand } from '../bot-profile';

/** What Terraform wants of us, from the `tf` key that `aws_lambda_invocation` with `lifecycle_scope = "CRUD"` adds. */
export interface LifecycleEvent {
  readonly action: 'create' | 'update' | 'delete';
  /** Where Telegram shall send updates: `https://host/stage/tg`. */
  readonly webhookUrl: string;
  /** Which version of the bot token's parameter it is about. Undefined: the latest. */
  readonly botTokenVersion?: string;
  /** What the bot is registered with. Undefined: what this code knows itself. */
  readonly profile?: BotProfile;
}

/**
 * Reads the event
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_invocation#crud-lifecycle-scope).
 * Throws an error that says what is wrong with it.
 */
export function parseLifecycleEvent(event: unknown): LifecycleEvent {
  const { webhookUrl, botTokenVersion, allowedUpdates, commands, tf } = record(event);
  const { action } = record(tf);
  if (action !== 'create' && action !== 'update' && action !== 'delete') {
    throw unexpected('tf.action to be create, update or delete', action);
  }
  if (typeof webhookUrl !== 'string' || !URL.canParse(webhookUrl))
    throw unexpected('webhookUrl to be a URL', webhookUrl);
  if (botTokenVersion !== undefined && !/^[1-9]\d*$/.test(String(botTokenVersion))) {
    throw unexpected('botTokenVersion to be the number of a version', botTokenVersion);
  }
  const profile = profileOf(allowedUpdates, commands);
  return {
    action,
    webhookUrl,
    ...(botTokenVersion === undefined ? {} : { botTokenVersion: String(botTokenVersion) }),
    ...(profile && { profile }),
  };
}

function profileOf(allowedUpdates: unknown, commands: unknown): BotProfile | undefined {
  if (allowedUpdates === undefined && commands === undefined) return undefined;
  if (!isList(allowedUpdates, (kind): kind is string => typeof kind === 'string')) {
    throw unexpected('allowedUpdates to be a list of kinds of update', allowedUpdates);
  }
  if (!isList(commands, isCommand)) throw unexpected('commands to be a list of commands', commands);
  return { allowedUpdates, commands };
}

function isList<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every((one) => isOne(one));
}

function isCommand(value: unknown): value is BotCommand {
  const { command, description } = record(value);
  return typeof command === 'string' && typeof description === 'string';
}

function unexpected(what: string, given: unknown): Error {
  return new Error(`Expected ${what}, got ${JSON.stringify(given) ?? 'nothing'}`);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
