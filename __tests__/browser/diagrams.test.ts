import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';

import { fencesOf } from '../readme/markdown';
import { launchChromium } from './chromium';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '..', '..');

const DIAGRAMS = ['README.md', 'CONTRIBUTING.md', ...inDocs()].flatMap((file) =>
  fencesOf(readFileSync(join(ROOT, file), 'utf8'))
    .filter(({ language }) => language === 'mermaid')
    .map(({ headings, text }) => [file, headings.at(-1) ?? '', text] as const),
);

function inDocs(): string[] {
  return readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file));
}

/** What Mermaid's build for browsers leaves on the page. */
interface Mermaid {
  initialize(options: { startOnLoad: boolean }): void;
  render(id: string, text: string): Promise<{ svg: string }>;
}

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
  await page.addScriptTag({ path: require.resolve('@mermaid-js/tiny') });
});
afterAll(async () => browser?.close());

test.each(DIAGRAMS)('%s: the diagram of "%s" is drawn', async (_, __, text) => {
  const drawn = await page.evaluate(async (source) => {
    const { mermaid } = globalThis as unknown as { mermaid: Mermaid };
    mermaid.initialize({ startOnLoad: false });
    const { svg } = await mermaid.render('diagram', source);
    document.body.innerHTML = svg;
    const { width, height } = document.querySelector('svg')!.getBoundingClientRect();
    return { texts: document.body.textContent ?? '', width, height };
  }, text);
  expect(drawn.texts).not.toContain('Syntax error');
  expect(drawn.width).toBeGreaterThan(100);
  expect(drawn.height).toBeGreaterThan(100);
});
