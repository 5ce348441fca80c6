import type { ConsoleView } from '../../emulators/telegram/console/view-types';
import type { BrowserContext, Locator, Page } from 'playwright-core';

/** A file as Playwright puts it into a form. */
export interface TestFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** How long a message stays where somebody points, at most, milliseconds. */
const POINTED_MS = 3_000;

/** The first value that there is. Playwright's own waiting takes no promises. @throws Error after 15 seconds */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error('It did not happen within 15 s.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Somebody on the demo website. */
export class Visitor {
  private constructor(readonly page: Page) {}

  static async visit(context: BrowserContext, url: string): Promise<Visitor> {
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => customElements.get('kite-chat') !== undefined);
    return new Visitor(page);
  }

  get launcher(): Locator {
    return this.page.locator('kite-chat .launcher');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Write a message' });
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await this.composer.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  async attach(...files: TestFile[]): Promise<void> {
    await this.page.locator('kite-chat input[type=file]').setInputFiles(files);
  }

  /** Every text in the chat, top to bottom. */
  async texts(): Promise<string[]> {
    return await this.page.locator('kite-chat .bubble').allInnerTexts();
  }

  async sees(text: string): Promise<void> {
    await this.page.locator('kite-chat .bubble', { hasText: text }).first().waitFor();
  }

  /** Waits until everything the visitor wrote is at the server. */
  async allSent(): Promise<void> {
    await this.page.waitForFunction(() => {
      const shadow = document.querySelector('kite-chat')?.shadowRoot;
      return shadow?.querySelector('.message.visitor') && !shadow.querySelector('.message.sending');
    });
  }

  /** Waits until this browser keeps a text. */
  async stored(text: string): Promise<void> {
    const isStored = async (wanted: string): Promise<boolean> => {
      const [{ name } = {}] = await indexedDB.databases();
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(name ?? '');
        request.onsuccess = () => resolve(request.result);
      });
      const messages = await new Promise<{ text?: string }[]>((resolve) => {
        const request = database.transaction('messages').objectStore('messages').getAll() as IDBRequest<
          { text?: string }[]
        >;
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      return messages.some(({ text: kept }) => kept === wanted);
    };
    await until(async () => ((await this.page.evaluate(isStored, text)) ? true : undefined));
  }

  async status(text: string): Promise<void> {
    await this.page.locator('kite-chat .status', { hasText: text }).waitFor();
  }
}

/** Somebody in the operator console. */
export class Operator {
  private constructor(readonly page: Page) {}

  static async visit(context: BrowserContext, url: string): Promise<Operator> {
    const page = await context.newPage();
    await page.goto(`${url}/telegram`);
    await page.getByRole('navigation').waitFor();
    return new Operator(page);
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  /** Opens the topic that holds the text, as soon as there is one. */
  async openTopic(text: string): Promise<void> {
    const name = await until(async () => {
      const view = (await (
        await this.page.request.get(new URL('/telegram/state', this.page.url()).href)
      ).json()) as ConsoleView;
      for (const chat of view.chats) {
        const message = chat.messages.find((candidate) => (candidate.text ?? candidate.caption)?.includes(text));
        const topic = chat.topics.find(({ id }) => id === message?.message_thread_id);
        if (topic) return topic.name;
      }
      return undefined;
    });
    await this.page.locator('button.topic', { hasText: name }).click();
    await this.sees(text);
  }

  async openGroup(title: string): Promise<void> {
    await this.page.locator('button.row:not(.topic)', { hasText: title }).click();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.sees(text);
  }

  async attach(...files: TestFile[]): Promise<void> {
    await this.page.locator('operator-console input[type=file]').setInputFiles(files);
  }

  message(text: string): Locator {
    return this.page.locator('operator-console article', { hasText: text }).last();
  }

  /** Points at a message and presses one of its buttons; points again if the list has moved away meanwhile, as people do. */
  async does(action: string, text: string): Promise<void> {
    const button = this.message(text).getByRole('button', { name: action, exact: true });
    for (let tries = 1; ; tries += 1) {
      await this.message(text).hover();
      try {
        return await button.click({ timeout: POINTED_MS });
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** What people wrote in the open topic, top to bottom, without headers and without what the bot says itself. */
  async texts(): Promise<string[]> {
    const texts = await this.page.locator('operator-console article .body').allInnerTexts();
    return texts.filter((text) => !text.startsWith('🔔')).map((text) => text.replace(/^#\w+ .*\n/, ''));
  }

  async sees(text: string): Promise<void> {
    await this.message(text).waitFor();
  }
}
