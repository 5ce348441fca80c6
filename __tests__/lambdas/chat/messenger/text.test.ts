import fc from 'fast-check';
import { headerOf, shownName, topicName, withHeader } from '../../../../lambdas/chat/messenger/header';
import type { Handle } from '../../../../lambdas/chat/model/identifiers';
import { block, bold, joinRich, plain, rich } from '../../../../lambdas/chat/messenger/rich-text';
import { parseClientFrame } from '../../../../lambdas/chat/protocol/client-frame';
import { shortened, splitText } from '../../../../lambdas/chat/messenger/split-text';

const handle = 'a1b2c3d4e5f6' as Handle;

describe('splitting', () => {
  test('pieces are within the limit, and nothing but the space between them is gone', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constant('\n'), fc.constant(' ')),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 10, max: 60 }), (words, limit) => {
        const text = words.join('');
        const pieces = splitText(text, limit);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(limit);
        let at = 0;
        for (const piece of pieces) {
          if (!text.startsWith(piece, at)) at += 1;
          expect(text.startsWith(piece, at)).toBe(true);
          at += piece.length;
        }
        expect(text.slice(at)).toMatch(/^[\n ]?$/);
      }),
      { seed: 29, numRuns: 500 },
    );
  });

  test('a line, then a word, then a character is kept together', () => {
    expect(splitText('aaaa bbb\nccc dd', 10)).toEqual(['aaaa bbb', 'ccc dd']);
    expect(splitText('aaaa bbbb cc', 10)).toEqual(['aaaa bbbb', 'cc']);
    expect(splitText('aaaaaaaaa😀b', 10)).toEqual(['aaaaaaaaa', '😀b']);
  });

  test.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a heart on fire', '❤️‍🔥'],
    ['a skin tone', '👍🏽'],
    ['a flag', '🇺🇦'],
    ['the flag of England', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a letter with two marks', 'e\u0301\u0323'],
    ['a Devanagari syllable', 'क्षि'],
  ])('%s is never cut: neither between two messages nor before an ellipsis', (_, character) => {
    for (let room = 0; room < character.length; room++) {
      const text = `${'a'.repeat(60 - room)}${character}bc`;
      const whole = ['a'.repeat(60 - room), `${character}bc`];
      expect(splitText(text, 60)).toEqual(whole);
      expect(shortened(text, 60)).toBe(`${whole[0]}…`);
    }
  });

  test('letters with marks without end are cut all the same, and no pair of surrogates is', () => {
    for (const text of [`a${'\u0301'.repeat(200)}`, '👨‍'.repeat(100), '🇺🇦'.repeat(50)]) {
      const pieces = splitText(text, 40);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(40);
        expect(Buffer.from(piece).toString()).toBe(piece);
      }
    }
  });

  test('every piece has the header, and the first one says what is new about its author', () => {
    const presence = 'back after 100000 days';
    for (const name of ['Ann', '😀'.repeat(300)]) {
      const pieces = withHeader({ member: { handle, name }, presence }, 'x'.repeat(9000), 4096);
      const header = headerOf({ handle, name });
      expect(pieces.map((piece) => piece.split('\n')[0])).toEqual([`${header} 🔔 ${presence}`, header, header]);
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(4096);
    }
  });

  test('a name and what is said about its author change nothing in where a text is split', () => {
    const text = 'word '.repeat(1000);
    const bodies = (name: string, presence?: string) =>
      withHeader({ member: { handle, name }, presence }, text, 4096).map((piece) => piece.split('\n')[1]);
    expect(bodies('A')).toEqual(bodies('A much longer name than before', 'back'));
  });
});

describe('names', () => {
  test('a name cannot make a line, nor turn the direction of one', () => {
    const name = 'Ann\n🔔 #zzzzzzzzzzzz Boss is here\u202egnp';
    expect(headerOf({ handle, name })).toBe('#a1b2c3d4e5f6 Ann #zzzzzzzzzzzz Boss is here gnp');
  });

  test.each([['👨‍👩‍👧 Shevchenko'], ['🏳️‍🌈 👩🏽‍💻 ❤️‍🔥 1️⃣'], ['🏴󠁧󠁢󠁥󠁮󠁧󠁿 Ann'], ['علی‌رضا'], ['ක්‍රිෂ්ණ']])(
    '%s is shown as it was typed',
    (name) => {
      expect(headerOf({ handle, name })).toBe(`#a1b2c3d4e5f6 ${name}`);
      expect(topicName({ handle, name })).toBe(`${name} #a1b2c3d4e5f6`);
      expect(parseClientFrame(JSON.stringify(['JOIN', 'id', name, 'my-channel']))).toMatchObject({ name });
    },
  );

  test.each([
    ['a line break', 'Ann\r\n#zzzzzzzzzzzz Boss', 'Ann #zzzzzzzzzzzz Boss'],
    ['a Unicode line break', 'Ann\u2028\u2029\u0085Boss', 'Ann Boss'],
    ['a change of direction', '\u202egnp.exe\u2066\u200f\u061c', 'gnp.exe'],
    ['zero width between Latin letters', 'A\u200d\u200dn\u200bn\u2060\ufeff', 'A n n'],
    ['a joiner at an end', '\u200dAnn\u200c', 'Ann'],
    ['a lone joiner', 'Ann \u200d #zzzzzzzzzzzz', 'Ann #zzzzzzzzzzzz'],
    ['tags without a flag', 'Ann\u{e0069}\u{e0067}\u{e006e}\u{e007f}', 'Ann'],
    ['tags without end', `🏴${'\u{e0061}'.repeat(40)}\u{e007f}`, '🏴'],
    ['nothing visible', '\u200d\u200c\u2064', ''],
    ['half an emoji', '\ud83d', '\ufffd'],
  ])('a name is shown without %s', (_, name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  test('a long name ends with a whole emoji', () => {
    expect(shownName('👨‍👩‍👧‍👦'.repeat(9))).toBe('👨‍👩‍👧‍👦'.repeat(5));
  });

  test('a long name leaves room for the text, and fits a topic', () => {
    const name = '😀'.repeat(300);
    expect(headerOf({ handle, name }).length).toBeLessThanOrEqual(78);
    expect(topicName({ handle, name }).length).toBeLessThanOrEqual(128);
  });
});

test('marks lie beside names with Markdown characters', () => {
  const text = rich`${bold('*_[x](y)`')} and ${'<b>'}${3}`;
  expect(text).toEqual({ text: '*_[x](y)` and <b>3', marks: [{ kind: 'bold', from: 0, length: 9 }] });
  expect(joinRich([plain('a'), text, block('b')], '\n').marks).toEqual([
    { kind: 'bold', from: 2, length: 9 },
    { kind: 'block', from: 21, length: 1 },
  ]);
});
