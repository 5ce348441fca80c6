import type { Locator, Page } from 'playwright-core';
import { plainPng } from '../../emulators/telegram/image';
import type { Visitor } from './people';
import { refuseMessages } from './refusing-server';
import { setScene } from './scene';

jest.setTimeout(60_000);

const PHONE = { width: 360, height: 640 };
const LONG_WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where an element stands on the page, CSS pixels. */
async function boxOf(locator: Locator): Promise<Box> {
  const { x, y, width, height } = (await locator.boundingBox())!;
  return { left: x, right: x + width, top: y, bottom: y + height };
}

const property = (locator: Locator, name: string): Promise<string> =>
  locator.evaluate((element, key) => getComputedStyle(element).getPropertyValue(key), name);

/** How far what an element holds sticks out of it to the side, CSS pixels. */
const overflow = (locator: Locator): Promise<number> =>
  locator.evaluate((element) => element.scrollWidth - element.clientWidth);

/** Waits until the log has come to rest at its end. */
async function isAtEnd(page: Page, element: string): Promise<void> {
  await page.waitForFunction((name) => {
    const log = document.querySelector(name)!.shadowRoot!.querySelector('.log')!;
    return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
  }, element);
}

const tallText = (name: string): string =>
  [name, ...Array.from({ length: 30 }, (_, line) => `line ${line}`)].join('\n');

