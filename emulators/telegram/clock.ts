/** Milliseconds since 1970; tests pass their own. */
export type Clock = () => number;

/** Telegram's dates are whole seconds since 1970. */
export const unixSeconds = (clock: Clock): number => Math.floor(clock() / 1000);
