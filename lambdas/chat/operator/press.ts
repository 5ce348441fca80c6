import { parseChannelName } from '../identifiers';
import type { World } from '../ports';
import { DROP_ACTION, KEEP_ACTION } from './commands/channel';
import { welcome } from './failure';
import type { Host } from './host';
import type { ButtonPress } from './incoming';
import { bold, plain, rich, type RichText } from './rich-text';

/** Somebody pressed a button: of the question whether to remove a channel. */
export async function receivePress(world: World, host: Host, press: ButtonPress): Promise<void> {
  const words = await decide(world, press);
  await welcome(world, 'Answering a button', () => host.acknowledge(press.press));
  if (!words) return;
  await welcome(world, 'Replacing a question', () =>
    host.rewrite(press.chat.id, press.messageId, { kind: 'text', text: words }),
  );
}

/** What stands in the place of the question; undefined: the question is none of ours. */
async function decide(world: World, { action, chat }: ButtonPress): Promise<RichText | undefined> {
  const drop = action.startsWith(DROP_ACTION);
  const name = parseChannelName(action.slice((drop ? DROP_ACTION : KEEP_ACTION).length));
  if (!name || (!drop && !action.startsWith(KEEP_ACTION))) return undefined;
  if (!drop) return rich`The channel ${bold(name)} stays.`;
  const channel = await world.channels.find(name);
  if (!channel || channel.host !== chat.id) return plain('This chat does not host that channel any more.');
  await world.channels.change(name, { state: 'dropping' });
  await world.queue.send({ kind: 'drop', channel: name, step: world.clock.now(), requestedBy: chat.id });
  return rich`The channel ${bold(name)} is being removed …`;
}
