import type { Lease, Member } from '../model/records';
import type { Randomness, World } from '../ports';

/** How long one function instance may hold the right to deliver to a member, milliseconds. */
const LEASE = 10_000;

/** A name that no other holder of a lease has. */
export function newHolder(random: Randomness): string {
  return Buffer.from(random.bytes(9)).toString('base64url');
}

/** A right that only one function instance has, for so many milliseconds. @default 10 s */
export function newLease({ clock, random }: Pick<World, 'clock' | 'random'>, milliseconds = LEASE): Lease {
  return { holder: newHolder(random), until: clock.now() + milliseconds };
}

/** Releases a lease without having delivered anything. */
export async function letGo({ members }: Pick<World, 'members'>, member: Member, { holder }: Lease): Promise<void> {
  for (let { tickets } = member.delivery; ;) {
    const release = await members.releaseDelivery(member, holder, tickets, false);
    if (release.kind !== 'again') return;
    ({ tickets } = release.member.delivery);
  }
}
