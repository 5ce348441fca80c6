import fc from 'fast-check';
import { readUpdate } from '../../../../lambdas/adapters/telegram/update';
import { chatId, refOf } from '../../../../lambdas/adapters/telegram/ids';
import type { IncomingMessage } from '../../../../lambdas/chat/messenger/incoming';

const BOT = '777';
const from = { id: 5, is_bot: false, first_name: 'Olena' };
const group = { id: -1001234567890, type: 'supergroup', title: 'Support' };

function read(message: Record<string, unknown>, key = 'message') {
  const whole = { message_id: 10, date: 1, chat: group, from, ...message };
  return readUpdate({ update_id: 1, [key]: whole }, BOT) as IncomingMessage | undefined;
}

test('a message, where it is and what it answers', () => {
  expect(read({ text: 'Hi', reply_to_message: { message_id: 7 } })).toEqual({
    kind: 'message',
    update: '1',
    chat: { id: '3w5e0oa7jkvu6', kind: 'group', forum: false, title: 'Support' },
    ref: refOf(chatId(group.id), 10),
    order: 10,
    replyTo: '7',
    sentAt: 1000,
    editedAt: 0,
    content: { kind: 'text', text: 'Hi' },
  });
});

test('in a topic, what answers nothing answers nothing', () => {
  const message = { text: 'x', is_topic_message: true, message_thread_id: 3, reply_to_message: { message_id: 3 } };
  expect(read(message)).toMatchObject({ ref: { thread: '3' } });
  expect(read(message)).not.toHaveProperty('replyTo');
  expect(read({ text: 'x', message_thread_id: 3 })?.ref).not.toHaveProperty('thread');
});

describe('formatting is flattened', () => {
  const text = 'Read our terms and the guide';
  test('an address behind words is shown', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 4 },
      { type: 'text_link', offset: 9, length: 5, url: 'https://example.com/terms' },
      { type: 'text_link', offset: 19, length: 9, url: 'https://example.com/guide' },
    ];
    expect(read({ text, entities })?.content).toEqual({
      kind: 'text',
      text: 'Read our terms (https://example.com/terms) and the guide (https://example.com/guide)',
    });
  });

  test('an address that is shown already is not repeated', () => {
    const entities = [{ type: 'text_link', offset: 0, length: 11, url: 'https://example.com/' }];
    expect(read({ text: 'example.com', entities })?.content).toMatchObject({ text: 'example.com' });
  });

  test('also in captions', () => {
    const caption_entities = [{ type: 'text_link', offset: 0, length: 3, url: 'https://a.example' }];
    const voice = { file_id: 'v', duration: 1 };
    expect(read({ voice, caption: 'See', caption_entities })?.content).toEqual({
      kind: 'file',
      caption: 'See (https://a.example)',
      file: { reference: 'v', name: 'voice.ogg', type: 'audio/ogg' },
    });
  });
});

describe('content', () => {
  const photo = [
    { file_id: 's', width: 90, height: 90, file_size: 1 },
    { file_id: 'l', width: 1280, height: 960, file_size: 3 },
    { file_id: 'm', width: 320, height: 240, file_size: 2 },
  ];
  test.each([
    [{ photo }, { reference: 'l', name: 'photo.jpg', type: 'image/jpeg', size: 3 }],
    [
      { document: { file_id: 'd', file_name: 'offer.pdf', mime_type: 'application/pdf', file_size: 9 } },
      { reference: 'd', name: 'offer.pdf', type: 'application/pdf', size: 9 },
    ],
    [
      { document: { file_id: 'd', file_name: 'a\n#a1b2c3d4e5f6 Boss\u202e.pdf', mime_type: 'a/b\r\nx: y' } },
      { reference: 'd', name: 'a #a1b2c3d4e5f6 Boss .pdf', type: 'application/octet-stream' },
    ],
    [{ video: { file_id: 'v' } }, { reference: 'v', name: 'video.mp4', type: 'video/mp4' }],
    [{ video_note: { file_id: 'n' } }, { reference: 'n', name: 'video-note.mp4', type: 'video/mp4' }],
    [
      { audio: { file_id: 'a', file_name: 'x.mp3', mime_type: 'audio/mpeg' } },
      { reference: 'a', name: 'x.mp3', type: 'audio/mpeg' },
    ],
    [
      { animation: { file_id: 'g' }, document: { file_id: 'other' } },
      { reference: 'g', name: 'animation.mp4', type: 'video/mp4' },
    ],
  ])('a file: %j', (message, file) => {
    expect(read(message)?.content).toEqual({ kind: 'file', file, caption: '' });
  });

  test('a sticker is its emoji', () => {
    expect(read({ sticker: { file_id: 's', emoji: '👍' } })?.content).toEqual({ kind: 'text', text: '👍' });
  });

  test.each([
    ['poll', 'a poll'],
    ['location', 'a location'],
    ['contact', 'a contact'],
    ['dice', 'a dice'],
  ])('a %s is named', (field, what) => {
    expect(read({ [field]: {} })?.content).toEqual({ kind: 'other', what });
  });

  test('service messages say nothing', () => {
    for (const field of ['pinned_message', 'new_chat_members', 'forum_topic_created', 'new_chat_title']) {
      expect(read({ [field]: {} })).toBeUndefined();
    }
  });
});

