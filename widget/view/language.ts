/** The language to speak: the element's own, else that of the page around it, else the browser's. */
export function languageOf(element: Element, own: string): string {
  return own || element.closest('[lang]')?.getAttribute('lang') || navigator.language || 'en';
}

/** For dates and numbers: the visitor's own region of that language, if they have one. */
export function localeFor(language: string): string {
  return navigator.languages.find((own) => own.split('-')[0] === language.split('-')[0]) ?? language;
}
