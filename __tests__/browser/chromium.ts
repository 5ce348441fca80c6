import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * @param switches of the command line, beside those that every test needs
 * @throws Error with what to do, if there is no Chromium on this machine
 */
export async function launchChromium(switches: readonly string[] = []): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM_PATH, ...USUAL_PLACES].find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error(
      'The browser tests need Chromium: install it (on Debian: apt-get install chromium), or say where it is with CHROMIUM_PATH.',
    );
  }
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...switches,
    ],
  });
}