describe('senders', () => {
  test('other bots and this one are not heard', () => {
    expect(read({ text: 'x', from: { id: 9, is_bot: true } })).toBeUndefined();
    expect(read({ text: 'x', from: { id: 777, is_bot: true } })).toBeUndefined();
  });

  test('an anonymous administrator is an operator', () => {
    const sender = { from: { id: 1087968824, is_bot: true }, sender_chat: { id: group.id } };
    expect(read({ text: 'x', ...sender })).toMatchObject({ content: { text: 'x' } });
  });

  test('what Telegram copies from a channel into its group is nobody’s message', () => {
    expect(read({ text: 'x', is_automatic_forward: true, from: { id: 777000 } })).toBeUndefined();
  });

  test('a post in a Telegram channel is read as any message', () => {
    const post = { text: '/help', from: undefined, chat: { id: -1005, type: 'channel', title: 'News' } };
    expect(read(post, 'channel_post')).toMatchObject({ kind: 'message', chat: { kind: 'broadcast' } });
  });
});

test('an edit is an edit', () => {
  expect(read({ text: 'x', edit_date: 5 }, 'edited_message')).toMatchObject({ kind: 'edit', editedAt: 5000 });
});

test.each([
  ['left', false],
  ['kicked', false],
  ['member', true],
  ['administrator', true],
])('the bot is %s', (status, present) => {
  const change = { chat: group, from, date: 1, new_chat_member: { status, user: { id: 777 } } };
  expect(readUpdate({ update_id: 2, my_chat_member: change }, BOT)).toMatchObject({ kind: 'presence', present });
});

test('a group that moved is told twice, and means the same', () => {
  const old = { ...group, id: -55 };
  const to = readUpdate(
    { update_id: 3, message: { message_id: 1, chat: old, from, migrate_to_chat_id: group.id } },
    BOT,
  );
  const away = readUpdate(
    { update_id: 4, message: { message_id: 1, chat: group, from, migrate_from_chat_id: -55 } },
    BOT,
  );
  expect(to).toEqual({ ...away, update: '3' });
});

test('who presses a button is told, and when its question was asked', () => {
  const message = { message_id: 5, date: 1700000000, chat: { id: -100, type: 'supergroup' } };
  const query = { id: 'q', from: { id: 7 }, data: 'keep:x', message };
  expect(readUpdate({ update_id: 1, callback_query: query }, BOT)).toMatchObject({
    kind: 'press',
    person: chatId(7),
    askedAt: 1700000000000,
  });
  const { from: _, ...anonymous } = query;
  expect(readUpdate({ update_id: 1, callback_query: anonymous }, BOT)).toBeUndefined();
});

test('whatever comes, reading it does not throw', () => {
  const keys = fc.constantFrom(
    ...['update_id', 'message', 'edited_message', 'callback_query', 'my_chat_member', 'chat', 'from', 'id', 'text'],
    ...['entities', 'photo', 'document', 'message_id', 'type', 'new_chat_member', 'data', 'reply_to_message', 'offset'],
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 0, -1, 1.5, 7, '', 'x', 'text_link'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (update) => {
      readUpdate(update, BOT);
      readUpdate({ update_id: 1, message: update }, BOT);
      readUpdate({ update_id: 1, callback_query: update }, BOT);
    }),
    { seed: 19, numRuns: 3000 },
  );
});
