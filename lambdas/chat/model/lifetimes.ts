/** A day, in milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** How long a channel lives after it was last used, milliseconds. */
export const CHANNEL_LIFE = 365 * DAY;

/** How long a connection is remembered, milliseconds (API Gateway ends it after two hours). */
export const CONNECTION_LIFE = DAY;

/** How long a Telegram update id is remembered, milliseconds. */
export const UPDATE_LIFE = DAY;
