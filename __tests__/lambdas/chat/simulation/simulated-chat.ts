import { groupOf } from '../../../../lambdas/adapters/sqs-queue';
import { createVisitorSide } from '../../../../lambdas/chat/browser-side';
import { createOperatorDomain } from '../../../../lambdas/chat/messenger-side';
import type { Incoming, IncomingContent, IncomingMessage } from '../../../../lambdas/chat/messenger/incoming';
import { readHeader } from '../../../../lambdas/chat/messenger/header';
import { backOff } from '../../../../lambdas/chat/outbox/poke';
import type { Instance } from '../chat-fixture';
import {
  type ChannelName,
  type ChatId,
  type ConnectionId,
  deriveHandle,
  type Handle,
} from '../../../../lambdas/chat/model/identifiers';
import { messageRef } from '../../../../lambdas/chat/model/records';
import type { QueueItem, VisitorPush } from '../../../../lambdas/chat/ports';
import { createMemoryWorld, type MemoryWorld } from '../../../memory/world';
import { FakeMessenger, type FakeMessage } from '../fake-messenger';
import { type Fate, invoke, type MessengerFault } from './function-instance';
import { type Circumstances, type InGroup, Promises, type Received, type Said, type Seen } from './promises';
import type { Edit, VisitorRecord, Written } from './promises';
import { randomOf, VirtualTime } from './virtual-time';

const SENT_AT = '2026-01-02T03:04:05Z';
const CHANNEL = 'my-channel' as ChannelName;
const HANDLE_KEY = Buffer.alloc(32, 3).toString('base64url');
const GROUP = FakeMessenger.chat('support');
const SUPERGROUP = FakeMessenger.chat('support-as-supergroup');

/** How long SQS hides an item that a function has received and not deleted, milliseconds. */
const HIDDEN = 180_000;
/** Within which SQS takes the same item once, milliseconds. */
const DEDUPLICATED = 300_000;
/** After so many receipts an item is a dead letter. */
const RECEIPTS = 100;

/** What may happen to a run as a whole. */
export interface SimulationOptions {
  readonly forum: boolean;
  /** Decides how long calls take. */
  readonly seed: number;
  /** How far the clocks of the function instances are ahead, milliseconds. */
  readonly skews: readonly number[];
  /** Whether everybody is there and has said something already. */
  readonly begun: boolean;
}

/** A visitor with their browser and their chats in the messenger. */
export interface Person extends VisitorRecord {
  readonly memberId: string;
  readonly handle: Handle;
  readonly tabs: Tab[];
  readonly chats: readonly ChatId[];
  /** Came by Telegram: has no browser. */
  readonly telegram: boolean;
  name: string;
  /** What was sent and not answered. */
  readonly pending: Map<string, Pending>;
  /** The chat in which they go on, as far as the bot said so. */
  chat: ChatId | undefined;
}

interface Pending {
  readonly said: Said;
  readonly frame: () => Promise<unknown[] | undefined>;
  sent?: boolean;
}

export interface Tab {
  readonly connection: ConnectionId;
  state: 'opening' | 'joined' | 'half open' | 'closed';
}

interface Line<T> {
  readonly items: T[];
  busy: boolean;
}

type Kind = 'frame' | 'update' | 'delivery';

/** A channel with its people, the functions, and everything between them, in virtual time. */
export class SimulatedChat {
  readonly world: MemoryWorld;
  readonly messenger: FakeMessenger;
  readonly time: VirtualTime;
  readonly people: readonly Person[];
  readonly promises: Promises;
  readonly circumstances: Circumstances & { doubt: boolean };
  readonly faults: MessengerFault[] = [];
  readonly fates: Record<Kind, Fate[]> = { frame: [], update: [], delivery: [] };
  /** What happens to the next pushes. */
  readonly pushFaults: ('lost' | 'arrives')[] = [];
  /** How many updates, and deliveries, come twice. */
  readonly twice = { update: 0, delivery: 0 };
  host: ChatId = GROUP;
  #away: { since: number; until?: number }[] = [];
  #serial = 0;
  readonly #deliveries = new Map<string, Line<{ item: QueueItem; receipts: number }>>();
  readonly #sent = new Map<string, number>();
  readonly #originals = new Map<Said | Written, IncomingMessage>();
  readonly #leaving = new Set<Person>();
  /** How many faults have come to pass. */
  #disturbances = 0;
  readonly #updates = new Map<ChatId, Line<() => Promise<boolean>>>();
  /** Every message of the bot in a chat, in order; those that an operator deleted with their topic as they were. */
  readonly #posted: { readonly chat: ChatId; readonly id: string; readonly at: number }[] = [];
  readonly #deleted = new Map<string, FakeMessage>();
  readonly #frames = new Map<Person, Received[]>();

