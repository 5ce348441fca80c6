import { badRequest, BotApiError } from '../bot-api-error';
import type { Call, Method } from '../world';

const DEFAULT_CONNECTIONS = 40;
const WEBHOOK_PORTS = ['', '443', '80', '88', '8443'];
/** Long polls are cut at 50 s, as Telegram does. */
const MAX_POLL_SECONDS = 50;

/** The `result` and the sentence Telegram puts beside it. */
export class Described {
  constructor(
    readonly result: unknown,
    readonly description: string,
  ) {}
}

function checkUrl(text: string): void {
  if (!URL.canParse(text)) throw badRequest('bad webhook: invalid webhook URL specified');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  if (!WEBHOOK_PORTS.includes(url.port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  }
  if (!url.hostname.includes('.') || /^(127\.|10\.|192\.168\.|0\.)/.test(url.hostname)) {
    throw badRequest(`bad webhook: IP address ${url.hostname} is reserved`);
  }
}

const deleteWebhook: Method = (call) => {
  const { bot } = call;
  const had = bot.webhook !== undefined;
  bot.webhook = undefined;
  dropPending(call);
  return new Described(true, had ? 'Webhook was deleted' : 'Webhook is already deleted');
};

function dropPending({ world, bot, parameters }: Call): void {
  if (parameters.flag('drop_pending_updates')) world.updates.clear(bot);
  else world.updates.touch(bot);
}

/** An empty list means the default again; none leaves it as it is. */
function readAllowedUpdates({ bot, parameters }: Call): void {
  const kinds = parameters.updateKinds('allowed_updates');
  if (kinds) bot.allowedUpdates = kinds.length > 0 ? kinds : undefined;
}

const getUpdates: Method = async (call) => {
  const { world, bot, parameters, signal } = call;
  if (bot.webhook) {
    throw new BotApiError(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  readAllowedUpdates(call);
  return await world.updates.poll(bot, {
    offset: parameters.integer('offset'),
    limit: Math.min(100, Math.max(1, parameters.integer('limit') ?? 100)),
    timeout: Math.min(MAX_POLL_SECONDS, Math.max(0, parameters.integer('timeout') ?? 0)),
    signal,
  });
};

export const updateMethods: Readonly<Record<string, Method>> = {
  setWebhook: (call) => {
    const { world, bot, parameters } = call;
    const url = parameters.text('url')?.trim() ?? '';
    if (url === '') return deleteWebhook(call);
    if (!world.anyWebhook) checkUrl(url);
    else if (!URL.canParse(url)) throw badRequest('bad webhook: invalid webhook URL specified');
    const secretToken = parameters.text('secret_token');
    if (secretToken && secretToken.length > 256) throw badRequest('secret token is too long');
    if (secretToken && !/^[A-Za-z0-9_-]+$/.test(secretToken))
      throw badRequest('secret token contains unallowed characters');
    const maxConnections = Math.min(100, Math.max(1, parameters.integer('max_connections') ?? DEFAULT_CONNECTIONS));
    const same =
      bot.webhook?.url === url &&
      bot.webhook.secretToken === (secretToken || undefined) &&
      bot.webhook.maxConnections === maxConnections &&
      !parameters.has('allowed_updates') &&
      !parameters.flag('drop_pending_updates');
    if (same) return new Described(true, 'Webhook is already set');
    readAllowedUpdates(call);
    bot.webhook = { url, maxConnections, ...(secretToken ? { secretToken } : {}) };
    world.updates.interrupt(bot);
    dropPending(call);
    return new Described(true, 'Webhook was set');
  },

  deleteWebhook,
  getWebhookInfo: ({ world, bot }) => {
    const { webhook } = bot;
    const pending = { has_custom_certificate: false, pending_update_count: world.updates.pending(bot).length };
    const allowed = bot.allowedUpdates ? { allowed_updates: bot.allowedUpdates } : {};
    if (!webhook) return { url: '', ...pending, ...allowed };
    return {
      url: webhook.url,
      ...pending,
      ...(webhook.lastErrorDate === undefined
        ? {}
        : { last_error_date: webhook.lastErrorDate, last_error_message: webhook.lastErrorMessage }),
      max_connections: webhook.maxConnections,
      ip_address: '127.0.0.1',
      ...allowed,
    };
  },

  getUpdates,
  close: () => true,
  logOut: () => true,
};
