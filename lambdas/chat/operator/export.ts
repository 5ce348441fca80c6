import { fileUrl } from '../files';
import { shownName } from '../messenger/header';
import { MessengerFailure, type Messenger, type Post } from '../messenger/port';
import { plain } from '../messenger/rich-text';
import { conversationOf, type Member, type Message } from '../model/records';
import { inLine } from '../outbox/one-file';
import { DONE, WORK } from '../outbox/poke';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { postAt, posting, report } from './report';

type ExportWorld = Pick<
  World,
  'channels' | 'members' | 'messages' | 'files' | 'queue' | 'clock' | 'logger' | 'settings'
>;
type ExportItem = Extract<QueueItem, { kind: 'export' }>;

/** Bytes of messages in one document: a small part of what a function has, and of what the messenger takes. */
export const DOCUMENT_BYTES = 8 * 1024 * 1024;

/** Messages read at a time. */
const PAGE = 1000;

/**
 * Posts the next document of a conversation that is exported: what fits into one, or could be read in time. The rest follows
 * with the next item of the queue; after a crash, one document may come twice. One export at a time in a function instance.
 */
export function continueExporting(
  world: ExportWorld,
  messenger: Messenger,
  item: ExportItem,
  attempt: number,
): Promise<QueueOutcome> {
  const deadline = world.clock.now() + WORK;
  return inLine(world, async () => {
    if (world.clock.now() >= deadline) return follow(world, item);
    const [channel, member] = await Promise.all([world.channels.find(item.channel), world.members.find(item)]);
    if (channel?.host !== item.place.chat) {
      world.logger.warn('An export has ended: the chat that asked for it hosts the channel no more', {
        channel: item.channel,
      });
      return DONE;
    }
    if (!member) return refuse(world, item, `⛔ The export of #${item.handle} has ended: the visitor is gone.`);
    return posting(world, attempt, () => postDocument(world, messenger, item, member, deadline));
  });
}

async function postDocument(
  world: ExportWorld,
  messenger: Messenger,
  item: ExportItem,
  member: Member,
  deadline: number,
): Promise<QueueOutcome> {
  const { part, exported, place } = item;
  const { pieces, count, after } = await collect(world, item, deadline);
  const [first, total] = [exported + 1, exported + count];
  const last = after === undefined;
  if (count > 0 || (last && part === 1)) {
    try {
      await postAt(messenger, place, documentOf(world, item, member, { pieces, total, last, first }));
    } catch (error) {
      const { kind, details } = error as Partial<MessengerFailure>;
      if (kind === 'migrated' && details?.migratedTo !== undefined) {
        await world.channels.moveHost(place.chat, details.migratedTo);
        return follow(world, { ...item, place: { chat: details.migratedTo } });
      }
      if (kind !== 'refused') throw error;
      return refuse(world, item, '⛔ The file could not be posted. It may be too big.');
    }
  } else if (last) {
    const text = `✅ All of #${member.handle} ${shownName(member.name)}: ${number(total)} messages`;
    await postAt(messenger, place, { kind: 'text', text: plain(text) });
  }
  if (last) return DONE;
  return follow(world, { ...item, after, part: count > 0 ? part + 1 : part, exported: total });
}

/** Goes on with the next item of the queue. */
async function follow({ queue }: Pick<World, 'queue'>, item: ExportItem): Promise<QueueOutcome> {
  await queue.send({ ...item, step: item.step + 1 });
  return DONE;
}

async function refuse(world: ExportWorld, { channel, step, place }: ExportItem, text: string): Promise<QueueOutcome> {
  await report(world, { channel, step, place, text: plain(text) });
  return DONE;
}

interface Collected {
  /** Messages as JSON, with what separates them. */
  readonly pieces: readonly Buffer[];
  readonly count: number;
  /** Where the next document begins; undefined: this is the last. */
  readonly after?: string;
}

async function collect(world: ExportWorld, item: ExportItem, deadline: number): Promise<Collected> {
  const pieces: Buffer[] = [];
  let [count, bytes, after] = [0, 0, item.after];
  for (;;) {
    const { entries, next } = await world.messages.history(conversationOf(item), after, PAGE);
    const texts: string[] = [];
    for (const { message, position } of entries) {
      const text = `${count > 0 ? ',' : ''}\n${indented(toExport(message, world.settings.apiUrl))}`;
      bytes += Buffer.byteLength(text);
      if (bytes > DOCUMENT_BYTES && count > 0) {
        pieces.push(Buffer.from(texts.join('')));
        return { pieces, count, ...(after === undefined ? {} : { after }) };
      }
      texts.push(text);
      count += 1;
      after = position;
    }
    pieces.push(Buffer.from(texts.join('')));
    if (next === undefined) return { pieces, count };
    after = next;
    if (world.clock.now() >= deadline) return { pieces, count, after };
  }
}

function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(/^/gm, '    ');
}

interface Contents {
  readonly pieces: readonly Buffer[];
  /** The numbers of its first and last message. */
  readonly first: number;
  readonly total: number;
  /** It is the last document. */
  readonly last: boolean;
}

function documentOf(
  { clock }: Pick<World, 'clock'>,
  { part }: ExportItem,
  { channel, handle, name, seenAt, banned }: Member,
  { pieces, first, total, last }: Contents,
): Post {
  const exportedAt = new Date(clock.now()).toISOString();
  const whole = last && part === 1;
  const about = { channel, handle, name, seenAt, banned, exportedAt, ...(whole ? {} : { part, last }) };
  const [head = '', tail = ''] = JSON.stringify({ ...about, messages: ['|'] }, undefined, 2).split(/\n\s*"\|"/);
  const count = whole
    ? `${total} messages`
    : `messages ${number(first)} to ${number(total)}, part ${part}${last ? ', the last' : ''}`;
  return {
    kind: 'file',
    async *body() {
      yield Buffer.from(head);
      yield* pieces;
      yield Buffer.from(tail);
    },
    name: `${channel}-${handle}${whole ? '' : `-${part}`}.json`,
    type: 'application/json',
    text: plain(`#${handle} ${shownName(name)}: ${count}`),
  };
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Without storage details and the messenger's ids. */
function toExport({ content, direction, at, due }: Message, apiUrl: string): unknown {
  const from = direction === 'to-host' ? 'visitor' : 'operator';
  switch (content.kind) {
    case 'text':
      return { at, from, text: content.text, delivered: !due };
    case 'file': {
      const { key, name, type, size } = content.file;
      const caption = content.caption === undefined ? {} : { caption: content.caption };
      return { at, from, file: { name, type, size, url: fileUrl(apiUrl, key) }, ...caption, delivered: !due };
    }
    case 'correction':
      return { at, from, correction: content.text, delivered: !due };
    case 'notice':
      return { at, notice: content.notice };
  }
}
