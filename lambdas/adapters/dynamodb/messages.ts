import { keyPart, type ChannelName, type ChatId, type Handle } from '../../chat/model/identifiers';
import { DAY, UPDATE_LIFE } from '../../chat/model/lifetimes';
import { inOrder, textOf } from '../../chat/model/message';
import {
  conversationKey,
  messageRef,
  type Content,
  type Conversation,
  type Direction,
  type Lease,
  type Message,
  type MessageRef,
  type Notice,
  type StoredFile,
} from '../../chat/model/records';
import type { HistoryPage, MessageStore, Receipt, Removed, ReplyTarget, UpdateClaim } from '../../chat/ports';
import { Expression } from './expression';
import { item, ItemReader, type Item } from './item';
import { EXPIRY, type Table } from './table';

/** The local index that sorts a conversation by time. */
const BY_TIME = 'byTime';

/** Where in the index the messages stand that one side has not got yet; the rest stand by their time alone. */
const WAITING: Record<Direction, string> = { 'to-host': 'due#in#', 'to-visitor': 'due#out#' };

/**
 * A conversation's messages share a partition. Its index attribute `at` is the outbox: a message that is due stands
 * among the due ones of its direction, and moves to its place in time (`line`) when it is delivered.
 * `reply#<chat>#<id>` and `update#<bot>#<id>` are partitions of one item; `waiting#<channel>` holds the conversations in
 * which something waits for a host who is away.
 */
export class DynamoMessages implements MessageStore {
  constructor(
    private readonly table: Table,
    private readonly retentionDays: number,
  ) {}

  async put(message: Message): Promise<{ stored: boolean; message: Message }> {
    const line = `${message.at}#${String(message.order).padStart(16, '0')}#${message.key}`;
    const { content } = message;
    const file = content.kind === 'file' ? content.file : undefined;
    const outcome = await this.table.put(
      {
        ...messageKey(message.conversation, message.key),
        ...item({
          at: message.due ? WAITING[message.direction] + line : line,
          line,
          time: message.at,
          order: message.order,
          direction: message.direction,
          kind: content.kind,
          text: textOf(content),
          notice: content.kind === 'notice' ? content.notice : undefined,
          of: content.kind === 'correction' ? content.of : undefined,
          fileKey: file?.key,
          fileName: file?.name,
          fileType: file?.type,
          fileSize: file?.size,
          attemptedAt: message.attemptedAt,
          presence: message.presence,
          ...placesOf('chat', 'telegramIds', message.places),
          ...this.life(),
        }),
      },
      messageKey(message.conversation, message.key),
      new Expression().when(`attribute_not_exists({id}) OR {${EXPIRY}} <= ?`, this.table.now),
    );
    if (outcome.done) return { stored: true, message };
    if (!outcome.there) throw new Error('A message was removed while it was stored again');
    return { stored: false, message: readMessage(message.conversation, outcome.there) };
  }

  async find(conversation: Conversation, key: string): Promise<Message | undefined> {
    const found = await this.table.get(messageKey(conversation, key));
    return found && readMessage(conversation, found);
  }

  async due(conversation: Conversation, direction: Direction, limit: number): Promise<Message[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    // Ended messages stand first until DynamoDB removes them: they must not hide the ones that are due.
    do {
      const page = await this.table.query(waiting(conversation, WAITING[direction]), { index: BY_TIME, limit, start });
      items.push(...page.items);
      start = page.next;
    } while (start && items.length < limit);
    return items.slice(0, limit).map((found) => readMessage(conversation, found));
  }

  async attempt(conversation: Conversation, key: string, at: string, content?: Content, presence?: string) {
    const attempt = new Expression().set({ attemptedAt: at, presence }).when('begins_with({at}, ?)', 'due#');
    const text = content && textOf(content);
    if (text !== undefined) attempt.when('{text} = ?', text);
    else if (content) attempt.when('attribute_not_exists({text})');
    return (await this.table.update(messageKey(conversation, key), attempt)).done;
  }

