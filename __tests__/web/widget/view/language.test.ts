import fc from 'fast-check';
import { chooseLanguage, localeFor } from '../../../../web/widget/view/language';
import { wordsFor } from '../../../../web/widget/view/words';

test.each([
  ['uk', 'uk'],
  ['uk_UA', 'uk-UA'],
  ['uk_UA.UTF-8', 'uk-UA'],
  [' es-MX ', 'es-MX'],
  ['DE-at', 'de-AT'],
  ['deu', 'de'],
  ['en-US@posix', 'en-US-u-va-posix'],
  ['fr', 'en'],
  ['zh-Hans-', 'en'],
])('lang="%s" is understood as %s', (lang, expected) => {
  expect(chooseLanguage([lang, 'uk'])).toBe(expected);
});

test.each(['', 'x', 'constructor', '__proto__', '-', '🇺🇦', undefined])(
  'lang="%s" is not a language: the page decides, then the browser',
  (lang) => {
    expect(chooseLanguage([lang, 'de-CH', 'uk'])).toBe('de-CH');
    expect(chooseLanguage([lang, lang, 'uk'])).toBe('uk');
    expect(chooseLanguage([lang])).toBe('en');
  },
);

test("dates and numbers follow the visitor's own region of the language, if it is well-formed", () => {
  expect(localeFor('en', ['uk-UA', 'en-GB', 'en'])).toBe('en-GB');
  expect(localeFor('de', ['uk_UA', 'x', ''])).toBe('de');
  expect(localeFor('uk', ['uk_UA'])).toBe('uk-UA');
});

test('whatever the page and the browser call their language, there are words, dates, and numbers', () => {
  const subtag = fc.stringMatching(/^[\w-]{0,9}$/);
  const tagLike = fc
    .tuple(fc.constantFrom('en', 'uk', 'de', 'es', 'zh', 'x', 'i', ''), fc.array(subtag))
    .chain(([language, subtags]) =>
      fc.constantFrom('-', '_', '--', '.').map((between) => [language, ...subtags].join(between)),
    );
  const anything = fc.oneof(
    tagLike,
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
  );
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 4 }), fc.array(anything, { maxLength: 4 }), (candidates, own) => {
      const language = chooseLanguage(candidates);
      expect(wordsFor(language).send).toMatch(/^\p{L}/u);
      const locale = localeFor(language, own);
      expect(new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(0)).not.toBe('');
      expect(new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte' }).format(1)).not.toBe('');
    }),
    { numRuns: Math.ceil(100 * Number(process.env['PROPERTY_RUNS'] ?? 1)) },
  );
});
