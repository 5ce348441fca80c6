import fc from 'fast-check';
import { headerOf, topicName, withHeader } from '../../../../lambdas/chat/operator/header';
import type { Handle } from '../../../../lambdas/chat/identifiers';
import { block, bold, joinRich, plain, rich } from '../../../../lambdas/chat/operator/rich-text';
import { splitText } from '../../../../lambdas/chat/operator/split-text';

const handle = 'a1b2c3d4e5f6' as Handle;

describe('splitting', () => {
  test('D29 pieces are within the limit, and nothing but the space between them is gone', () => {
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

  test('D29 every piece has the header', () => {
    const pieces = withHeader('#a1b2c3d4e5f6 Ann', 'x'.repeat(9000), 4096);
    expect(pieces).toHaveLength(3);
    for (const piece of pieces) {
      expect(piece).toMatch(/^#a1b2c3d4e5f6 Ann\nx+$/);
      expect(piece.length).toBeLessThanOrEqual(4096);
    }
  });
});

describe('names', () => {
  test('D32 a name cannot make a line, nor turn the direction of one', () => {
    const name = 'Ann\n🔔 #zzzzzzzzzzzz Boss is here\u202egnp';
    expect(headerOf({ handle, name })).toBe('#a1b2c3d4e5f6 Ann 🔔 #zzzzzzzzzzzz Boss is here gnp');
  });

  test('a long name leaves room for the text, and fits a topic', () => {
    const name = '😀'.repeat(300);
    expect(headerOf({ handle, name }).length).toBeLessThanOrEqual(78);
    expect(topicName({ handle, name }).length).toBeLessThanOrEqual(128);
  });
});

test('D34 marks lie beside names with Markdown characters', () => {
  const text = rich`${bold('*_[x](y)`')} and ${'<b>'}${3}`;
  expect(text).toEqual({ text: '*_[x](y)` and <b>3', marks: [{ kind: 'bold', from: 0, length: 9 }] });
  expect(joinRich([plain('a'), text, block('b')], '\n').marks).toEqual([
    { kind: 'bold', from: 2, length: 9 },
    { kind: 'block', from: 21, length: 1 },
  ]);
});
