import { record } from '../../json';
import type { BotProfile } from '../adapters/telegram/webhook-registration';
import type { BotCommand } from '../bot-profile';

/** A webhook, and the bot that it is for. */
export interface Webhook {
  /** Where Telegram sends updates: `https://host/stage/tg`. */
  readonly webhookUrl: string;
  /** Which version of the bot token's parameter. Undefined: the latest. */
  readonly botTokenVersion?: string;
}

/**
 * What Terraform wants. It has two invocations (constructs/function/webhook-registration.ts): one registers, whenever what it registers
 * changes; the other one follows the life of the stage, and has a `tf` key of the provider's.
 */
export type LifecycleEvent =
  | (Webhook & {
      readonly action: 'register';
      /** What the bot is registered with. Undefined: what this code knows itself. */
      readonly profile?: BotProfile;
    })
  /** The stage is new: there is nothing to remove. */
  | (Webhook & { readonly action: 'keep' })
  /** Another webhook or token has been registered in place of `before`. */
  | (Webhook & { readonly action: 'replace'; readonly before: Webhook })
  | (Webhook & { readonly action: 'remove' });

/**
 * Reads the event
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_invocation#crud-lifecycle-scope).
 * Throws an error that says what is wrong with it.
 */
export function parseLifecycleEvent(event: unknown): LifecycleEvent {
  const { allowedUpdates, commands, tf } = record(event);
  const webhook = webhookOf(event);
  if (tf === undefined) {
    const profile = profileOf(allowedUpdates, commands);
    return { action: 'register', ...webhook, ...(profile && { profile }) };
  }
  const { action, prev_input: before } = record(tf);
  switch (action) {
    case 'create':
      return { action: 'keep', ...webhook };
    case 'update':
      return { action: 'replace', ...webhook, before: webhookOf(before) };
    case 'delete':
      return { action: 'remove', ...webhook };
    default:
      throw unexpected('tf.action to be create, update or delete', action);
  }
}

function webhookOf(value: unknown): Webhook {
  const { webhookUrl, botTokenVersion } = record(value);
  if (typeof webhookUrl !== 'string' || !URL.canParse(webhookUrl))
    throw unexpected('webhookUrl to be a URL', webhookUrl);
  if (botTokenVersion !== undefined && !/^[1-9]\d*$/.test(String(botTokenVersion))) {
    throw unexpected('botTokenVersion to be the number of a version', botTokenVersion);
  }
  return { webhookUrl, ...(botTokenVersion === undefined ? {} : { botTokenVersion: String(botTokenVersion) }) };
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
