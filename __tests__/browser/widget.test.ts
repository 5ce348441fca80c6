import type { Page } from 'playwright-core';
import { manifest } from '../../web/widget/manifest';
import { setScene } from './scene';

jest.setTimeout(60_000);

const declaration = manifest.modules[0].declarations[0];

describe('the widget on a page', () => {
  const scene = setScene({ locale: 'en-GB' });

  const stored = (page: Page): Promise<string[]> =>
    page.evaluate(async () =>
      [
        ...Object.keys(localStorage),
        ...(await indexedDB.databases()).map(({ name }) => name ?? ''),
        document.cookie,
      ].filter(Boolean),
    );

  test('stores nothing and connects nowhere before the visitor opens it', async () => {
    const sockets: string[] = [];
    scene.context.on('page', (page) => page.on('websocket', (socket) => sockets.push(socket.url())));
    const visitor = await scene.visitor();
    await visitor.page.waitForTimeout(300);
    expect(await stored(visitor.page)).toEqual([]);
    expect(sockets).toEqual([]);
    await visitor.open();
    await visitor.status('We are here');
    expect((await stored(visitor.page)).length).toBeGreaterThan(0);
    expect(sockets).toHaveLength(1);
  });

  test("makes an id of ten characters and shows it nowhere, neither to the page's events nor to the operator", async () => {
    const visitor = await scene.visitor();
    await visitor.page.evaluate(() => {
      const log: string[] = [];
      Object.assign(window, { log });
      for (const name of ['kite-open', 'kite-sent', 'kite-message', 'kite-unread']) {
        document.addEventListener(name, (event) =>
          log.push(`${name} ${JSON.stringify((event as CustomEvent).detail)}`),
        );
      }
    });
    await visitor.open();
    await visitor.write('Who am I?');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('Who am I?');
    await operator.write('You are you');
    await visitor.sees('You are you');
    const id = await visitor.page.evaluate(() =>
      localStorage.getItem(Object.keys(localStorage).find((key) => key.startsWith('kite-chat '))!),
    );
    expect(id).toMatch(/^[A-Za-z0-9]{10}$/);
    const log = await visitor.page.evaluate(() => (window as unknown as { log: string[] }).log);
    expect(log.map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['kite-open', 'kite-sent', 'kite-message']),
    );
    expect(log.join('\n')).not.toContain(id);
    expect(
      await visitor.page.locator('kite-chat').evaluate((element) => element.outerHTML + element.shadowRoot!.innerHTML),
    ).not.toContain(id);
    expect(await (await fetch(`${scene.chat.url}/telegram/state`)).text()).not.toContain(id);
  });

  test('counts what is unread on its button and in the title of a page that is not looked at', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Count with me');
    await visitor.allSent();
    await visitor.page.keyboard.press('Escape');
    await visitor.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const title = await visitor.page.title();
    const operator = await scene.operator();
    await operator.openTopic('Count with me');
    await operator.write('one');
    await operator.write('two');
    await visitor.page.locator('kite-chat .badge', { hasText: '2' }).waitFor();
    expect(await visitor.page.title()).toBe(`(2) ${title}`);
    await visitor.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await visitor.launcher.click();
    await visitor.page.waitForFunction((expected) => document.title === expected, title);
    await visitor.page.keyboard.press('Escape');
    expect(await visitor.page.locator('kite-chat .badge').count()).toBe(0);
  });

  test.each([
    ['uk', 'Відкрити чат', 'Напишіть повідомлення'],
    ['de', 'Chat öffnen', 'Nachricht schreiben'],
    ['es', 'Abrir el chat', 'Escribe un mensaje'],
    ['en', 'Open chat', 'Write a message'],
  ])('speaks %s', async (lang, open, placeholder) => {
    const { page } = await scene.visitor();
    await page.getByLabel('Language').selectOption(lang);
    await page.getByRole('button', { name: open, exact: true }).click();
    await page.getByRole('textbox', { name: placeholder }).waitFor();
  });

  test('stands on the other side of a page that reads from right to left', async () => {
    const { page, launcher } = await scene.visitor();
    const left = async (): Promise<number> => (await launcher.boundingBox())!.x;
    expect(await left()).toBeGreaterThan(600);
    await page.getByLabel('Direction').selectOption('rtl');
    expect(await left()).toBeLessThan(100);
  });

  test('takes its colors from the theme, and from CSS variables of the page', async () => {
    const { page, launcher } = await scene.visitor();
    const color = (): Promise<string> => launcher.evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(await color()).toBe('rgb(31, 95, 214)');
    await page.getByLabel('Colors').selectOption('dark');
    expect(await color()).toBe('rgb(138, 180, 255)');
    await page.addStyleTag({ content: 'kite-chat { --kite-accent: rgb(0, 80, 0) }' });
    expect(await color()).toBe('rgb(0, 80, 0)');
  });

  test('gets an explanation when the endpoint is missing or wrong', async () => {
    const { page } = await scene.visitor();
    await page.evaluate(() => document.querySelector('kite-chat')!.setAttribute('endpoint', 'https://example.com'));
    await page.locator('kite-chat .launcher').click();
    await page.getByText('The chat needs an endpoint such as wss://').waitFor();
  });

  test('can be driven by the page: send, unread, forget', async () => {
    const visitor = await scene.visitor();
    type Element = HTMLElement & {
      send(text: string): string;
      sendFile(file: File): string;
      forget(): Promise<void>;
      show(): void;
    };
    const id = await visitor.page.evaluate(() =>
      (document.querySelector('kite-chat') as Element).send(' From the page '),
    );
    expect(id).toMatch(/^[A-Za-z0-9]{16}$/);
    await visitor.open();
    await visitor.allSent();
    expect(await visitor.texts()).toEqual(['From the page']);
    const refusals = await visitor.page.evaluate(() => {
      const element = document.querySelector('kite-chat') as Element;
      const attempts = [
        () => element.send('  '),
        () => element.send('é'.repeat(2049)),
        () => element.sendFile(new File([], 'x.txt', { type: 'text/plain' })),
      ];
      return attempts.map((attempt) => {
        try {
          return attempt();
        } catch (error) {
          return (error as Error).message;
        }
      });
    });
    expect(refusals).toEqual([
      'kite-chat: the text is empty.',
      'kite-chat: This message is too long. Please shorten it.',
      'kite-chat: x.txt was not added. The file is empty.',
    ]);
    await visitor.page.evaluate(() => (document.querySelector('kite-chat') as Element).forget());
    expect(await visitor.page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await visitor.open();
    expect(await visitor.texts()).toEqual([]);
  });

  test('has the attributes and methods that its manifest lists', async () => {
    const { page } = await scene.visitor();
    const { attributes, members } = await page.evaluate(() => {
      const constructor = customElements.get('kite-chat') as unknown as {
        observedAttributes: string[];
        prototype: object;
      };
      return { attributes: constructor.observedAttributes, members: Object.getOwnPropertyNames(constructor.prototype) };
    });
    expect([...attributes].sort()).toEqual(declaration.attributes.map(({ name }) => name).sort());
    for (const { name } of declaration.members) expect(members).toContain(name);
  });
});
