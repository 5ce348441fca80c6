import type { ConnectionId } from '../model/identifiers';
import type { Member, Message } from '../model/records';
import type { World } from '../ports';
import { hostMessageFrames } from '../protocol/server-frame';
import { traceOf } from '../trace';
import { ShownTexts } from './shown-texts';

/** What pushing uses. */
export type PushWorld = Pick<World, 'members' | 'connections' | 'messages' | 'push' | 'clock' | 'logger' | 'settings'>;

/** `all`: everything arrived. `away`: nobody is there. `failed`: it may succeed later. `last`: the last one that arrived. */
export interface PushOutcome {
  readonly kind: 'all' | 'away' | 'failed';
  readonly last?: Message | undefined;
}

/**
 * Pushes messages, in their order, to all connections of a visitor, and notes each down as delivered. A connection that is
 * gone is forgotten; one that got it is enough.
 */
export async function pushAll(
  world: PushWorld,
  member: Member,
  messages: readonly Message[],
  deadline: number,
): Promise<PushOutcome> {
  const gone = new Set<ConnectionId>();
  const notes: Promise<unknown>[] = [];
  const shown = new ShownTexts(messages);
  // The next push does not wait for this; what becomes of it is looked at in the end.
  const note = ({ conversation, key }: Message) =>
    notes.push(world.messages.delivered(conversation, key).catch((error: unknown) => error));
  let outcome: PushOutcome['kind'] = 'all';
  let last: Message | undefined;
  for (const message of messages) {
    if (world.clock.now() >= deadline) {
      outcome = 'failed';
      break;
    }
    if (shown.tells(message)) {
      note(message);
      continue;
    }
    const connections = member.connections.filter((id) => !gone.has(id));
    const results = await Promise.all(connections.map((id) => pushOne(world, id, message)));
    results.forEach((result, i) => {
      const id = connections[i];
      if (id && result === 'gone') gone.add(id);
    });
    const sent = results.filter((result) => result === 'sent').length;
    if (sent === 0) outcome = results.includes('failed') ? 'failed' : 'away';
    world.logger.info('A message was pushed', { ...traceOf(message), outcome: sent > 0 ? 'sent' : outcome, sent });
    if (sent === 0) break;
    shown.add(message);
    last = message;
    note(message);
  }
  const failures = (await Promise.all(notes)).filter((failure) => failure !== undefined);
  await Promise.all([...gone].map((id) => forget(world, member, id)));
  if (failures.length > 0) throw failures[0];
  return { kind: outcome, last };
}

/** Pushes the frames of a message to one connection. */
export async function pushOne(
  world: Pick<World, 'push' | 'logger' | 'settings'>,
  connection: ConnectionId,
  message: Message,
): Promise<'sent' | 'gone' | 'failed'> {
  try {
    let outcome: 'sent' | 'gone' = 'sent';
    for (const frame of hostMessageFrames(message, world.settings.apiUrl)) {
      outcome = await world.push.push(connection, frame);
      if (outcome === 'gone') break;
    }
    return outcome;
  } catch (error) {
    world.logger.warn('A push failed', { ...traceOf(message), reason: String(error) });
    return 'failed';
  }
}

/** A connection that answered 410. */
async function forget(world: Pick<World, 'members' | 'connections'>, member: Member, id: ConnectionId): Promise<void> {
  await world.members.detach(member, id);
  await world.connections.close(id);
}