  async abandonAttempt(conversation: Conversation, key: string): Promise<void> {
    const abandon = new Expression().remove('attemptedAt').when('attribute_exists({line})');
    await this.table.update(messageKey(conversation, key), abandon);
  }

  async partDelivered(conversation: Conversation, key: string, receipt: Receipt): Promise<void> {
    const record = new Expression().set(placeOf(receipt)).remove('attemptedAt').when('begins_with({at}, ?)', 'due#');
    await this.table.update(messageKey(conversation, key), record);
  }

  async delivered(conversation: Conversation, key: string, receipt?: Receipt): Promise<void> {
    const deliver = new Expression()
      .copy('line', 'at')
      .set({ deliveredAt: this.table.nowIso, ...placeOf(receipt) })
      .when('attribute_exists({line})');
    await this.table.update(messageKey(conversation, key), deliver);
  }

  async correct(conversation: Conversation, key: string, text: string): Promise<boolean> {
    const correct = new Expression()
      .set({ text })
      .when('attribute_exists({line})')
      .when('attribute_not_exists({attemptedAt}) OR NOT begins_with({at}, ?)', 'due#');
    return (await this.table.update(messageKey(conversation, key), correct)).done;
  }

  async correctUnsent(conversation: Conversation, key: string, text: string): Promise<boolean> {
    const correct = new Expression()
      .set({ text })
      .when('begins_with({at}, ?)', WAITING['to-host'])
      .when('attribute_not_exists({attemptedAt}) AND attribute_not_exists({telegramIds})');
    return (await this.table.update(messageKey(conversation, key), correct)).done;
  }

  async latest(conversation: Conversation, limit: number): Promise<Message[]> {
    const newest = async (condition: Expression) =>
      (await this.table.query(condition, { index: BY_TIME, limit, backward: true })).items;
    const found = await Promise.all(lines(conversation).map(([, condition]) => newest(condition)));
    return found
      .flat()
      .map((each) => readMessage(conversation, each))
      .sort(inOrder)
      .slice(-limit);
  }

  async history(conversation: Conversation, after: string | undefined, limit: number): Promise<HistoryPage> {
    const start = after === undefined ? undefined : positionAt(after);
    const read = async ([prefix, condition]: readonly [string, Expression]) => {
      const key = start && { ...messageKey(conversation, start.id), ...item({ at: prefix + start.line }) };
      return this.table.query(condition, { index: BY_TIME, limit, start: key });
    };
    const [delivered, ...due] = lines(conversation);
    // Before what is delivered: a message that moves meanwhile is also found in its new place.
    const pages = await Promise.all(due.map(read));
    if (delivered) pages.push(await read(delivered));
    const ends = pages.flatMap(({ next }) => (next ? [positionOf(next)] : []));
    const [end] = ends.sort();
    const found = new Map(pages.flatMap(({ items }) => items.map((each) => [positionOf(each), each] as const)));
    const sorted = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
    const entries = sorted
      .filter(([position]) => end === undefined || position <= end)
      .slice(0, limit)
      .map(([position, each]) => ({ position, message: readMessage(conversation, each) }));
    const next = entries.length === limit ? entries.at(-1)?.position : end;
    return { entries, ...(next === undefined ? {} : { next }) };
  }

  async removeSome(conversation: Conversation, limit: number): Promise<Removed> {
    const { items, next } = await this.table.query(
      new Expression().when('{conversation} = ?', conversationKey(conversation)),
      { limit, ended: true },
    );
    const messages = items.map((found) => readMessage(conversation, found));
    const pointers = messages.flatMap(({ places = [], copies = [] }) => [...places, ...copies].map(replyKey));
    const keys = messages.map(({ key }) => messageKey(conversation, key));
    await this.table.deleteAll([...pointers, ...keys, waitingKey(conversation)]);
    return { removed: messages.length, done: next === undefined };
  }

