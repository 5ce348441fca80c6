import { DynaliteStore, type Item } from './dynalite-store';

/** How many there are in a channel. */
export interface Population {
  readonly members: number;
  /** Of one conversation: all messages of the channel, which is the worst case. */
  readonly messages: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Multiplies what real events have left in the data of a stage: the one member with messages becomes many members, and
 * its messages become many, delivered and spread over the days before.
 */
export async function populate(folder: string, { members, messages }: Population): Promise<void> {
  const store = new DynaliteStore(folder);
  try {
    const [member] = await store.find(
      'dev.Members',
      ({ id, sent }) => id?.S?.includes('/') === true && sent !== undefined,
    );
    const name = member?.['id']?.S ?? '';
    const [message] = await store.find(
      'dev.Messages',
      ({ conversation, text, at }) =>
        conversation?.S === name && text?.S !== undefined && at?.S?.startsWith('due#') === false,
    );
    if (!member || !message) throw new Error('There is no member with messages to multiply.');
    await store.fill(
      'dev.Members',
      clones(member, members, (i) => ({ id: { S: `${name}${i}` } })),
    );
    await store.fill(
      'dev.Messages',
      clones(message, messages, (i) => moment(Date.now() - DAY - i * 1000, i)),
    );
  } finally {
    await store.close();
  }
}

/** A message's key and place in time. */
function moment(time: number, number: number): Item {
  const at = new Date(time).toISOString();
  const id = `v#old${number}`;
  const line = `${at}#${String(number).padStart(16, '0')}#${id}`;
  return {
    id: { S: id },
    at: { S: line },
    line: { S: line },
    time: { S: at },
    order: { N: String(number) },
  };
}

function* clones(item: Item, count: number, difference: (number: number) => Item): Iterable<Item> {
  for (let i = 0; i < count; i += 1) yield { ...item, ...difference(i) };
}
