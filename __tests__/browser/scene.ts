import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from './chromium';
import { LocalChat } from './local-chat';
import { Operator, Visitor } from './people';

/** The chat of `npm start`, and the browsers that people open. */
export interface Scene {
  readonly chat: LocalChat;
  readonly browser: Browser;
  /** The browser of the first person, a new one for each test. */
  readonly context: BrowserContext;
  /** Somebody opens the demo website. @default in the first person's browser, the website's first page */
  visitor(context?: BrowserContext, path?: string): Promise<Visitor>;
  /** Somebody opens the operator console, in the first person's browser. */
  operator(): Promise<Operator>;
}

/** Gives the tests of a `describe` one chat, and each test a browser of its own. */
export function setScene(options: BrowserContextOptions = {}): Scene {
  let chat: LocalChat | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
    chat = await LocalChat.start();
  });
  afterAll(async () => {
    await browser?.close();
    await chat?.remove();
  });
  beforeEach(async () => {
    context = await browser!.newContext(options);
    context.setDefaultTimeout(15_000);
  });
  afterEach(() => context?.close());

  return {
    get chat() {
      return chat!;
    },
    get browser() {
      return browser!;
    },
    get context() {
      return context!;
    },
    visitor: (own = context!, path = '') => Visitor.visit(own, `${chat!.url}${path}`),
    operator: () => Operator.visit(context!, chat!.url),
  };
}