  constructor(private readonly options: SimulationOptions) {
    const push: VisitorPush = {
      push: (connection, frame) => this.#push(connection, frame),
      disconnect: async (connection) => this.#lose(connection),
    };
    this.world = createMemoryWorld({
      push: push as MemoryWorld['push'],
      queue: { send: (item) => this.#send(item) } as MemoryWorld['queue'],
    });
    this.time = new VirtualTime(this.world.clock);
    this.messenger = new FakeMessenger(() => this.time.now, options.forum);
    this.circumstances = { doubt: false, skewed: options.skews.some((skew) => skew !== 0) };
    this.people = ['web', 'web', 'telegram'].map((kind, number) => this.#person(number, kind === 'telegram'));
    this.promises = new Promises(this.people, this.circumstances);
    const post = this.messenger.post.bind(this.messenger);
    this.messenger.post = async (chat, content, place) => {
      const posted = await post(chat, content, place);
      this.#posted.push({ chat, id: posted.ref.message, at: this.time.now });
      return posted;
    };
  }

  async start(): Promise<this> {
    await this.world.channels.create({
      name: CHANNEL,
      host: GROUP,
      handleKey: HANDLE_KEY,
      state: 'active',
      forum: this.options.forum,
      origins: [],
      messages: 0,
      createdAt: new Date(this.time.now).toISOString(),
    });
    if (!this.options.begun) return this;
    for (const person of this.people) {
      if (person.telegram) this.continueInTelegram(person, 0);
      else void this.openTab(person);
    }
    await this.time.pass(3_000);
    for (const person of this.people) {
      if (person.telegram) this.sayInTelegram(person, 0, 'text');
      else this.say(person, 'text');
    }
    await this.time.pass(10_000);
    return this;
  }

  // Visitors in their browser

  async openTab(person: Person): Promise<void> {
    const tab: Tab = { connection: `ws:c${this.#serial++}`, state: 'opening' };
    person.tabs.push(tab);
    const handshake = { connection: tab.connection, channel: CHANNEL, protocols: [] };
    const opened = await this.#invoke('frame', tab.connection, (instance) =>
      createVisitorSide(instance.world).connect(handshake),
    );
    if (opened.kind !== 'answered' || opened.value.kind !== 'accepted') return this.#lose(tab.connection);
    const answer = await this.#frame(tab, ['JOIN', person.memberId, person.name, CHANNEL]);
    if (answer) this.#hear(person, tab, answer);
    if (tab.state === 'opening') this.#lose(tab.connection);
  }

  /** `clean`: the gateway tells the function. */
  closeTab(person: Person, clean: boolean): void {
    const tab = person.tabs.find(({ state }) => state === 'joined');
    if (!tab) return;
    this.#lose(tab.connection);
    if (clean) void this.#tellDisconnect(tab);
  }

  /** The network of a phone is gone, and nobody knows: what is pushed is lost. */
  async loseNetwork(person: Person, milliseconds: number): Promise<void> {
    const tab = person.tabs.find(({ state }) => state === 'joined');
    if (!tab) return;
    tab.state = 'half open';
    await this.time.sleep(milliseconds);
    await this.openTab(person);
    this.#lose(tab.connection);
    await this.#tellDisconnect(tab);
  }

  /** A text, or a file that was uploaded. */
  say(person: Person, what: 'text' | 'long text' | 'file'): void {
    const tab = person.tabs.findLast(({ state }) => state === 'joined');
    if (!tab) return;
    const id = `v${person.number}.${person.said.length}`;
    const words = wordsOf(id, what === 'long text');
    const said: Said = { words, place: tab.connection, sentAt: this.time.now, edits: [] };
    person.said.push(said);
    const frame =
      what === 'file' ? () => this.#sendFile(person, id) : async () => ['TXT', id, words.join(' '), SENT_AT];
    person.pending.set(id, { said, frame });
    void this.#sendPending(person, tab, id);
  }

  async #sendPending(person: Person, tab: Tab, id: string): Promise<void> {
    const pending = person.pending.get(id);
    const frame = await pending?.frame();
    if (!pending || !frame) return;
    if (frame[0] === 'BIN' && !pending.sent) pending.said.sentAt = this.time.now;
    pending.sent = true;
    const answer = await this.#frame(tab, frame);
    if (answer && person.pending.has(id) && tab.state !== 'half open') this.#hear(person, tab, answer);
  }

