/** A message of a visitor. Every word of a test is said once, so that it tells where it comes from. */
export interface Said {
  readonly words: readonly string[];
  /** Where: a tab, or a chat in Telegram. */
  readonly place: string;
  /** Milliseconds, as all times here. */
  sentAt: number;
  acknowledgedAt?: number;
  /** The code of the refusal, or what the bot answered. */
  refused?: number | string;
  /** The words of later versions; a version counts when its edit was taken. */
  readonly edits: Edit[];
}

/** A message of an operator. */
export interface Written {
  readonly word: string;
  /** The visitor it is meant for; undefined: it names none. */
  readonly to: VisitorRecord | undefined;
  readonly writtenAt: number;
  /** The visitors that the operators had to do with when they wrote it. */
  readonly open: ReadonlySet<VisitorRecord>;
  handledAt?: number;
  readonly edits: Edit[];
}

export interface Edit {
  readonly word: string;
  taken?: boolean;
}

/** From when on an operator wanted a visitor banned, and from when on they were; the same for the end of it. */
export interface Ban {
  readonly wantedAt: number;
  since?: number;
  liftedAt?: number;
  until?: number;
}

/** What a visitor is promised. */
export interface VisitorRecord {
  readonly number: number;
  readonly said: Said[];
  readonly bans: Ban[];
}

/** A message as operators see it in their group. */
export interface InGroup {
  readonly visitor: VisitorRecord;
  readonly words: readonly string[];
  readonly at: number;
  readonly chat: string;
}

/** What a visitor got: frames in the order in which the tabs got them, or copies in a chat of Telegram. */
export interface Received {
  readonly place: string;
  /** The message's id: a browser shows each once, with what was said last. */
  readonly id: string;
  readonly word: string;
}

interface InStream {
  readonly word: string;
  readonly chat: string;
}

/** Everything that people have seen. */
export interface Seen {
  /** Without what the bot has removed. */
  readonly group: readonly InGroup[];
  readonly frames: ReadonlyMap<VisitorRecord, readonly Received[]>;
  readonly chats: ReadonlyMap<VisitorRecord, readonly Received[]>;
  /** Words in what the bot shows of a conversation to a visitor who goes on in Telegram. */
  readonly histories: ReadonlyMap<VisitorRecord, readonly string[]>;
  /** The words that the bot answered with how to address a visitor. */
  readonly toldNobody: ReadonlySet<string>;
  /** Topics that nobody has deleted, by visitor. */
  readonly topics: ReadonlyMap<VisitorRecord, number>;
}

/** What happened that the documents make an exception for. */
export interface Circumstances {
  /** A push of which nobody knows whether it arrived: a function was killed, a call got no answer. */
  doubt: boolean;
  /** The instances' clocks differ. */
  readonly skewed: boolean;
}

/** How long after /ban something may arrive that was being posted, milliseconds. */
const BEING_POSTED = 3_000;

/** What the chat promises to visitors and operators. How that is done is not its business. */
export class Promises {
  readonly written: Written[] = [];
  readonly broken: string[] = [];

  constructor(
    readonly visitors: readonly VisitorRecord[],
    readonly circumstances: Circumstances,
  ) {}

  /** A message was refused. `allowed`: there was a reason. */
  refused(said: Said, by: number | string, allowed: boolean): void {
    said.refused = by;
    if (!allowed) this.broken.push(`${said.words[0]} was refused without a reason: ${by}`);
  }

  /** When everything is quiet. */
  check(seen: Seen): readonly string[] {
    for (const visitor of this.visitors) {
      this.#checkGroup(visitor, seen);
      this.#checkReceived(visitor, seen);
      if ((seen.topics.get(visitor) ?? 0) > 1) this.broken.push(`visitor ${visitor.number} has two topics`);
    }
    return this.broken;
  }

