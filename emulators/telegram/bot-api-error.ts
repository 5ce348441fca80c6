import type { ApiError } from 'grammy/types';

/** A refusal as the Bot API words it; `code` is both `error_code` and the HTTP status. */
export class BotApiError extends Error {
  constructor(
    readonly code: number,
    readonly description: string,
    readonly parameters?: ApiError['parameters'],
  ) {
    super(description);
    this.name = 'BotApiError';
  }

  /** The body of the answer. */
  toBody(): ApiError {
    return {
      ok: false,
      error_code: this.code,
      description: this.description,
      ...(this.parameters ? { parameters: this.parameters } : {}),
    };
  }
}

/** 400, the reason without its "Bad Request: ". */
export const badRequest = (reason: string): BotApiError => new BotApiError(400, `Bad Request: ${reason}`);

/** 403, the reason without its "Forbidden: ". */
export const forbidden = (reason: string): BotApiError => new BotApiError(403, `Forbidden: ${reason}`);

/** 429 with the seconds to wait. */
export const tooManyRequests = (retryAfter: number): BotApiError =>
  new BotApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter });
