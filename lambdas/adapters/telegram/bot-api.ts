import type { Api } from 'grammy/web';
import { withoutTokens } from '../logger';

export type BotApi = Api;

/** Telegram's public Bot API server. */
export const TELEGRAM_API_ROOT = 'https://api.telegram.org';

/**
 * How long a call may take, in seconds. `quick`: what somebody waits for; the webhook must answer within API Gateway's
 * 29 s and may need three calls. `patient`: deliveries, whose outcome is worth waiting for. `file`: 20 MiB each way.
 */
export const CALL_SECONDS = { quick: 8, patient: 10, file: 20 } as const;

/** Telegram answered, and the answer is no. */
export class TelegramRefusal extends Error {
  override readonly name = 'TelegramRefusal';

  constructor(
    readonly method: string,
    /** As an HTTP status: 400, 401, 403, 404, 409, 413, 429, 500 ... */
    readonly code: number,
    /** Telegram's own words. */
    readonly description: string,
    /** Seconds; comes with 429. */
    readonly retryAfter?: number,
    /** The group has become this supergroup. */
    readonly migratedTo?: number,
  ) {
    super(`Telegram refused ${method}: ${description} (${code})`);
  }
}

/** No answer that could be read: time-out, reset, or something that is not Telegram. Never holds the URL. */
export class TelegramUnreachable extends Error {
  override readonly name = 'TelegramUnreachable';

  constructor(
    readonly method: string,
    reason: string,
    /** False: the request certainly never left this machine. True: Telegram may have carried it out. */
    readonly mayHaveHappened: boolean,
  ) {
    super(`Telegram could not be reached for ${method}: ${reason}`);
  }
}

/**
 * grammY's client on the platform's own fetch, loaded when it is first needed: the visitors' path never needs it
 * (docs/adr/0002-grammy-on-platform-fetch.md). Every failure is a {@link TelegramRefusal} or a {@link TelegramUnreachable}.
 * `seconds` is the longest that a call may take.
 */
export async function createBotApi(
  botToken: string,
  apiRoot: string = TELEGRAM_API_ROOT,
  seconds: number = CALL_SECONDS.quick,
): Promise<BotApi> {
  const { Api } = await import('grammy/web');
  const api = new Api(botToken, { apiRoot: apiRoot.replace(/\/+$/, ''), timeoutSeconds: seconds });
  api.config.use(async (call, method, payload, signal) => {
    const answer = await call(method, payload, signal).catch((error: unknown) => {
      throw unreachable(method, error);
    });
    if (answer.ok) return answer;
    const { error_code: code, description, parameters } = answer;
    const { retry_after: retryAfter, migrate_to_chat_id: migratedTo } = parameters ?? {};
    throw new TelegramRefusal(method, code, withoutTokens(description), retryAfter, migratedTo);
  });
  return api;
}

/** Errors of a connection that was never made. Node's names first, then Bun's. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  'ConnectionRefused',
  'FailedToOpenSocket',
]);

function unreachable(method: string, error: unknown): TelegramUnreachable {
  const causes = [...chain(error)];
  const code = causes.map((cause) => cause['code']).find((value) => typeof value === 'string');
  const words = causes.map((cause) => cause['message']).findLast((value) => typeof value === 'string' && value !== '');
  const reason = [code, words].filter((part) => typeof part === 'string').join(', ') || 'unknown reason';
  return new TelegramUnreachable(method, withoutTokens(reason), !NEVER_SENT.has(String(code)));
}

/** grammY wraps what fetch threw as `error`; fetch wraps what the socket said as `cause`. */
function* chain(error: unknown): Generator<Record<string, unknown>> {
  let current = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
    const link = current as Record<string, unknown>;
    yield { code: link['code'], message: link['message'] };
    current = link['error'] ?? link['cause'];
  }
}
