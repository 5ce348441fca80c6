import { createVisitorSide } from '../../../../lambdas/chat/browser-side';
import type { ChannelName, ChatId, ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { createOperatorDomain } from '../../../../lambdas/chat/messenger-side';
import type { Incoming } from '../../../../lambdas/chat/messenger/incoming';
import type { Messenger } from '../../../../lambdas/chat/messenger/port';
import type { QueueItem } from '../../../../lambdas/chat/ports';
import { createMemoryWorld, type MemoryWorld } from '../../../memory/world';
import { Life } from '../crashing-world';

/** What a group shows of one message. */
export interface Shown {
  readonly id: string;
  /** Text or caption. */
  readonly text: string;
  readonly thread?: string | undefined;
  readonly file?: Uint8Array | undefined;
}

/** A messenger with one group of operators, in which the bot is an administrator, and what people do there. */
export interface Group {
  readonly messenger: Messenger;
  readonly chat: ChatId;
  /** What happened since the last look, as the adapter reads it. */
  updates(): Promise<readonly Incoming[]>;
  /** An operator writes; the id of the message. */
  write(text: string, where?: { readonly replyTo?: string; readonly thread?: string }): string;
  edit(message: string, text: string): void;
  /** An operator posts a file, as an answer. */
  attach(file: Uint8Array, replyTo: string): void;
  /** Oldest first, without service messages. */
  shown(): readonly Shown[];
  /** A person in a private chat with the bot. */
  guest(): Guest;
  pinned(): readonly string[];
  /** The next call that posts something is refused: too many, for so many seconds. */
  limit(seconds: number): void;
  /** The bot is removed from the group, or added again. */
  remove(): void;
  add(): void;
  stop(): Promise<void>;
}

export interface Guest {
  readonly chat: ChatId;
  write(text: string): string;
  edit(message: string, text: string): void;
  shown(): readonly Shown[];
}

const CHANNEL = 'my-channel' as ChannelName;
const NOW = '2026-01-02T03:04:05Z';

/** What the chat promises, whatever the messenger and however its ids look. */
export function messengerContract(start: (world: MemoryWorld, forum: boolean) => Promise<Group>): void {
  let world: MemoryWorld;
  let group: Group;
  let connections = 0;

  async function host(forum = false): Promise<void> {
    world = createMemoryWorld();
    group = await start(world, forum);
    group.write(`/host ${CHANNEL}`);
    await settle();
    expect(await world.channels.find(CHANNEL)).toMatchObject({ host: group.chat, forum, state: 'active' });
  }

  const domain = (messenger = group.messenger) => createOperatorDomain(world, messenger);

  async function settle(): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const updates = await group.updates();
      for (const update of updates) expect(await domain().receive(update)).toBe('handled');
      const items = world.queue.items.splice(0);
      for (const item of items) await work(item);
      if (updates.length === 0 && items.length === 0) return;
    }
    throw new Error('It does not settle');
  }

  async function work(item: QueueItem): Promise<void> {
    for (let attempt = 1; attempt < 50; attempt++) {
      if (item.kind === 'to-visitor') return void (await createVisitorSide(world).redeliver(item, attempt));
      const outcome = await domain().deliver(item, attempt);
      if (outcome.kind === 'done') return;
      await world.clock.sleep(Math.ceil(outcome.retryAfter * 1000));
    }
    throw new Error(`An item is never done: ${JSON.stringify(item)}`);
  }

  async function visitor(name: string) {
    const side = createVisitorSide(world);
    const connection: ConnectionId = `ws:c${connections++}`;
    const frame = async (elements: unknown) =>
      JSON.parse((await side.receive(connection, JSON.stringify(elements), world.clock.now())) ?? 'null');
    world.push.open(connection);
    await side.connect({ connection, protocols: [] });
    expect(await frame(['JOIN', `member-of-${name}`, name, CHANNEL])).toBeNull();
    await settle();
    let sent = 0;
    return {
      frame,
      say: (text: string) => frame(['TXT', `m${sent++}`, text, NOW]),
      /** Texts and links that arrived, in order. */
      got: () =>
        (world.push.frames.get(connection) ?? [])
          .map((each) => JSON.parse(each))
          .filter(([tag]) => tag === 'TXT' || tag === 'BIN')
          .map(([, id, what]) => ({ id, what })),
    };
  }

  const saying = (text: string) => group.shown().filter((message) => message.text.endsWith(`\n${text}`));
  const only = (text: string): Shown => {
    const [message, ...others] = saying(text);
    expect(others).toEqual([]);
    if (!message) throw new Error(`Nothing says ${text}: ${JSON.stringify(group.shown())}`);
    return message;
  };

  afterEach(() => group.stop());

  test('visitors write, operators answer by replies: each gets their own', async () => {
    await host();
    const [ann, bob] = [await visitor('Ann'), await visitor('Bob')];
    await ann.say('one');
    await bob.say('two');
    await settle();
    expect(only('one').text).toMatch(/^#[a-z][a-z0-9]{11} Ann\n/);
    group.write('to Bob', { replyTo: only('two').id });
    group.write('to Ann', { replyTo: only('one').id });
    group.write('to nobody');
    await settle();
    expect(ann.got().map(({ what }) => what)).toEqual(['to Ann']);
    expect(bob.got().map(({ what }) => what)).toEqual(['to Bob']);
    expect(group.shown().at(-1)?.text).toContain('Nobody got this');
  });

  test('where there are topics, every visitor has one, and what is written there is for that visitor', async () => {
    await host(true);
    const [ann, bob] = [await visitor('Ann'), await visitor('Bob')];
    for (const text of ['one', 'three']) await ann.say(text);
    await bob.say('two');
    await settle();
    const thread = only('one').thread;
    expect(thread).toBeDefined();
    expect(only('three').thread).toBe(thread);
    expect(only('two').thread).not.toBe(thread);
    group.write('to Ann', { thread: thread! });
    await settle();
    expect(ann.got().map(({ what }) => what)).toEqual(['to Ann']);
    expect(bob.got()).toEqual([]);
  });

  test('an edited answer replaces the first one', async () => {
    await host();
    const ann = await visitor('Ann');
    await ann.say('question');
    await settle();
    const answer = group.write('anwser', { replyTo: only('question').id });
    await settle();
    group.edit(answer, 'answer');
    await settle();
    const [first, second] = ann.got();
    expect([first?.what, second]).toEqual(['anwser', { id: first?.id, what: 'answer' }]);
  });

  test('a visitor in the messenger writes and is answered, and edits replace what is shown, on both sides', async () => {
    await host();
    const guest = group.guest();
    guest.write(`/join ${CHANNEL}`);
    await settle();
    const question = guest.write('frist');
    await settle();
    const { id } = only('frist');
    guest.edit(question, 'first');
    await settle();
    expect(only('first').id).toBe(id);
    expect(saying('frist')).toEqual([]);
    const answer = group.write('anwser', { replyTo: id });
    await settle();
    const copy = guest.shown().find(({ text }) => text === 'anwser');
    group.edit(answer, 'answer');
    await settle();
    expect(guest.shown()).toContainEqual({ ...copy, text: 'answer' });
    expect(guest.shown().filter(({ text }) => text === 'anwser')).toEqual([]);
    expect(await world.members.ofChat(guest.chat)).toMatchObject({ channel: CHANNEL });
  });

  test('the first message that waits for an answer is pinned until there is one', async () => {
    await host();
    const ann = await visitor('Ann');
    await ann.say('one');
    await ann.say('two');
    await settle();
    expect(group.pinned()).toEqual([only('one').id]);
    group.write('Hi', { replyTo: only('two').id });
    await settle();
    expect(group.pinned()).toEqual([]);
  });

  test('a function that dies between a post and its receipt leaves one message, and a reply to it arrives', async () => {
    await host();
    const ann = await visitor('Ann');
    await ann.say('before');
    await settle();
    await ann.say('question');
    await world.clock.sleep(1000);
    const life = new Life(1);
    const [item] = world.queue.items;
    await Promise.race([
      life.dead,
      createOperatorDomain(world, life.of('messenger', group.messenger, ['post'])).deliver(item!, 1),
    ]);
    expect(saying('question')).toHaveLength(1);
    await settle();
    group.write('answer', { replyTo: only('question').id });
    await settle();
    expect(ann.got().map(({ what }) => what)).toEqual(['answer']);
    expect(saying('before')).toHaveLength(1);
  });

  test('a long text arrives in parts, each once, although a function dies after each of them', async () => {
    await host();
    const ann = await visitor('Ann');
    const parts = ['a', 'b'].map((letter) => letter.repeat(3900));
    await ann.say(`${parts[0]}\n${'c'.repeat(90)}`);
    await world.clock.sleep(1000);
    const [item] = world.queue.items.splice(0);
    for (let span = 1; span < 4; span++) {
      const life = new Life(span);
      const dying = createOperatorDomain(world, life.of('messenger', group.messenger, ['post', 'reread', 'remove']));
      await Promise.race([life.dead, dying.deliver(item!, span)]);
    }
    await work(item!);
    await settle();
    const texts = group.shown().filter(({ text }) => text.startsWith('#'));
    expect(texts.map(({ text }) => text.split('\n').slice(1).join('\n'))).toEqual([parts[0], 'c'.repeat(90)]);
    for (const [i, { id }] of texts.entries()) group.write(`re ${i}`, { replyTo: id });
    await settle();
    expect(ann.got().map(({ what }) => what)).toEqual(['re 0', 're 1']);
  });

  test('files go both ways', async () => {
    await host();
    const ann = await visitor('Ann');
    const body = Buffer.from('%PDF');
    const [, , link] = await ann.frame(['UPL', 'f', 'a.pdf', 'application/pdf', body.byteLength, NOW]);
    world.files.upload(String(link).split('/files/')[1]!, body, 'application/pdf');
    await ann.frame(['BIN', 'f', link, 'a.pdf', 'application/pdf', body.byteLength, NOW]);
    await settle();
    const shown = group.shown().find(({ file }) => file);
    expect(Buffer.from(shown!.file!).toString()).toBe('%PDF');
    group.attach(Buffer.from('%PDF 2'), shown!.id);
    await settle();
    const [answer] = ann.got();
    const stored = world.files.objects.get(String(answer?.what).split('/files/')[1]!);
    expect(Buffer.from(stored!.body).toString()).toBe('%PDF 2');
  });

  test('a messenger that is over its limit gets everything later, once', async () => {
    await host();
    const ann = await visitor('Ann');
    group.limit(7);
    const began = world.clock.now();
    await ann.say('one');
    await ann.say('two');
    await settle();
    expect([only('one'), only('two')].map(({ text }) => text)).toEqual(
      group
        .shown()
        .slice(-2)
        .map(({ text }) => text),
    );
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(7000);
  });

  test('what waits while the bot is not in the group arrives when it is back', async () => {
    await host();
    const ann = await visitor('Ann');
    await ann.say('one');
    await settle();
    group.remove();
    await ann.say('two');
    await settle();
    expect(await world.channels.find(CHANNEL)).toMatchObject({ state: 'suspended' });
    expect(saying('two')).toEqual([]);
    group.add();
    await settle();
    expect(await world.channels.find(CHANNEL)).toMatchObject({ state: 'active' });
    only('two');
  });
}
