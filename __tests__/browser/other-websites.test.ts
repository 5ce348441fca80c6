import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { listen } from '../../emulators/loopback';
import { launchChromium } from './chromium';
import { LocalChat } from './local-chat';
import { Visitor } from './people';

jest.setTimeout(60_000);

/** A name that a stranger owns, and that leads to this machine. */
const REBOUND = 'rebound.example';
const STRANGER = 'https://stranger.example/updates';

describe('what another website can reach of npm start', () => {
  let browser: Browser;
  let chat: LocalChat;
  let website: Server;
  /** A website on another port of this machine. */
  let elsewhere: string;
  /** What it shows. */
  let html = '';
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium([`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`]);
    chat = await LocalChat.start();
    website = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
    elsewhere = `http://127.0.0.1:${await listen(website)}`;
  });
  afterAll(async () => {
    await browser?.close();
    await chat?.remove();
    website?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(15_000);
  });
  afterEach(() => page.close());

  /** The path of the bot's API. The token is in the data folder. */
  function api(): string {
    const state = readFileSync(join(chat.folder, 'telegram', 'telegram.json'), 'utf8');
    const token = /"token":"([^"]+)"/.exec(state)?.[1] ?? '';
    return `${chat.url}/telegram/api/bot${token}`;
  }

  const webhook = async (): Promise<unknown> =>
    ((await (await fetch(`${api()}/getWebhookInfo`)).json()) as { result: { url: string } }).result.url;

  /** Opens a website that loads something of npm start; the status of the answer. */
  async function loading(url: string, body: string): Promise<number> {
    html = body;
    const answered = page.waitForResponse((response) => response.url().startsWith(url));
    await page.goto(elsewhere);
    return (await answered).status();
  }

  test('its page may have the widget: the chat works there as on any website', async () => {
    html = `<script type="module" src="${chat.url}/kite-chat.js"></script>
<kite-chat endpoint="${chat.url.replace('http', 'ws')}/dev?c=kite-demo"></kite-chat>`;
    const context = await browser.newContext();
    const visitor = await Visitor.visit(context, elsewhere);
    await visitor.open();
    await visitor.write('Hello from another website');
    await visitor.allSent();
    await context.close();
  });

  test('it cannot redirect the bot’s updates, not even with the token', async () => {
    const before = await webhook();
    const url = `${api()}/setWebhook?url=${encodeURIComponent(STRANGER)}`;
    html = `<img src="${url}">`;
    await page.goto(elsewhere, { waitUntil: 'load' });
    expect(await webhook()).toBe(before);
  });

  test('each start has a new token', async () => {
    const before = api();
    await chat.restart();
    expect(api()).not.toBe(before);
    expect(await webhook()).toBe(`${chat.url}/dev/tg`);
  });

  test('it cannot ask for the conversations', async () => {
    const url = `${chat.url}/telegram/state`;
    expect(await loading(url, `<script>fetch('${url}', { mode: 'no-cors' })</script>`)).toBe(403);
  });

  test('it cannot put the console into a frame', async () => {
    const url = `${chat.url}/telegram`;
    const refused = page.waitForEvent('console', (line) => /frame/i.test(line.text()));
    await loading(url, `<iframe src="${url}"></iframe>`);
    expect((await refused).text()).toMatch(/frame-ancestors|X-Frame-Options/);
    expect(page.frames().at(-1)?.url()).not.toBe(url);
  });

  test('a hostname of its own that resolves to this machine shows it nothing', async () => {
    const rebound = chat.url.replace('localhost', REBOUND);
    for (const path of ['/', '/telegram', '/telegram/state', '/dev/tg']) {
      const response = await page.goto(`${rebound}${path}`);
      expect([path, response?.status()]).toEqual([path, 421]);
    }
    expect(await page.locator('body').innerText()).toContain(`This is ${chat.url}`);
  });

  test('a link to the console works', async () => {
    html = `<a href="${chat.url}/telegram">console</a>`;
    await page.goto(elsewhere);
    await page.getByText('console').click();
    await page.waitForURL(`${chat.url}/telegram`);
    await page.locator('operator-console').getByText('Kite support').first().waitFor();
  });
});
