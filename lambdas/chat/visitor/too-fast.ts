import { refuse, type Refusal } from '../model/refusal';

/** Says when to try again (both in epoch milliseconds). */
export function tooFast(until: number, now: number): Refusal {
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  const time = new Date(until).toISOString();
  return refuse(429, `Slow down: try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, at ${time}`);
}
