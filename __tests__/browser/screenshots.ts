/**
 * Takes the pictures of the README: `npx tsx __tests__/browser/screenshots.ts` writes them to `docs/images/`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium';
import { LocalChat } from './local-chat';
import { Operator, type TestFile, Visitor } from './people';

const FOLDER = join(__dirname, '..', '..', 'docs', 'images');

/** A drawing of what the visitor asks about. */
const PARCEL = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="260" viewBox="0 0 420 260">
  <rect width="420" height="260" fill="#dfe9f3"/><rect y="190" width="420" height="70" fill="#c7b299"/>
  <path d="M110 90 220 60l100 34v94l-104 40-106-44Z" fill="#c98f4e"/><path d="m110 90 106 40 104-36-100-34Z" fill="#e2b06f"/>
  <path d="M216 130v98" stroke="#a26f35" stroke-width="3"/><path d="m160 76 108 36v26l-18-10-14 18v-22L128 84Z" fill="#f3e3c4"/>
  <path d="m258 178 22-8m-22 20 34-12" stroke="#7a5227" stroke-width="4" stroke-linecap="round"/>
  <path d="m120 150 40-30 14 26 34-20" fill="none" stroke="#5b3a17" stroke-width="4" stroke-linejoin="round"/></svg>`;

async function picture(browser: Browser): Promise<TestFile> {
  const page = await browser.newPage({ viewport: { width: 420, height: 260 } });
  await page.setContent(`<body style="margin:0">${PARCEL}</body>`);
  const buffer = await page.screenshot();
  await page.close();
  return { name: 'parcel.png', mimeType: 'image/png', buffer };
}

async function take(chat: LocalChat, browser: Browser): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1320, height: 780 } });
  const other = await browser.newContext({ locale: 'en-GB' });
  const file = await picture(browser);

  const second = await Visitor.visit(other, chat.url);
  await second.open();
  await second.write('Can I pay by invoice?');
  await second.allSent();

  const visitor = await Visitor.visit(context, chat.url);
  await visitor.open();
  await visitor.write('Good morning! My parcel came yesterday, and the corner is torn.');
  await visitor.attach(file);
  await visitor.page.getByRole('button', { name: 'Send' }).click();
  await visitor.allSent();

  const operator = await Operator.visit(context, chat.url);
  await operator.openTopic('Good morning!');
  await operator.does('Reply', 'Good morning!');
  await operator.write('Good morning! I am sorry about that. Is anything inside damaged? 📦');
  await visitor.write('No, all fine, only the box. Thank you for asking!');
  await visitor.allSent();
  await operator.write('Then keep this, in case you find something later.');
  await operator.attach({ name: 'return form.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(84_000, '%PDF') });
  await visitor.page.getByRole('link', { name: 'return form.pdf' }).waitFor();

  await visitor.page.bringToFront();
  await visitor.page.mouse.move(0, 0);
  await settle(visitor);
  await visitor.page.screenshot({ path: join(FOLDER, 'demo-light.png') });
  await visitor.page.emulateMedia({ colorScheme: 'dark' });
  await settle(visitor);
  await visitor.page.screenshot({ path: join(FOLDER, 'demo-dark.png') });
  await visitor.page.setViewportSize({ width: 390, height: 780 });
  await settle(visitor);
  await visitor.page.screenshot({ path: join(FOLDER, 'phone-dark.png') });

  await operator.page.bringToFront();
  await operator.page.mouse.move(0, 0);
  await operator.page.screenshot({ path: join(FOLDER, 'console-light.png') });
  await operator.page.emulateMedia({ colorScheme: 'dark' });
  await operator.page.screenshot({ path: join(FOLDER, 'console-dark.png') });
}

/** Lets the page show the last message and come to rest. */
async function settle({ page }: Visitor): Promise<void> {
  await page.locator('kite-chat .log').evaluate((log) => (log.scrollTop = log.scrollHeight));
  await page.waitForTimeout(300);
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const [chat, browser] = await Promise.all([LocalChat.start(), launchChromium()]);
  try {
    await take(chat, browser);
  } finally {
    await browser.close();
    await chat.remove();
  }
}

void main();
