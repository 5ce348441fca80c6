import { createMemoryWorld, type MemoryWorld } from '../../../memory/world';
import type { ChannelName, Handle } from '../../../../lambdas/chat/model/identifiers';
import { messageRef } from '../../../../lambdas/chat/model/records';
import { editOf } from '../../../../lambdas/chat/messenger/edit';
import { bestEffort, logUndelivered } from '../../../../lambdas/chat/messenger/failure';
import { adopt } from '../../../../lambdas/chat/messenger/files';
import type { IncomingContent, IncomingMessage } from '../../../../lambdas/chat/messenger/incoming';
import { once } from '../../../../lambdas/chat/messenger/once';
import { FETCH_BYTES, MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import type { Message } from '../../../../lambdas/chat/model/records';
import { FakeMessenger } from '../fake-messenger';

const GROUP = FakeMessenger.chat('support');
const WHO = { channel: 'my-channel' as ChannelName, handle: 'abcdefghijkl' as Handle };

let world: MemoryWorld;
let messenger: FakeMessenger;
beforeEach(() => {
  world = createMemoryWorld();
  messenger = new FakeMessenger(() => world.clock.now(), false);
});

const taken = (content: IncomingContent, id = '1') =>
  adopt(world, messenger, WHO, { ref: messageRef(GROUP, id), content });
const file = (size?: number, caption?: string): IncomingContent =>
  ({
    kind: 'file',
    file: { reference: 'r', name: 'a.pdf', type: 'application/pdf', size },
    caption,
  }) as IncomingContent;

describe('what somebody posted', () => {
  test('is a text as it stands', async () => {
    expect(await taken({ kind: 'text', text: 'Hi' })).toEqual({ kind: 'text', text: 'Hi' });
  });

  test('is a copy of a file, the same one whenever the message is taken again, with its caption', async () => {
    messenger.files.set('r', Buffer.from('content'));
    const stored = { name: 'a.pdf', type: 'application/pdf', size: 7 };
    const first = await taken(file(FETCH_BYTES, 'see'));
    expect(first).toEqual({ kind: 'file', file: { key: expect.any(String), ...stored }, caption: 'see' });
    expect(await taken(file(undefined, 'see'))).toEqual(first);
    expect([...world.files.objects.values()].map(({ body }) => Buffer.from(body).toString())).toEqual(['content']);
    expect(await taken(file(), '2')).toEqual({ kind: 'file', file: { key: expect.any(String), ...stored } });
    expect(world.files.objects.size).toBe(2);
    expect([...world.files.objects.keys()][0]).toMatch(/^my-channel\/abcdefghijkl\/[0-9a-f]{32}\/a\.pdf$/);
  });

  test.each<[string, IncomingContent, string]>([
    ['a poll', { kind: 'other', what: 'a poll' } as IncomingContent, 'A poll cannot be shown on the website'],
    [
      'a file too large',
      file(FETCH_BYTES + 1),
      `The file has ${((FETCH_BYTES + 1) / 1e6).toFixed(1)} MB; bots can fetch 20 MB at most`,
    ],
  ])('is not delivered, with the reason: %s', async (_, content, reason) => {
    expect(await taken(content)).toEqual({ kind: 'not delivered', reason });
    expect(world.files.objects.size).toBe(0);
  });

  test('is not delivered if the messenger refuses the file, and later if it is only busy', async () => {
    const failing = (kind: 'refused' | 'busy') => {
      messenger.fetchFile = async () => {
        throw new MessengerFailure(kind, 'file is too big');
      };
    };
    failing('refused');
    const reason = 'The file cannot be fetched; bots can fetch 20 MB at most';
    expect(await taken(file())).toEqual({ kind: 'not delivered', reason });
    expect(world.logger.lines).toEqual([
      { level: 'warn', message: 'A file could not be fetched', fields: { reason: 'file is too big' } },
    ]);
    failing('busy');
    await expect(taken(file())).rejects.toThrow('file is too big');
  });
});

describe('an edit', () => {
  const edited = (content: IncomingContent, editedAt = 5) => editOf('t#1', { content, editedAt } as IncomingMessage);

  test('says a new text or caption; one that says nothing is none', () => {
    expect(edited({ kind: 'text', text: 'Hi' })).toEqual({
      key: expect.stringMatching(/^t#1#edit#[0-9a-f]{16}$/),
      text: 'Hi',
    });
    expect(edited(file(7, 'see'))?.text).toBe('see');
    expect([
      edited({ kind: 'text', text: '' }),
      edited(file(7, '')),
      edited({ kind: 'other', what: 'a poll' } as IncomingContent),
    ]).toEqual([...[undefined, undefined, undefined]]);
  });

  test('is the same when it comes again, and another one at another time or with another text', () => {
    const key = (text: string, at: number) => edited({ kind: 'text', text }, at)?.key;
    expect(key('Hi', 5)).toBe(key('Hi', 5));
    expect(new Set([key('Hi', 5), key('Ho', 5), key('Hi', 6)]).size).toBe(3);
  });
});

describe('an update', () => {
  const handle = (task: () => Promise<unknown>) => once(world, messenger, '7', task);

  test('is handled once, by one at a time, and again at once after a failure', async () => {
    let handled = 0;
    const count = async () => handled++;
    await expect(handle(() => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
    const both = handle(async () => expect(await handle(count)).toBe('retry'));
    expect(await both).toBe('handled');
    expect(await handle(count)).toBe('handled');
    expect(handled).toBe(0);
  });

  test('that a function has died of is handled again after half a minute', async () => {
    void handle(() => new Promise(() => undefined));
    await new Promise((resolve) => setImmediate(resolve));
    await world.clock.sleep(29_999);
    expect(await handle(async () => undefined)).toBe('retry');
    await world.clock.sleep(1);
    expect(await handle(async () => undefined)).toBe('handled');
  });

  test('that stays claimed says so, and why it failed', async () => {
    world.messages.releaseUpdate = async () => {
      throw new Error('no answer');
    };
    await expect(handle(() => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
    const message = 'An update stays claimed until its lease is over';
    expect(world.logger.lines).toEqual([{ level: 'warn', message, fields: { reason: 'Error: no answer' } }]);
  });
});

describe('a failure of the messenger', () => {
  test('ends nothing where only the best is tried, other failures do', async () => {
    expect(await bestEffort(world, 'Pinning', async () => undefined)).toBe(true);
    const failure = new MessengerFailure('forbidden', 'no right');
    expect(await bestEffort(world, 'Pinning', () => Promise.reject(failure))).toBe(false);
    expect(world.logger.lines).toEqual([
      { level: 'info', message: 'Pinning: not done', fields: { kind: 'forbidden', reason: 'no right' } },
    ]);
    await expect(bestEffort(world, 'Pinning', () => Promise.reject(new Error('mistake')))).rejects.toThrow('mistake');
  });

  test('is logged with the message that it kept, and never with what that says', () => {
    const message = { conversation: WHO, key: 'v#1', content: { kind: 'text', text: 'secret' } } as Message;
    logUndelivered(world, { message, failure: new MessengerFailure('busy', 'later'), attempt: 2 });
    const fields = { ...WHO, id: expect.stringMatching(/^[0-9a-z]+$/), kind: 'busy', reason: 'later', attempt: 2 };
    expect(world.logger.lines).toEqual([{ level: 'warn', message: 'A message could not be delivered', fields }]);
    expect(JSON.stringify(world.logger.lines)).not.toContain('secret');
  });
});
