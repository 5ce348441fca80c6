import { AsyncLocalStorage } from 'node:async_hooks';

/** What tells the lines of one event from those of others: no bodies, no member ids, no tokens. */
export interface Correlation {
  /** The invocation of the function, as Lambda numbers it in its own lines and in X-Ray. */
  readonly requestId?: string;
  /** The request in the API's access log. */
  readonly gatewayRequestId?: string;
  readonly connection?: string;
  /** The item of the delivery queue, and how often it has been tried. */
  readonly queueItem?: string;
  readonly attempt?: number;
  /** Telegram's number of an update. */
  readonly update?: number;
}

const current = new AsyncLocalStorage<Correlation>();

/**
 * Everything that is logged while `task` runs also says this. Not a variable of the instance: a batch of the queue is worked at
 * side by side, and so are all events of `npm start`.
 */
export function correlated<T>(fields: Correlation, task: () => T): T {
  return current.run({ ...current.getStore(), ...fields }, task);
}

/** What {@link correlated} says here. */
export function correlation(): Correlation {
  return current.getStore() ?? {};
}