  /** Asks for a link and uploads. */
  async #sendFile(person: Person, id: string): Promise<unknown[] | undefined> {
    const tab = person.tabs.findLast(({ state }) => state === 'joined');
    const body = Buffer.from(`${id}.0`);
    const answer = tab && (await this.#frame(tab, ['UPL', id, 'a.pdf', 'application/pdf', body.length, SENT_AT]));
    if (!tab || !answer) return undefined;
    const [tag, , link, upload] = answer as string[];
    if (tag !== 'UPL' || !upload || !link) return void this.#hear(person, tab, answer);
    const [key = ''] = upload.replace('https://files.example/', '').split('?');
    this.world.files.upload(decodeURIComponent(key), body, 'application/pdf');
    return ['BIN', id, link, 'a.pdf', 'application/pdf', body.length, SENT_AT];
  }

  async #frame(tab: Tab, elements: unknown[]): Promise<unknown[] | undefined> {
    if (tab.state === 'closed' || tab.state === 'half open') return undefined;
    const { now } = this.time;
    const ended = await this.#invoke(
      'frame',
      `${tab.connection} ${String(elements[0])} ${String(elements[1])}`,
      (instance) => createVisitorSide(instance.world).receive(tab.connection, JSON.stringify(elements), now),
    );
    if (ended.kind !== 'answered' || ended.value === undefined) return undefined;
    return JSON.parse(ended.value) as unknown[];
  }

  /** What a tab does with a frame. */
  #hear(person: Person, tab: Tab, [tag, second, third, fourth]: readonly unknown[]): void {
    if (tab.state === 'closed' || tab.state === 'half open') return;
    switch (tag) {
      case 'OK':
        tab.state = 'joined';
        for (const id of person.pending.keys()) void this.#sendPending(person, tab, id);
        return;
      case 'ACK': {
        const pending = person.pending.get(String(second));
        if (pending) pending.said.acknowledgedAt = this.time.now;
        person.pending.delete(String(second));
        return;
      }
      case 'ERR':
        return this.#hearRefusal(person, String(second), Number(third), String(fourth));
      case 'TXT':
      case 'BIN': {
        const got = this.#frames.get(person) ?? [];
        this.#frames.set(person, got);
        const word = String(tag === 'TXT' ? third : fourth).replace(/\.pdf$/, '');
        if (word !== 'a') got.push({ place: tab.connection, id: String(second), word });
      }
    }
  }

  #hearRefusal(person: Person, reason: string, code: number, id: string): void {
    // A 500 may pass: the client sends it again with its next JOIN.
    if (code === 500) return;
    const allowed = (code === 403 && this.#mayBeBanned(person)) || (code === 502 && this.#mayBeAway());
    const pending = person.pending.get(id);
    if (!pending) {
      if (!allowed) this.promises.broken.push(`visitor ${person.number} reads ${reason}`);
      return;
    }
    if (code === 401 && this.#mayBeBanned(person)) return;
    this.promises.refused(pending.said, code, allowed);
    person.pending.delete(id);
  }

  /** Functions may still work with what was so half a minute ago. */
  #mayBeBanned({ bans }: Person): boolean {
    return bans.some(({ until = Infinity }) => until + 30_000 > this.time.now);
  }

  #mayBeAway(): boolean {
    return this.#away.some(({ until = Infinity }) => until + 900_000 > this.time.now);
  }

  async #push(connection: ConnectionId, frame: string): Promise<'sent' | 'gone'> {
    const fault = this.pushFaults.shift();
    const [person, tab] = this.#tabOf(connection);
    if (fault === 'lost') {
      this.circumstances.doubt = true;
      throw new Error('no answer');
    }
    if (!person || !tab || tab.state === 'closed') return 'gone';
    this.#hear(person, tab, JSON.parse(frame) as unknown[]);
    if (!fault) return 'sent';
    this.circumstances.doubt = true;
    throw new Error('no answer');
  }

  #tabOf(connection: ConnectionId): [Person, Tab] | [] {
    for (const person of this.people) {
      const tab = person.tabs.find((each) => each.connection === connection);
      if (tab) return [person, tab];
    }
    return [];
  }

  #lose(connection: ConnectionId): void {
    const [, tab] = this.#tabOf(connection);
    if (tab) tab.state = 'closed';
  }

  async #tellDisconnect({ connection }: Tab): Promise<void> {
    await this.time.sleep(50);
    await this.#invoke('frame', `${connection} disconnect`, ({ world }) =>
      createVisitorSide(world).disconnect(connection),
    );
  }

  // People in the messenger

  /** An operator writes in the group. */
  #writeInGroup(content: IncomingContent, target: Target, then: () => void): IncomingMessage | undefined {
    if (this.messenger.away.has(this.host)) return undefined;
    return this.#write(this.host, content, target, then);
  }

  #write(chat: ChatId, content: IncomingContent, { replyTo, thread }: Target, then: () => void): IncomingMessage {
    const text = content.kind === 'text' ? content.text : '';
    const message = this.messenger.write(chat, text, thread);
    const header = replyTo?.own ? readHeader(replyTo.text) : undefined;
    const update: IncomingMessage = {
      kind: 'message',
      update: `$update-${this.#serial}:example.org`,
      chat: this.#chatPlace(chat),
      ref: messageRef(chat, message, thread),
      order: this.#serial++,
      ...(replyTo ? { replyTo: replyTo.id } : {}),
      ...(header ? { replyToHeader: header } : {}),
      sentAt: seconds(this.time.now),
      editedAt: 0,
      content,
    };
    this.#bring(chat, update, then);
    return update;
  }

  #edit(original: IncomingMessage, text: string, then: () => void): void {
    const { content: was } = original;
    const content: IncomingContent = was.kind === 'file' ? { ...was, caption: text } : { kind: 'text', text };
    this.messenger.change(original.ref.chat, original.ref.message, text);
    const order = this.#serial++;
    const update = `$update-${order}:example.org`;
    this.#bring(
      original.chat.id,
      { ...original, kind: 'edit', update, order, editedAt: seconds(this.time.now), content },
      then,
    );
  }

  #chatPlace(id: ChatId) {
    const group = id === this.host;
    const kind = group ? ('group' as const) : ('private' as const);
    return { id, kind, forum: group && this.options.forum, title: group ? 'Support' : 'Somebody' };
  }

  /** The messenger brings the updates of one chat one after the other, each until it is taken. */
  #bring(chat: ChatId, update: Incoming, then: () => void = () => undefined): void {
    const ofLine = chat === SUPERGROUP ? GROUP : chat;
    const line = this.#updates.get(ofLine) ?? { items: [], busy: false };
    this.#updates.set(ofLine, line);
    let tries = 0;
    const receive = async () => {
      const ended = await this.#invoke('update', `${update.update} ${tries++}`, ({ world, messenger }) =>
        createOperatorDomain(world, messenger).receive(update),
      );
      return ended.kind === 'answered' && ended.value === 'handled';
    };
    line.items.push(async () => {
      const again = this.twice.update > 0 && this.twice.update-- > 0;
      const taken = await Promise.all([receive(), ...(again ? [this.time.sleep(30).then(receive)] : [])]);
      if (!taken.every(Boolean)) return false;
      then();
      return true;
    });
    if (!line.busy) void this.#workUpdates(line);
  }

  async #workUpdates(line: Line<() => Promise<boolean>>): Promise<void> {
    line.busy = true;
    for (let pause = 1_000; line.items[0];) {
      await this.time.sleep(20);
      if (await line.items[0]()) {
        line.items.shift();
        pause = 1_000;
      } else {
        await this.time.sleep(pause);
        pause = Math.min(60_000, pause * 2);
      }
    }
    line.busy = false;
  }

  // Visitors in the messenger

  /** `/join` in one of their chats. */
  continueInTelegram(person: Person, which: number): void {
    const chat = person.chats[which % person.chats.length]!;
    const memberId = person.telegram ? '' : ` ${person.memberId}`;
    const message = this.#write(chat, text(`/join ${CHANNEL}${memberId}`), {}, () => {
      if (this.#answerTo(message)?.startsWith('✅')) person.chat = chat;
    });
  }

  leaveTelegram(person: Person): void {
    const { chat } = person;
    if (!chat) return;
    this.#leaving.add(person);
    this.#write(chat, text('/leave'), {}, () => {
      this.#leaving.delete(person);
      if (person.chat === chat) person.chat = undefined;
    });
  }

  sayInTelegram(person: Person, which: number, what: 'text' | 'long text' | 'file' | 'file with caption'): void {
    const chat = person.chats[which % person.chats.length]!;
    const id = `v${person.number}.${person.said.length}`;
    const words = wordsOf(id, what === 'long text');
    const said: Said = { words, place: chat, sentAt: this.time.now, edits: [] };
    const content = this.#content(words, what);
    const disturbed = this.#disturbances;
    const here = person.chat === chat && !this.#leaving.has(person);
    person.said.push(said);
    const message = this.#write(chat, content, {}, () => {
      const answer = this.#answerTo(message);
      const stays = here && person.chat === chat;
      const excused = !stays || disturbed !== this.#disturbances || this.#mayBeAway() || this.#mayBeBanned(person);
      if (answer !== undefined) this.promises.refused(said, answer, excused);
      else if (!excused) said.acknowledgedAt = this.time.now;
      this.#originals.set(said, message);
    });
  }

  /** They change the last text or caption that was taken. */
  editOwn(person: Person): void {
    const said = person.said.findLast((each) => this.#originals.has(each) && each.acknowledgedAt !== undefined);
    const original = said && this.#originals.get(said);
    if (!said || !original || said.words.length > 1 || person.chat !== said.place) return;
    const edit: Edit = { word: `${said.words[0]}-e${said.edits.length + 1}` };
    const disturbed = this.#disturbances;
    said.edits.push(edit);
    this.#edit(original, edit.word, () => {
      const excused = disturbed !== this.#disturbances || this.#mayBeAway() || this.#mayBeBanned(person);
      edit.taken = !excused && person.chat === said.place && this.#answerTo(original) === undefined;
    });
  }

  // Operators

  answer(person: Person, what: 'text' | 'file' | 'file with caption'): void {
    const seen = this.messenger
      .messages(this.host)
      .findLast((each) => each.own && readHeader(each.text) === person.handle);
    if (!seen) return;
    const target = seen.thread === undefined ? { replyTo: seen } : { thread: seen.thread };
    this.#writeTo(person, this.#content([`o${this.promises.written.length}`], what), target);
  }

  /** An operator answers nobody in particular. */
  writeUntargeted(): void {
    this.#writeTo(undefined, text(`o${this.promises.written.length}`), {});
  }

  #writeTo(to: Person | undefined, content: IncomingContent, target: Target): void {
    const word = `o${this.promises.written.length}`;
    const open = new Set(this.people.filter((person) => this.#isOpen(person)));
    const written: Written = { word, to, open, writtenAt: this.time.now, edits: [] };
    const message = this.#writeInGroup(content, target, () => {
      written.handledAt = this.time.now;
    });
    if (!message) return;
    this.promises.written.push(written);
    this.#originals.set(written, message);
    // Telegram dates a text to the second: a visitor who comes within it may be meant.
    void this.time.sleep(1000 - (this.time.now % 1000)).then(() => {
      if (open.size === 0) for (const person of this.people) if (this.#isOpen(person)) open.add(person);
    });
  }

  /** Whether operators have had something to do with a visitor within a day and since they banned them. */
  #isOpen(person: Person): boolean {
    const ban = person.bans.at(-1);
    if (ban && ban.liftedAt === undefined) return false;
    const since = Math.max(this.time.now - 86_400_000, ban?.wantedAt ?? 0);
    const isOwn = ({ visitor, at }: InGroup) => visitor === person && at >= since;
    return (
      this.#group().some(isOwn) ||
      this.promises.written.some(({ to, writtenAt }) => to === person && writtenAt >= since)
    );
  }

  editAnswer(person: Person): void {
    const written = this.promises.written.findLast(({ to }) => to === person);
    const original = written && this.#originals.get(written);
    if (!written || original?.chat.id !== this.host || this.messenger.away.has(this.host)) return;
    const edit: Edit = { word: `${written.word}-e${written.edits.length + 1}` };
    written.edits.push(edit);
    this.#edit(original, edit.word, () => {
      edit.taken = true;
    });
  }

  deleteTopic(person: Person): void {
    const thread = this.#topics(person)[0];
    if (thread === undefined) return;
    for (const message of this.messenger.deleteTopic(this.host, thread)) this.#deleted.set(message.id, message);
  }

  closeTopic(person: Person): void {
    for (const thread of this.#topics(person)) this.messenger.closed.add(thread);
  }

  ban(person: Person): void {
    if (person.bans.at(-1) && person.bans.at(-1)?.liftedAt === undefined) return;
    const ban: VisitorRecord['bans'][number] = { wantedAt: this.time.now };
    const message = this.#writeInGroup(text(`/ban #${person.handle}`), {}, () => {
      if (this.#answerTo(message)?.startsWith('There is no visitor')) person.bans.splice(person.bans.indexOf(ban), 1);
      else ban.since = this.time.now;
    });
    if (message) person.bans.push(ban);
  }

  unban(person: Person): void {
    const ban = person.bans.at(-1);
    if (!ban || ban.liftedAt !== undefined) return;
    const message = this.#writeInGroup(text(`/unban #${person.handle}`), {}, () => {
      ban.until = this.time.now;
    });
    if (message) ban.liftedAt = this.time.now;
  }

  removeBot(): void {
    if (this.messenger.away.has(this.host)) return;
    this.messenger.away.add(this.host);
    this.#away.push({ since: this.time.now });
    this.#bringPresence(false);
  }

  /** Somebody adds the bot again; what they do then comes first. */
  returnBot(then: 'nothing' | '/host' | 'a message'): void {
    if (!this.messenger.away.delete(this.host)) return;
    if (then === '/host') this.#writeInGroup(text(`/host ${CHANNEL}`), {}, () => undefined);
    if (then === 'a message') this.writeUntargeted();
    this.#bringPresence(true);
    const away = this.#away.at(-1);
    if (away) away.until = this.time.now;
  }

  #bringPresence(present: boolean): void {
    const update = `$update-${this.#serial++}:example.org`;
    this.#bring(this.host, { kind: 'presence', update, chat: this.#chatPlace(this.host), present });
  }

  migrate(): void {
    if (this.options.forum || this.host !== GROUP || this.messenger.away.has(GROUP)) return;
    this.host = SUPERGROUP;
    this.messenger.migrated.set(GROUP, SUPERGROUP);
    // From either group; here also all updates of both come in their order.
    for (let i = 0; i < 2; i++) {
      const update = `$update-${this.#serial++}:example.org`;
      this.#bring(SUPERGROUP, { kind: 'migration', update, from: GROUP, to: SUPERGROUP });
    }
  }

  // The end

  /** Nothing is in the way any more: everybody is there, and what is under way ends. Gives the promises that are broken. */
  async finish(): Promise<readonly string[]> {
    const DAY = 86_400_000;
    this.faults.length = this.pushFaults.length = 0;
    for (const fates of Object.values(this.fates)) fates.length = 0;
    this.returnBot('nothing');
    await this.time.passAll(DAY);
    for (const person of this.people) {
      for (const tab of person.tabs.filter(({ state }) => state === 'half open')) this.#lose(tab.connection);
      if (!person.telegram) void this.openTab(person);
      else if (!person.chat) this.continueInTelegram(person, 0);
    }
    await this.time.passAll(DAY);
    if (this.promises.check(this.#seen()).length > 0) return this.promises.broken;
    for (const person of this.people) {
      const banned = person.bans.some(({ until }) => until === undefined);
      if (banned || person.telegram) continue;
      this.say(person, 'text');
      await this.time.passAll(DAY);
      const last = person.said.at(-1);
      if (last?.acknowledgedAt === undefined)
        this.promises.broken.push(`visitor ${person.number} cannot write any more`);
    }
    return this.promises.check(this.#seen());
  }

  #seen(): Seen {
    const chats = this.people.map((person) => [person, this.#copies(person)] as const);
    return {
      group: this.#group(),
      frames: this.#frames,
      chats: new Map(chats.map(([person, { copies }]) => [person, copies])),
      histories: new Map(chats.map(([person, { history }]) => [person, history])),
      toldNobody: new Set(
        this.promises.written
          .filter((each) => this.#answerTo(this.#originals.get(each)) !== undefined)
          .map(({ word }) => word),
      ),
      topics: new Map(this.people.map((person) => [person, this.#topics(person).length])),
    };
  }

  #group(): InGroup[] {
    return this.#postedIn([GROUP, SUPERGROUP]).flatMap(({ text: whole, file, chat, at }) => {
      const visitor = this.people.find(({ handle }) => handle === readHeader(whole));
      if (!visitor) return [];
      const said = whole.includes('\n') ? whole.slice(whole.indexOf('\n')).split(/\s+/).filter(Boolean) : [];
      const words = said.length > 0 || !file ? said : [Buffer.from(file).toString()];
      return [{ visitor, words, at, chat }];
    });
  }

  /** What operators wrote, in the chats of a visitor. */
  #copies({ chats }: Person): { copies: Received[]; history: string[] } {
    const copies: Received[] = [];
    const history: string[] = [];
    for (const { text: whole, file, id, chat } of this.#postedIn(chats)) {
      const said = whole === '' && file ? Buffer.from(file).toString() : whole;
      const [, correction, word] = /^(✏️ )?(o\d+(?:-e\d+)?)$/u.exec(said) ?? [];
      if (word !== undefined) copies.push({ place: chat, id: correction ? '✏️' : id, word });
      else history.push(...(said.match(/\b(?:o\d+|v\d+\.\d+\.\d+)/g) ?? []));
    }
    return { copies, history };
  }

  #postedIn(chats: readonly ChatId[]): (FakeMessage & { readonly chat: string; readonly at: number })[] {
    return this.#posted.flatMap(({ chat, id, at }) => {
      if (!chats.includes(chat)) return [];
      const message = this.messenger.messages(chat).find((each) => each.id === id);
      const deleted = this.#deleted.get(id);
      if (message) return [{ ...message, chat: chat as string, at }];
      return deleted ? [{ ...deleted, chat: `${chat}, in the deleted topic ${deleted.thread}`, at }] : [];
    });
  }

  #topics({ handle }: Person): string[] {
    const own = this.messenger.messages(this.host).filter((each) => each.own && readHeader(each.text) === handle);
    return [...new Set(own.flatMap(({ thread }) => thread ?? []))];
  }

  /** What the bot answered to a message. */
  #answerTo(message: IncomingMessage | undefined): string | undefined {
    if (!message) return undefined;
    const { chat, message: id } = message.ref;
    return this.messenger.messages(chat).find(({ own, replyTo }) => own && replyTo === id)?.text;
  }

  #content(words: readonly string[], what: 'text' | 'long text' | 'file' | 'file with caption'): IncomingContent {
    if (what === 'text' || what === 'long text') return text(words.join(' '));
    const reference = `file of ${words[0]}`;
    this.messenger.files.set(reference, Buffer.from(words[0] ?? ''));
    const captioned = what === 'file with caption';
    const name = captioned ? 'a.pdf' : `${words[0]}.pdf`;
    return {
      kind: 'file',
      file: { reference, name, type: 'application/pdf' },
      caption: captioned ? words.join(' ') : '',
    };
  }

  // Functions and the queue

  async #invoke<T>(kind: Kind, label: string, task: Parameters<typeof invoke<T>>[1]) {
    const random = randomOf(`${this.options.seed} ${label}`);
    const skew = this.options.skews[Math.floor(random() * this.options.skews.length)] ?? 0;
    const before = this.faults.length;
    const ended = await invoke(
      {
        world: this.world,
        messenger: this.messenger,
        time: this.time,
        faults: this.faults,
        label: `${this.options.seed} ${label}`,
        skew,
        fate: this.fates[kind].shift(),
        onFate: () => {
          this.#disturbances++;
          this.circumstances.doubt = true;
        },
      },
      task,
    );
    if (this.faults.length !== before) this.#disturbances++;
    if (ended.kind === 'killed') this.circumstances.doubt = true;
    return ended;
  }

  async #send(item: QueueItem): Promise<void> {
    const body = JSON.stringify(item);
    if (this.time.now - (this.#sent.get(body) ?? -Infinity) < DEDUPLICATED) return;
    this.#sent.set(body, this.time.now);
    const line = this.#deliveries.get(groupOf(item)) ?? { items: [], busy: false };
    this.#deliveries.set(groupOf(item), line);
    line.items.push({ item: structuredClone(item), receipts: 0 });
    if (!line.busy) void this.#workDeliveries(groupOf(item), line);
  }

  async #workDeliveries(group: string, line: Line<{ item: QueueItem; receipts: number }>): Promise<void> {
    line.busy = true;
    for (let serial = 0; line.items.length > 0; serial++) {
      const label = `${group} ${serial} ${JSON.stringify(line.items[0]?.item)}`;
      const random = randomOf(`${this.options.seed} ${label}`);
      await this.time.sleep(20 + random() * 500);
      const batch = line.items.slice(0, 1 + Math.floor(random() * 10));
      for (const each of batch) {
        if (++each.receipts > RECEIPTS) this.promises.broken.push(`a dead letter: ${JSON.stringify(each.item)}`);
      }
      const ended = await this.#invoke('delivery', label, (instance) => this.#workThrough(batch, instance));
      const again = this.twice.delivery > 0 && this.twice.delivery-- > 0;
      if (ended.kind !== 'answered' || again) {
        await this.time.sleep(HIDDEN);
        continue;
      }
      line.items.splice(0, ended.value.done);
      await this.time.sleep(Math.ceil(ended.value.retryAfter) * 1000);
    }
    line.busy = false;
  }

  async #workThrough(batch: readonly { item: QueueItem; receipts: number }[], { world, messenger }: Instance) {
    for (const [done, { item, receipts }] of batch.entries()) {
      try {
        if (item.kind === 'to-visitor') {
          const outcome = await createVisitorSide(world).redeliver(item, item.attempt);
          if (outcome === 'busy') return { done, retryAfter: 3 };
        } else {
          const outcome = await createOperatorDomain(world, messenger).deliver(item, receipts);
          if (outcome.kind === 'retry') return { done, retryAfter: outcome.retryAfter };
        }
      } catch {
        return { done, retryAfter: backOff(receipts) };
      }
    }
    return { done: batch.length, retryAfter: 0 };
  }

  #person(number: number, telegram: boolean): Person {
    const chats = [0, 1].map((which) => FakeMessenger.chat(`phone-${number}-${which}`)).slice(0, telegram ? 1 : 2);
    const memberId = telegram ? chats[0]! : `visitor-${number}`;
    const handle = deriveHandle(HANDLE_KEY, telegram ? 'mx' : 'ws', memberId);
    const name = `Visitor ${number}`;
    return {
      number,
      memberId,
      handle,
      name,
      telegram,
      chats,
      chat: undefined,
      tabs: [],
      said: [],
      bans: [],
      pending: new Map(),
    };
  }
}

interface Target {
  readonly replyTo?: FakeMessage;
  readonly thread?: string;
}

/** A text of one word, or as many as the longest text has. */
function wordsOf(id: string, long: boolean): string[] {
  const words = [`${id}.0`];
  for (let length = words[0]!.length; long;) {
    const word = `${id}.${words.length}`;
    length += word.length + 1;
    if (length > 4096) break;
    words.push(word);
  }
  return words;
}

function text(words: string): IncomingContent {
  return { kind: 'text', text: words };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
