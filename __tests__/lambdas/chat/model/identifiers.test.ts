import {
  chatIn,
  chatOfConnection,
  connectionOf,
  connectorOf,
  deriveHandle,
  deriveProof,
  friendlyName,
  keyPart,
  messengerMessageKey,
  parseChannelName,
  parseHandle,
  publicMessageId,
  visitorMessageKey,
  type ChatId,
} from '../../../../lambdas/chat/model/identifiers';

const key = Buffer.alloc(32, 7).toString('base64url');

describe('ids of messengers', () => {
  const telegram = '3w5e0oa7jkvu6' as ChatId;
  const slack = chatIn('slack', 'C024BE91L');

  test.each([
    ['0', '0'],
    ['1295', 'zz'],
    ['zz', '=zz'],
    ['01', '=01'],
    ['1503435956.000247', '=1503435956.000247'],
    ['$a/b#c d:example.org', '=%24a%2Fb%23c%20d%3Aexample.org'],
  ])('%s stands as %s in keys', (id, part) => {
    expect(keyPart(id)).toBe(part);
  });

  test('the chats and messages of two messengers have different keys', () => {
    expect([connectorOf(telegram), connectorOf(slack)]).toEqual(['tg', 'slack']);
    expect([connectionOf(telegram), connectionOf(slack)]).toEqual(['tg:3w5e0oa7jkvu6', 'slack:C024BE91L']);
    for (const chat of [telegram, slack]) expect(chatOfConnection(connectionOf(chat))).toBe(chat);
    expect(chatOfConnection('ws:abc')).toBeUndefined();
    expect(messengerMessageKey({ chat: telegram, message: '1295' })).toBe('t#3w5e0oa7jkvu6#zz');
    expect(messengerMessageKey({ chat: slack, message: '1295' })).toBe('t#slack:C024BE91L#zz');
  });
});

describe('a channel name', () => {
  test.each(['my-line1', 'A_b-C_d-', '12345678', 'x'.repeat(32)])('%s is one', (name) => {
    expect(parseChannelName(name)).toBe(name);
  });
  test.each([
    'short12',
    'x'.repeat(33),
    'with space',
    'dots.are.bad',
    'имя_канала',
    '',
    'newline1\n',
    7,
    null,
    undefined,
  ])('%j is none', (name) => {
    expect(parseChannelName(name)).toBeUndefined();
  });
});

describe('a handle', () => {
  test('is a valid hashtag, the same for the same member id, and does not reveal it', () => {
    const handle = deriveHandle(key, 'ws', 'qwertyuiop');
    expect(handle).toMatch(/^[a-z][a-z0-9]{11}$/);
    expect(deriveHandle(key, 'ws', 'qwertyuiop')).toBe(handle);
    expect(parseHandle(handle)).toBe(handle);
    expect(handle).not.toContain('qwerty');
    expect(deriveProof(key, 'ws', 'qwertyuiop')).not.toContain(handle);
  });
  test('differs between channels, and between web and Telegram ids of the same text', () => {
    const handle = deriveHandle(key, 'ws', '123456789');
    expect(deriveHandle(Buffer.alloc(32, 8).toString('base64url'), 'ws', '123456789')).not.toBe(handle);
    expect(deriveHandle(key, 'tg', '123456789')).not.toBe(handle);
  });
  test('gives a friendly name, always the same', () => {
    const handle = deriveHandle(key, 'ws', 'qwertyuiop');
    expect(friendlyName(handle)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    expect(friendlyName(handle)).toBe(friendlyName(handle));
  });
});

test('a message has one public id per conversation, whatever its key', () => {
  const id = publicMessageId('my-channel/abc', visitorMessageKey('m1'));
  expect(id).toMatch(/^[a-z0-9]{10,20}$/);
  expect(publicMessageId('my-channel/abd', visitorMessageKey('m1'))).not.toBe(id);
  expect(visitorMessageKey('m1')).not.toContain('m1');
});
