import type { Content, Member } from './records';

/**
 * What one stranger may take of what a messenger accepts in a host chat: so many posts at once, and from then on one in so
 * many milliseconds. That is 14 in any minute of Telegram's twenty, so that the group stays within the limit and other
 * visitors are heard at once.
 */
export const SHARE = { posts: 8, pace: 10_000 } as const;

/** Bytes of a file for which its message counts once more: ten of the largest would keep all deliveries busy. */
const HEAVY = 10 * 1024 * 1024;

/** Posts that a message counts as: none if a website's visitor has no known address, as on the machine itself. */
export function weightOf({ line, connector }: Pick<Member, 'line' | 'connector'>, content: Content): number {
  if (line === undefined && connector === 'ws') return 0;
  return content.kind === 'file' ? 1 + Math.floor(content.file.size / HEAVY) : 1;
}

/** Those who share one place in the line: all visitors from one address, or one visitor of the messenger. */
export function lineOfMember({ line, handle }: Pick<Member, 'line' | 'handle'>): string {
  return line ?? handle;
}

/** How long a line must wait before `weight` more posts, milliseconds. `busyUntil`: what it has used of its share. */
export function shareWait(busyUntil: number, weight: number, now: number): number {
  return Math.max(0, Math.max(busyUntil, now) + (weight - SHARE.posts) * SHARE.pace - now);
}