  async noteWaiting(conversation: Conversation, mark: string): Promise<void> {
    const key = waitingKey(conversation);
    await this.table.put({ ...key, ...item({ mark, ...this.life() }) }, key);
  }

  async *waiting(channel: ChannelName) {
    const ofChannel = new Expression().when('{conversation} = ?', `waiting#${channel}`);
    for await (const found of this.pages(ofChannel)) {
      const reader = new ItemReader(found);
      yield { conversation: { channel, handle: reader.text('id') as Handle }, mark: reader.text('mark') };
    }
  }

  async forgetWaiting(conversation: Conversation, mark: string): Promise<void> {
    await this.table.delete(waitingKey(conversation), new Expression().when('{mark} = ?', mark));
  }

  async pointReply(from: MessageRef, { channel, handle, message }: ReplyTarget): Promise<void> {
    const key = replyKey(from);
    await this.table.put({ ...key, ...item({ channel, handle, message, ...this.life() }) }, key);
  }

  async replyTarget(from: MessageRef): Promise<ReplyTarget | undefined> {
    return readReplyTarget(await this.table.get(replyKey(from)));
  }

  async replyTargets(of: readonly MessageRef[]): Promise<ReadonlyMap<string, ReplyTarget>> {
    const ids = new Map(of.map((ref) => [replyKey(ref)['conversation']?.S, ref.message]));
    const found = await this.table.getAll(of.map(replyKey));
    return new Map(
      found.flatMap((each) => {
        const [id, target] = [ids.get(each['conversation']?.S), readReplyTarget(each)];
        return id === undefined || !target ? [] : [[id, target] as const];
      }),
    );
  }

  async claimUpdate(bot: string, update: string, lease: Lease, now: number): Promise<UpdateClaim> {
    const key = updateKey(bot, update);
    const outcome = await this.table.put(
      { ...key, ...item({ done: false, ...lease, [EXPIRY]: this.table.expiry(UPDATE_LIFE) }) },
      key,
      new Expression().when(
        `attribute_not_exists({id}) OR {${EXPIRY}} <= ? OR ({done} = ? AND ({until} <= ? OR {holder} = ?))`,
        this.table.now,
        false,
        now,
        lease.holder,
      ),
    );
    if (outcome.done) return 'claimed';
    return outcome.there && new ItemReader(outcome.there).truth('done') ? 'done' : 'busy';
  }

  async releaseUpdate(bot: string, update: string, { holder }: Lease): Promise<void> {
    const ours = new Expression().when('{holder} = ?', holder).when('{done} = ?', false);
    await this.table.delete(updateKey(bot, update), ours);
  }

  async finishUpdate(bot: string, update: string): Promise<void> {
    const finish = new Expression().set({ done: true, [EXPIRY]: this.table.expiry(UPDATE_LIFE) });
    await this.table.update(updateKey(bot, update), finish);
  }

  private async *pages(condition: Expression, index?: string): AsyncGenerator<Item, void> {
    let start: Item | undefined;
    do {
      const page = await this.table.query(condition, { ...(index ? { index } : {}), start });
      yield* page.items;
      start = page.next;
    } while (start);
  }

  private life() {
    return { [EXPIRY]: this.table.expiry(this.retentionDays * DAY) };
  }
}

export function replyKey({ chat, message }: Pick<MessageRef, 'chat' | 'message'>): Item {
  return item({ conversation: `reply#${chat}#${keyPart(message)}`, id: '-' });
}

export function readReplyTarget(found: Item | undefined): ReplyTarget | undefined {
  if (!found) return undefined;
  const reader = new ItemReader(found);
  return {
    channel: reader.text('channel') as ChannelName,
    handle: reader.text('handle') as Handle,
    message: reader.text('message'),
  };
}

function updateKey(bot: string, update: string): Item {
  return item({ conversation: `update#${bot}#${keyPart(update)}`, id: '-' });
}

function messageKey(conversation: Conversation, key: string): Item {
  return item({ conversation: conversationKey(conversation), id: key });
}

