import type { Page } from 'playwright-core';
import { setScene } from './scene';
import { refuseMessages } from './refusing-server';
import type { Visitor } from './people';

jest.setTimeout(60_000);

/** Inherited properties with values that would be noticed. */
const LOUD = `
  text-transform: uppercase; letter-spacing: 0.4em; word-spacing: 2em; white-space: pre; text-align: right;
  text-indent: 3em; line-height: 4; font: italic small-caps 900 30px/4 serif; color: rgb(1, 2, 3); cursor: wait;
  text-shadow: 2px 2px red; list-style: square inside; tab-size: 1; word-break: break-all; overflow-wrap: normal;
  hyphens: auto; text-orientation: upright; quotes: '!' '!'; user-select: none;
  caret-color: red; accent-color: red; border-collapse: collapse; font-feature-settings: 'smcp'; speak: none;
  -webkit-text-stroke: 1px red; -webkit-text-fill-color: red; text-emphasis: dot; paint-order: stroke;
  font-variant-numeric: oldstyle-nums; text-underline-position: under; text-decoration-skip-ink: none;
  stroke: red; fill: red; stroke-width: 9px; line-break: anywhere; text-wrap: balance; font-kerning: none;
  scrollbar-color: red blue; image-rendering: pixelated; -webkit-font-smoothing: none; text-rendering: geometricPrecision;
`;

/** The box and every computed property of each element of the widget. */
type Look = Readonly<Record<string, Readonly<Record<string, string>>>>;

const lookOf = (page: Page): Promise<Look> =>
  page.evaluate(() => {
    const elements = [...document.querySelector('kite-chat')!.shadowRoot!.querySelectorAll('*')];
    return Object.fromEntries(
      elements.map((element, index) => {
        const style = getComputedStyle(element);
        const rect = element.getBoundingClientRect();
        return [
          `${index} ${element.localName}.${element.getAttribute('class')}`,
          {
            box: [rect.x, rect.y, rect.width, rect.height].map(Math.round).join(' '),
            ...Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)])),
          },
        ];
      }),
    );
  });

function differences(before: Look, after: Look): string[] {
  expect(Object.keys(after)).toEqual(Object.keys(before));
  return Object.entries(before).flatMap(([element, style]) =>
    Object.entries(style).flatMap(([name, value]) =>
      after[element]?.[name] === value ? [] : [`${element} ${name}: ${value} became ${after[element]?.[name]}`],
    ),
  );
}

describe("the page's style", () => {
  const scene = setScene({ locale: 'en-GB', reducedMotion: 'reduce', viewport: { width: 1280, height: 900 } });

  /** An open chat with a message that was sent and one that was refused. */
  async function openChat(): Promise<Visitor> {
    await refuseMessages(scene.context, { 'refuse me': 502 });
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Hello  there, https://example.com');
    await visitor.write('refuse me');
    await visitor.page.getByText('Not sent').waitFor();
    await visitor.page.mouse.move(0, 0);
    return visitor;
  }

  test.each([
    ['for its body', `html, body { ${LOUD} writing-mode: vertical-rl; }`],
    ['for every element', `* { ${LOUD} }`],
  ])('%s changes nothing in the widget, open or closed', async (_, sheet) => {
    const visitor = await openChat();
    const { page } = visitor;
    const open = await lookOf(page);
    const style = await page.addStyleTag({ content: sheet });
    expect(differences(open, await lookOf(page))).toEqual([]);
    expect(await visitor.texts()).toContain('Hello  there, https://example.com');

    await style.evaluate((element) => (element as HTMLStyleElement).remove());
    await page.keyboard.press('Escape');
    const closed = await lookOf(page);
    await page.addStyleTag({ content: sheet });
    expect(differences(closed, await lookOf(page))).toEqual([]);
  });

  test('reaches the widget through its CSS variables and parts', async () => {
    const { page } = await openChat();
    await page.addStyleTag({
      content: `
        body { --kite-font: 700 18px/2 Georgia, serif; }
        kite-chat { --kite-text: rgb(9, 8, 7); --kite-offset-block: 44px; --kite-width: 300px; --kite-z-index: 7; }
        kite-chat::part(message) { letter-spacing: 3px; }`,
    });
    const computed = (selector: string, name: string): Promise<string> =>
      page
        .locator(`kite-chat ${selector}`)
        .first()
        .evaluate((element, key) => getComputedStyle(element).getPropertyValue(key), name);
    expect(await computed('.welcome', 'font')).toContain('700 18px');
    expect(await computed('.bubble', 'letter-spacing')).toBe('3px');
    expect(await computed('.panel', 'color')).toBe('rgb(9, 8, 7)');
    expect(await computed('.panel', 'width')).toBe('300px');
    const host = await page.locator('kite-chat').evaluate((element) => {
      const { position, bottom, zIndex } = getComputedStyle(element);
      return { position, bottom, zIndex };
    });
    expect(host).toEqual({ position: 'fixed', bottom: '44px', zIndex: '7' });
  });

  test('may hide the widget, change its direction, and give it colors', async () => {
    const { page, launcher } = await openChat();
    const widget = page.locator('kite-chat');
    const set = (name: string, value: string): Promise<void> =>
      widget.evaluate((element, [key, text]) => element.style.setProperty(key!, text!), [name, value]);
    await set('visibility', 'hidden');
    expect(await launcher.isVisible()).toBe(false);
    await set('visibility', '');
    await set('display', 'none');
    expect(await launcher.isVisible()).toBe(false);
    await set('display', '');
    await widget.evaluate((element) => element.toggleAttribute('hidden'));
    expect(await launcher.isVisible()).toBe(false);
    await widget.evaluate((element) => element.toggleAttribute('hidden'));
    expect(await launcher.isVisible()).toBe(true);

    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    expect((await launcher.boundingBox())!.x).toBeLessThan(100);
    expect(await page.locator('kite-chat .panel').evaluate((element) => getComputedStyle(element).direction)).toBe(
      'rtl',
    );

    const scheme = (): Promise<string> =>
      page.locator('kite-chat textarea').evaluate((element) => getComputedStyle(element).colorScheme);
    await widget.evaluate((element) => element.setAttribute('theme', 'dark'));
    await page.locator('kite-chat[data-theme=dark]').waitFor({ state: 'attached' });
    expect(await scheme()).toBe('dark');
    await widget.evaluate((element) => element.setAttribute('theme', 'light'));
    await page.locator('kite-chat[data-theme=light]').waitFor({ state: 'attached' });
    expect(await scheme()).toBe('light');
  });
});
