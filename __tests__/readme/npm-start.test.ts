import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../emulators/loopback';

import { fencesOf } from './markdown';
import { readme, readmeText } from './readme';
import { newCheckout, removeCheckout, Typed } from './shell';

jest.setTimeout(90_000);

let folder: string;
let running: Typed | undefined;
beforeEach(() => {
  folder = newCheckout();
});
afterEach(async () => {
  await running?.interrupt();
  running = undefined;
  removeCheckout(folder);
});

test('PORT=8080 npm start serves there, and what README.md shows is what is seen, word for word', async () => {
  const port = await freePort();
  running = new Typed(folder, readme('PORT=8080 npm start').replace('8080', `${port}`));
  await running.prints('Kite is ready');
  expect(existsSync(join(folder, '.kite'))).toBe(true);

  const here = (command: string) => command.replace('localhost:3000', `localhost:${port}`);
  const [chat, health] = transcript();
  expect(chat?.command).toBe(readme("npx wscat -s k1te.chat.v1 -c 'ws://localhost:3000/dev?param=test'"));
  const wscat = new Typed(folder, here(chat!.command));
  // Without a terminal wscat leaves out its signs, and whatever it would say of itself.
  for (const [typed, seen] of pairs(chat!.lines)) {
    expect([typed?.slice(0, 2), seen?.slice(0, 2)]).toEqual(['> ', '< ']);
    await wscat.answers(typed!.slice(2), seen!.slice(2));
  }
  await wscat.interrupt();

  expect(health?.command).toBe(readme('curl http://localhost:3000/dev/tg'));
  const curl = new Typed(folder, here(health!.command).replace('curl', 'curl --silent --show-error'));
  expect({ status: await curl.ended, printed: curl.output.trim() }).toEqual({ status: 0, printed: health!.lines[0] });
});

test('npm start -- --reset starts without data', async () => {
  const old = join(folder, '.kite', 'dynamodb', 'from-before');
  mkdirSync(join(old, '..'), { recursive: true });
  writeFileSync(old, '');
  running = new Typed(folder, readme('npm start -- --reset'), { PORT: '0' });
  await running.prints('Kite is ready');
  expect(existsSync(old)).toBe(false);
});

// The parent must not kill a program that is slow to shut down: its data would be lost.
test('a busy npm start still shuts down cleanly on Ctrl-C', async () => {
  running = new Typed(folder, 'npm start', { PORT: '0' });
  await running.prints('Kite is ready');
  await running.interruptBusy('local/start/main.ts', 1_000);
  expect(running.output).toContain('Ended. The data is kept.');
});

function pairs<T>(all: readonly T[]): (readonly T[])[] {
  return all.flatMap((_, index) => (index % 2 === 0 ? [all.slice(index, index + 2)] : []));
}

/** The `console` block: each command with what is typed and seen after it. */
function transcript(): { command: string; lines: string[] }[] {
  const block = fencesOf(readmeText()).find(({ language }) => language === 'console');
  return (block?.text ?? '')
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...lines] = part.trim().split('\n');
      return { command, lines };
    });
}