function waitingKey({ channel, handle }: Conversation): Item {
  return item({ conversation: `waiting#${channel}`, id: handle });
}

function waiting(conversation: Conversation, prefix: string): Expression {
  return new Expression()
    .when('{conversation} = ?', conversationKey(conversation))
    .when('begins_with({at}, ?)', prefix);
}

/** The three lines that a conversation's messages stand in, each in order of time: delivered, and due to either side. */
function lines(conversation: Conversation): (readonly [prefix: string, condition: Expression])[] {
  const delivered = new Expression().when('{conversation} = ?', conversationKey(conversation)).when('{at} < ?', 'due#');
  const due = Object.values(WAITING).map((prefix) => [prefix, waiting(conversation, prefix)] as const);
  return [['', delivered], ...due];
}

/** Where a message stands in its conversation, in whichever line: its place in time, and its key. */
function positionOf(found: Item): string {
  const reader = new ItemReader(found);
  return `${reader.text('at').replace(/^due#(in|out)#/, '')} ${reader.text('id')}`;
}

function positionAt(position: string): { readonly line: string; readonly id: string } {
  // Neither a time nor an order has a space; a key may have.
  const [line = ''] = /^[^ ]*/.exec(position) ?? [];
  return { line, id: position.slice(line.length + 1) };
}

function readMessage(conversation: Conversation, found: Item): Message {
  const reader = new ItemReader(found);
  const deliveredAt = reader.optionalText('deliveredAt');
  const attemptedAt = reader.optionalText('attemptedAt');
  const presence = reader.optionalText('presence');
  const places = readPlaces(reader, 'chat', 'telegramIds');
  const copies = readPlaces(reader, 'copyChat', 'copyIds');
  return {
    conversation: { channel: conversation.channel, handle: conversation.handle },
    key: reader.text('id'),
    direction: reader.text('direction') as Direction,
    content: readContent(reader),
    at: reader.text('time'),
    order: reader.number('order'),
    due: reader.text('at').startsWith('due#'),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(attemptedAt === undefined ? {} : { attemptedAt }),
    ...(presence === undefined ? {} : { presence }),
    ...(places ? { places } : {}),
    ...(copies ? { copies } : {}),
  };
}

/** Where a delivery has got to, as attributes. */
function placeOf(receipt: Receipt | undefined) {
  if (!receipt) return {};
  return receipt.copy
    ? placesOf('copyChat', 'copyIds', receipt.places)
    : placesOf('chat', 'telegramIds', receipt.places);
}

/** Messages of one chat: the chat in one attribute, their ids in another, with spaces between them. */
function placesOf(chatName: string, idsName: string, places: readonly MessageRef[] = []) {
  const [first] = places;
  if (!first) return {};
  const ids = places.map(({ message }) => encodeURIComponent(message)).join(' ');
  return { [chatName]: first.chat, [idsName]: ids };
}

function readPlaces(reader: ItemReader, chatName: string, idsName: string): MessageRef[] | undefined {
  const chat = reader.optionalText(chatName) as ChatId | undefined;
  const ids = reader.optionalText(idsName)?.split(' ').filter(Boolean);
  return chat && ids?.map((id) => messageRef(chat, decodeURIComponent(id)));
}

function readContent(reader: ItemReader): Content {
  const text = reader.optionalText('text');
  switch (reader.text('kind') as Content['kind']) {
    case 'text':
      return { kind: 'text', text: text ?? '' };
    case 'correction':
      return { kind: 'correction', of: reader.text('of'), text: text ?? '' };
    case 'notice':
      return { kind: 'notice', notice: reader.text('notice') as Notice };
    case 'file': {
      const file: StoredFile = {
        key: reader.text('fileKey'),
        name: reader.text('fileName'),
        type: reader.text('fileType'),
        size: reader.number('fileSize'),
      };
      return { kind: 'file', file, ...(text === undefined ? {} : { caption: text }) };
    }
  }
}
