import { setScene } from './scene';
import type { Visitor } from './people';

jest.setTimeout(60_000);

const NOT_WELL_FORMED = [
  'x',
  '-',
  '_',
  'constructor',
  '__proto__',
  'zh-Hans-',
  'uk_',
  'de-!',
  'а',
  '🇺🇦',
  'e'.repeat(5000),
];

/** The panel works: it has words, and a message is shown with its time. */
async function works(visitor: Visitor, text: string): Promise<void> {
  await visitor.page.locator('kite-chat textarea').fill(text);
  await visitor.page.locator('kite-chat textarea').press('Enter');
  await visitor.sees(text);
  await visitor.allSent();
  for (const selector of ['h2', '.welcome', '.status', '.day', 'time']) {
    expect(await visitor.page.locator(`kite-chat ${selector}`).last().innerText()).toMatch(/[\p{L}\d]/u);
  }
  for (const selector of ['.launcher', 'textarea', '.send']) {
    expect(await visitor.page.locator(`kite-chat ${selector}`).getAttribute('aria-label')).toMatch(/\p{L}/u);
  }
}

describe('the panel works whatever the language is set to', () => {
  const scene = setScene({ locale: 'en-GB' });

  const opened = async (prepare: (visitor: Visitor) => Promise<unknown>): Promise<Visitor> => {
    const visitor = await scene.visitor();
    await prepare(visitor);
    await visitor.launcher.click();
    await visitor.page.locator('kite-chat textarea').waitFor();
    return visitor;
  };
  const placeholder = ({ page }: Visitor): Promise<string | null> =>
    page.locator('kite-chat textarea').getAttribute('placeholder');

  test('in its attribute', async () => {
    const visitor = await opened(({ page }) =>
      page.locator('kite-chat').evaluate((element) => element.setAttribute('lang', 'x')),
    );
    await works(visitor, 'lang="x"');
    for (const lang of NOT_WELL_FORMED) {
      await visitor.page.locator('kite-chat').evaluate((element, text) => element.setAttribute('lang', text), lang);
      await works(visitor, `lang="${lang.slice(0, 20)}"`);
    }
  });

  test('in the page', async () => {
    const visitor = await opened(({ page }) => page.evaluate(() => (document.documentElement.lang = 'uk_UA')));
    await works(visitor, 'lang="uk_UA"');
    expect(await placeholder(visitor)).toBe('Напишіть повідомлення');
    for (const lang of NOT_WELL_FORMED) {
      await visitor.page.evaluate((text) => (document.documentElement.lang = text), lang);
      await works(visitor, `lang="${lang.slice(0, 20)}"`);
    }
  });

  test.each(['', 'x', 'constructor', 'C@posix'])('in the browser: "%s"', async (lang) => {
    await scene.context.addInitScript((text) => {
      Object.defineProperty(navigator, 'language', { value: text });
      Object.defineProperty(navigator, 'languages', { value: [text, 'uk_UA'] });
    }, lang);
    const visitor = await opened(({ page }) => page.evaluate(() => (document.documentElement.lang = '')));
    await works(visitor, 'Hello');
  });

  test('in its attribute with an underscore: uk_UA is Ukrainian', async () => {
    const visitor = await opened(({ page }) =>
      page.locator('kite-chat').evaluate((element) => element.setAttribute('lang', 'uk_UA')),
    );
    await works(visitor, 'Добрий день');
    expect(await placeholder(visitor)).toBe('Напишіть повідомлення');
    expect(await visitor.page.locator('kite-chat .day').innerText()).toBe('Сьогодні');
  });

  test('in the page, where the attribute is not a language', async () => {
    const visitor = await opened(async ({ page }) => {
      await page.evaluate(() => (document.documentElement.lang = 'de-AT'));
      await page.locator('kite-chat').evaluate((element) => element.setAttribute('lang', 'x'));
    });
    expect(await placeholder(visitor)).toBe('Nachricht schreiben');
  });
});
