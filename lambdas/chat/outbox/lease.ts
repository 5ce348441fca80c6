import type { Lease, Member } from '../model/records';
import type { World } from '../ports';

/** How long one function instance may hold the right to deliver to a member, milliseconds. */
const LEASE = 10_000;

/** A right to deliver that nobody else has. */
export function newLease(world: Pick<World, 'clock' | 'random'>): Lease {
  return { holder: Buffer.from(world.random.bytes(9)).toString('base64url'), until: world.clock.now() + LEASE };
}

/** Lets go of a lease without having delivered anything. */
export async function letGo(world: World, member: Member, { holder }: Lease): Promise<void> {
  for (let { tickets } = member.delivery; ;) {
    const release = await world.members.releaseDelivery(member, holder, tickets, false);
    if (release.kind !== 'again') return;
    ({ tickets } = release.member.delivery);
  }
}
