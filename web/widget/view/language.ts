import { speaks } from './words';

/** Characters; longer than any real language tag. */
const LONGEST = 100;

/** The language tag at the start of a text: `uk-UA` for `uk_UA`, `zh-Hans` for `zh-Hans-`; undefined if there is none. */
function tagIn(text: string): string | undefined {
  const subtags = text
    .trim()
    .slice(0, LONGEST)
    .split(/[^a-z\d]/i);
  for (; subtags.length > 0; subtags.pop()) {
    try {
      return Intl.getCanonicalLocales(subtags.join('-'))[0];
    } catch {
      // Not well-formed: retry without the last subtag.
    }
  }
  return undefined;
}

const primary = (tag: string): string | undefined => tag.split('-')[0];

/** The first candidate that is a language tag; `en` if there is none, or if the widget does not speak it. */
export function chooseLanguage(candidates: readonly (string | null | undefined)[]): string {
  const tag = candidates.map((text) => tagIn(text ?? '')).find(Boolean);
  return tag && speaks(tag) ? tag : 'en';
}

/** The language to speak: the element's own, else that of the page around it, else the browser's. */
export function languageOf(element: Element, own: string): string {
  const around = element.parentElement?.closest('[lang]')?.getAttribute('lang');
  return chooseLanguage([own, around, document.documentElement.lang, navigator.language]);
}

/** For dates and numbers: the visitor's own region of that language, if they have one. `own`: the visitor's languages. */
export function localeFor(language: string, own: readonly string[] = navigator.languages): string {
  return own.map(tagIn).find((tag) => tag && primary(tag) === primary(language)) ?? language;
}