  /** An acknowledged message stands in the group once, whole, in order, and none of a banned visitor comes. */
  #checkGroup(visitor: VisitorRecord, { group }: Seen): void {
    const own = group.filter((each) => each.visitor === visitor);
    for (const { words, at } of own) {
      const known = words.filter((word) => word.startsWith(`v${visitor.number}.`) || word === '✏️');
      if (known.length < words.length) this.broken.push(`not of visitor ${visitor.number}: ${words.join(' ')}`);
      const banned = visitor.bans.some(
        ({ since = Infinity, liftedAt = Infinity }) => at > since + BEING_POSTED && at < liftedAt,
      );
      if (banned) this.broken.push(`${words[0]} came after /ban`);
    }
    const stream = own.flatMap(({ words, chat }) => words.map((word) => ({ word, chat })));
    const places = new Map<Said, number>();
    for (const said of visitor.said) {
      const place = this.#placeOf(said, stream, visitor);
      if (place !== undefined) places.set(said, place);
    }
    for (const [first, at] of places) {
      for (const [second, later] of places) {
        if (at > later && this.#mustPrecede(first, second)) {
          this.broken.push(`${second.words[0]} overtook ${first.words[0]}`);
        }
      }
    }
  }

  /** Where a message stands among all words of its visitor; undefined: nowhere. */
  #placeOf({ words, edits, acknowledgedAt }: Said, stream: readonly InStream[], visitor: VisitorRecord) {
    const [first = ''] = words;
    const versions = [first, ...edits.map(({ word }) => word)];
    const all = stream.flatMap(({ word, chat }, place) => {
      return versions.includes(word) ? [{ word, chat, place, isCorrection: stream[place - 1]?.word === '✏️' }] : [];
    });
    // ADR 0006: what stands in a group already, perhaps, is posted again if the group or the topic is another one now.
    const { chat } = all.findLast(({ isCorrection }) => !isCorrection) ?? {};
    const found = all.filter((each) => each.isCorrection || each.chat === chat);
    const held = isBanned(visitor);
    const [original, ...later] = found;
    if (!original) {
      if (acknowledgedAt !== undefined && !held) this.broken.push(`${first} never arrived`);
      return undefined;
    }
    const again = later.filter(({ isCorrection }) => !isCorrection);
    if (again.length > 0) this.broken.push(`${first} arrived twice`);
    const whole = stream.slice(original.place + 1, original.place + words.length).map(({ word }) => word);
    if (!held && whole.join(' ') !== words.slice(1).join(' ')) {
      const at = whole.findIndex((word, i) => word !== words[i + 1]);
      this.broken.push(`${first} is cut or doubled at ${words[at + 1] ?? 'its end'}`);
    }
    const last = edits.filter(({ taken }) => taken).at(-1);
    const shown = versions.indexOf(found.at(-1)?.word ?? '');
    if (!held && last && shown < versions.indexOf(last.word)) this.broken.push(`${last.word} is not shown`);
    return original.place;
  }

  /** A message that was acknowledged before the next was sent; or both were sent by one tab and nothing held one up. */
  #mustPrecede(first: Said, second: Said): boolean {
    const { doubt, skewed } = this.circumstances;
    // Telegram dates messages to the second; within it the clocks of the functions decide.
    if ((first.acknowledgedAt ?? Infinity) < second.sentAt) return !skewed || second.sentAt - first.sentAt >= 1_000;
    return !doubt && !skewed && first.place === second.place && first.sentAt < second.sentAt;
  }

  #writtenBefore(first: Written, second: Written): boolean {
    return second.writtenAt - first.writtenAt >= (this.circumstances.skewed ? 1_000 : 1);
  }

  /** What an operator wrote to a visitor reaches that one, once, in order, with what it says at last; and nobody else. */
  #checkReceived(visitor: VisitorRecord, { frames, chats, histories, toldNobody }: Seen): void {
    const inBrowser = frames.get(visitor) ?? [];
    const inChats = chats.get(visitor) ?? [];
    const all = [...inBrowser, ...inChats];
    for (const word of histories.get(visitor) ?? []) {
      const own = word.startsWith(`v${visitor.number}.`);
      const of = this.written.find((each) => each.word === baseOf(word));
      if (!own && (!of || !mayReach(of, visitor))) this.broken.push(`visitor ${visitor.number} is shown ${word}`);
    }
    for (const { word } of all) {
      const of = this.written.find((each) => each.word === baseOf(word));
      if (!of || !mayReach(of, visitor)) this.broken.push(`visitor ${visitor.number} got ${word}`);
    }
    const shown = firsts(inBrowser);
    const copies = inChats.filter(({ id }) => id !== '✏️').map(({ word }) => baseOf(word));
    const mine = this.written.filter(({ to }) => to === visitor);
    for (const { word, handledAt, edits } of mine) {
      if (handledAt === undefined || toldNobody.has(word)) continue;
      const versions = [word, ...edits.map((each) => each.word)];
      const got = all.filter((each) => versions.includes(each.word));
      if (isBanned(visitor)) continue;
      if (got.length === 0) this.broken.push(`${word} never reached visitor ${visitor.number}`);
      const last = edits.filter(({ taken }) => taken).at(-1);
      if (last && !got.some((each) => versions.indexOf(each.word) >= versions.indexOf(last.word))) {
        this.broken.push(`${last.word} never reached visitor ${visitor.number}`);
      }
      for (const place of [inBrowser, inChats]) {
        const order = place.filter((each) => versions.includes(each.word)).map((each) => versions.indexOf(each.word));
        if ((order.at(-1) ?? 0) < Math.max(0, ...order)) this.broken.push(`an earlier version of ${word} came last`);
      }
      const places = inChats.filter((each) => each.id !== '✏️' && baseOf(each.word) === word).map(({ place }) => place);
      if (new Set(places).size < places.length) this.broken.push(`${word} stands in a chat twice`);
    }
    for (const order of [shown, copies].map((words) => [...new Set(words)])) {
      const got = order.flatMap((word) => mine.find((each) => each.word === word) ?? []);
      const overtook = got.some((first, i) => got.slice(i + 1).some((second) => this.#writtenBefore(second, first)));
      if (overtook) this.broken.push(`visitor ${visitor.number} got ${order.join()} in this order`);
    }
    const { doubt, skewed } = this.circumstances;
    if (doubt || skewed) return;
    // ADR 0013: a push is repeated only if nobody knows whether it arrived.
    const pushes = inBrowser.map(({ place, id, word }) => `${word} (${id}) in ${place}`);
    const repeated = pushes.find((push, i) => pushes.indexOf(push) !== i);
    if (repeated !== undefined) this.broken.push(`${repeated} was pushed twice`);
  }
}

function isBanned({ bans }: VisitorRecord): boolean {
  return bans.some(({ until }) => until === undefined);
}

/** Whether a visitor may get what an operator wrote: it was meant for them, or they were the only one in sight. */
function mayReach({ to, open }: Written, visitor: VisitorRecord): boolean {
  return to === visitor || (to === undefined && open.size === 1 && open.has(visitor));
}

/** A browser shows a message where it came first. */
function firsts(received: readonly Received[]): string[] {
  const ids = new Map(received.map(({ id, word }) => [id, baseOf(word)]));
  return [...ids.values()];
}

/** The word of the first version. */
export function baseOf(word: string): string {
  return word.replace(/-e\d+$/, '');
}