describe('the widget', () => {
  const scene = setScene({ locale: 'en-GB' });
  const part = ({ page }: Visitor, selector: string): Locator => page.locator(`kite-chat ${selector}`);

  const setAttribute = ({ page }: Visitor, name: string, value: string): Promise<void> =>
    page.locator('kite-chat').evaluate((element, [key, text]) => element.setAttribute(key!, text!), [name, value]);

  test('long words of a heading, a file name and a reason stay inside', async () => {
    const visitor = await scene.visitor();
    await visitor.page.setViewportSize(PHONE);
    await setAttribute(visitor, 'heading', LONG_WORD);
    await setAttribute(visitor, 'welcome', LONG_WORD);
    await visitor.open();
    const heading = part(visitor, 'h2 bdi');
    const close = visitor.page.getByRole('button', { name: 'Close chat' });
    expect((await boxOf(heading)).right).toBeLessThanOrEqual((await boxOf(close)).left);
    await visitor.attach({ name: `${LONG_WORD}.txt`, mimeType: 'text/plain', buffer: Buffer.alloc(0) });
    await visitor.page.getByText('was not added').waitFor();
    expect(await overflow(part(visitor, '.notice'))).toBe(0);
    expect(await overflow(part(visitor, '.log'))).toBe(0);
  });

  test('many attachments leave the field to write in, and can be scrolled', async () => {
    const visitor = await scene.visitor();
    await visitor.page.setViewportSize(PHONE);
    await visitor.open();
    await visitor.attach(
      ...Array.from({ length: 15 }, (_, number) => ({
        name: `document ${number}.pdf`,
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF'),
      })),
    );
    await part(visitor, '.pending li').nth(14).waitFor();
    expect((await boxOf(visitor.composer)).bottom).toBeLessThanOrEqual(PHONE.height);
    await visitor.page.getByRole('button', { name: 'Remove document 14.pdf' }).click();
    expect(await part(visitor, '.pending li').count()).toBe(14);
  });

  test('the sign beside a long reason keeps its size', async () => {
    await refuseMessages(scene.context, { 'refuse me': 502 });
    const visitor = await scene.visitor();
    await visitor.page.setViewportSize({ ...PHONE, width: 240 });
    await visitor.open();
    await visitor.write('refuse me');
    const reason = visitor.page.getByText('Not sent. Nobody is here to answer now. Please try again later.');
    await reason.waitFor();
    const [sentence, sign] = [await boxOf(reason), await boxOf(part(visitor, '.problem svg'))];
    expect(sentence.bottom - sentence.top).toBeGreaterThan(30);
    expect(sign.right - sign.left).toBe(14);
  });

  test('a size reads from left to right on a page that reads from right to left', async () => {
    const visitor = await scene.visitor();
    await visitor.page.getByLabel('Direction').selectOption('rtl');
    await visitor.open();
    await visitor.attach({ name: 'list.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(2_400_000, '%') });
    await visitor.page.getByRole('button', { name: 'Send' }).click();
    const size = part(visitor, '.file small');
    await size.waitFor();
    expect(await size.innerText()).toBe('2.4 MB');
    const [number, unit] = await size.evaluate((element) => {
      const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()!;
      return [
        [0, 3],
        [4, 6],
      ].map(([start, end]) => {
        const range = document.createRange();
        range.setStart(text, start!);
        range.setEnd(text, end!);
        return range.getBoundingClientRect().left;
      });
    });
    expect(number).toBeLessThan(unit!);
  });

  test('where the system replaces all colors, everything has edges', async () => {
    const visitor = await scene.visitor();
    await visitor.page.emulateMedia({ forcedColors: 'active' });
    expect(await property(visitor.launcher, 'border-top-width')).toBe('1px');
    await visitor.open();
    await visitor.write('Hello');
    await visitor.sees('Hello');
    for (const selector of ['.panel', '.bubble']) {
      expect(await property(part(visitor, selector), 'border-top-width')).toBe('1px');
    }
    expect(await property(part(visitor, '.dot'), 'forced-color-adjust')).toBe('none');
  });

  test('a picture has a quiet background, and a missing one shows its name', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.attach({ name: 'photo.png', mimeType: 'image/png', buffer: plainPng(200, 120) });
    await visitor.page.route('**/files/**', (route) => route.fulfill({ status: 404 }));
    await visitor.page.getByRole('button', { name: 'Send' }).click();
    await visitor.allSent();
    const picture = part(visitor, '.picture');
    expect(await property(picture, 'background-color')).toBe('rgb(238, 241, 246)');
    expect(await property(picture, 'color')).toBe('rgb(22, 32, 46)');
    expect(parseFloat(await property(picture.locator('img'), 'line-height'))).toBeGreaterThan(15);
  });

  test('says when sending continues if there are too many messages at once', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.status('We are here');
    await visitor.page.evaluate(() => {
      const element = document.querySelector('kite-chat') as HTMLElement & { send(text: string): string };
      // More than a visitor may send in two minutes: they may come when one minute ends and the next begins.
      for (let number = 0; number < 130; number += 1) element.send(`message ${number}`);
    });
    const slow = visitor.page.getByText(/^Many messages at once: sending continues at \d\d:\d\d$/);
    await slow.waitFor({ timeout: 45_000 });
    expect(await part(visitor, '.message.sending').count()).toBeGreaterThan(0);
    expect(await part(visitor, '.message.failed').count()).toBe(0);
  });

  test('the newest message stays in view when the window becomes smaller', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write(tallText('first'));
    await visitor.write(tallText('second'));
    await visitor.allSent();
    await isAtEnd(visitor.page, 'kite-chat');
    for (const size of [{ width: 1280, height: 500 }, PHONE, { width: 740, height: 360 }]) {
      await visitor.page.setViewportSize(size);
      await isAtEnd(visitor.page, 'kite-chat');
    }
  });

  test('a reader further up stays there, and jumps to new messages on request', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write(tallText('a long story'));
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('a long story');
    await isAtEnd(visitor.page, 'kite-chat');
    const log = part(visitor, '.log');
    await log.evaluate((element) => (element.scrollTop = 0));
    await operator.write('And then?');
    const jump = visitor.page.getByRole('button', { name: 'New messages' });
    await jump.waitFor();
    expect(await log.evaluate((element) => element.scrollTop)).toBe(0);
    await jump.click();
    await isAtEnd(visitor.page, 'kite-chat');
    expect(await jump.count()).toBe(0);
  });

  test('a message that arrives at the very moment the reader scrolls up leaves them there', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write(tallText('a long story'));
    await visitor.allSent();
    await isAtEnd(visitor.page, 'kite-chat');
    await part(visitor, '.log').evaluate((log) => {
      log.scrollTop = 0;
      const { conversation } = document.querySelector('kite-chat') as unknown as {
        conversation: { received(frame: object): void };
      };
      conversation.received({ tag: 'TXT', id: 'now', text: 'And then?', at: Date.now() });
    });
    await visitor.page.getByRole('button', { name: 'New messages' }).waitFor();
    expect(await part(visitor, '.log').evaluate((log) => log.scrollTop)).toBe(0);
  });

  test('fills the screen of a phone that lies on its side', async () => {
    const visitor = await scene.visitor();
    await visitor.page.emulateMedia({ reducedMotion: 'reduce' });
    await visitor.page.setViewportSize({ width: 740, height: 360 });
    await visitor.open();
    expect(await boxOf(part(visitor, '.panel'))).toEqual({ left: 0, top: 0, right: 740, bottom: 360 });
  });

  test("a visitor's name that is too long is cut, not refused", async () => {
    const visitor = await scene.visitor();
    await setAttribute(visitor, 'visitor-name', 'Ann '.repeat(40));
    await visitor.open();
    await visitor.write('My name is long');
    await visitor.allSent();
    await visitor.status('We are here');
    const operator = await scene.operator();
    await operator.openTopic('My name is long');
    expect(await operator.page.getByRole('heading', { level: 1 }).innerText()).toContain('Ann Ann Ann');
  });
});

