import { parseCommandLine, parseDeepLink } from '../../../../lambdas/chat/operator/command-line';

test.each([
  ['/host my-channel', { name: 'host', words: ['my-channel'] }],
  ['/HOST@Kite_Bot   my__channel\n', { name: 'host', addressee: 'Kite_Bot', words: ['my__channel'] }],
  ['/join my-channel 0123456789', { name: 'join', words: ['my-channel', '0123456789'] }],
  ['/info', { name: 'info', words: [] }],
])('%j is a command', (text, command) => {
  expect(parseCommandLine(text)).toEqual(command);
});

test.each(['hello /drop', ' /drop', '/', '//', '/usr/bin/env', '/host@', 'x', '', '/dröp', '\n/drop'])(
  '%j is no command',
  (text) => {
    expect(parseCommandLine(text)).toBeUndefined();
  },
);

test.each([
  ['host__my__channel-1', { command: 'host', channel: 'my__channel-1' }],
  ['join__channel-1', { command: 'join', readings: [{ channel: 'channel-1' }] }],
  [
    'join__12345678__0123456789',
    {
      command: 'join',
      readings: [{ channel: '12345678__0123456789' }, { channel: '12345678', memberId: '0123456789' }],
    },
  ],
  [
    'join__my__channel__a__b',
    {
      command: 'join',
      readings: [
        { channel: 'my__channel__a__b' },
        { channel: 'my__channel', memberId: 'a__b' },
        { channel: 'my__channel__a', memberId: 'b' },
      ],
    },
  ],
  ['join__short', { command: 'join', readings: [] }],
])('the deep link %s is read in every way that is possible', (payload, link) => {
  expect(parseDeepLink(payload)).toEqual(link);
});

test.each(['', 'drop__channel', 'join', 'join_channel-1', 'Host__channel-1'])(
  'the deep link %j is none of ours',
  (payload) => {
    expect(parseDeepLink(payload)).toBeUndefined();
  },
);