describe('the operator console', () => {
  const scene = setScene({ locale: 'en-GB' });

  test('on a phone there is the list of chats or a chat, and what is behind the list is unread', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Do you open on Sunday?');
    await visitor.allSent();
    const operator = await scene.operator();
    const { page } = operator;
    await page.setViewportSize(PHONE);
    expect(await operator.composer.isVisible()).toBe(false);
    await operator.openTopic('Do you open on Sunday?');
    await operator.sees('Do you open on Sunday?');
    const title = page.getByRole('heading', { level: 1 });
    expect(await overflow(title)).toBe(0);
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect((await boxOf(operator.composer)).bottom).toBeLessThanOrEqual(PHONE.height);
    expect(await overflow(page.locator('operator-console .app'))).toBe(0);

    await page.getByRole('button', { name: 'Back to the chats' }).click();
    await page.getByRole('navigation').waitFor();
    await visitor.write('Or on Monday?');
    await page.locator('button.topic .count', { hasText: '1' }).waitFor();
    await operator.openTopic('Or on Monday?');
    await page.getByRole('button', { name: 'Back to the chats' }).click();
    expect(await page.locator('button.topic .count').count()).toBe(0);
  });

  test('the newest message stays in view when the window becomes smaller', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write(tallText('from top to bottom'));
    const operator = await scene.operator();
    await operator.openTopic('from top to bottom');
    await isAtEnd(operator.page, 'operator-console');
    for (const size of [{ width: 1280, height: 400 }, PHONE]) {
      await operator.page.setViewportSize(size);
      await isAtEnd(operator.page, 'operator-console');
    }
  });

  test('where the system replaces all colors, messages have edges and the open chat is marked', async () => {
    const operator = await scene.operator();
    const { page } = operator;
    await page.emulateMedia({ forcedColors: 'active' });
    await operator.openGroup('Kite support');
    expect(await property(page.locator('operator-console .bubble').first(), 'border-top-width')).toBe('1px');
    const [open, other] = [
      page.locator('button.row[aria-current=true]'),
      page.locator('button.row[aria-current=false]').first(),
    ];
    expect(await property(open, 'background-color')).not.toBe(await property(other, 'background-color'));
  });

  test('a switch that could not be changed stays as it was, and says why', async () => {
    const operator = await scene.operator();
    const { page } = operator;
    await operator.openGroup('Kite support');
    await page.route('**/actions/setForum', (route) =>
      route.fulfill({ status: 400, contentType: 'application/json', body: '{"error":"Not enough rights."}' }),
    );
    const topics = page.getByRole('switch', { name: 'Topics' });
    await topics.click();
    await page.getByText('Not enough rights.').waitFor();
    expect(await topics.isChecked()).toBe(true);
  });

  test('says that the server is gone, also on a phone, and continues when it is back', async () => {
    const operator = await scene.operator();
    await operator.page.setViewportSize(PHONE);
    await scene.chat.end();
    const lost = operator.page.getByText('Connection to the server lost, trying again');
    await lost.waitFor();
    await scene.chat.run();
    await lost.waitFor({ state: 'detached' });
    await operator.openGroup('Kite support');
    await operator.write('Still here');
  });
});
