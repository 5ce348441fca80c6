import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { freePort } from '../../emulators/loopback';
import { createTelegram } from '../../emulators/telegram';
import type { ChatUnderTest } from './driver';
import { remoteChat } from './remote';

const TOKEN = '234567:npm-start-contract-test-token';
const BOT = 'kite_start_bot';
const ROOT = path.resolve(__dirname, '../..');

/** `npm start` in a process of its own, with a Bot API server of the test's. */
export async function npmStartChat(): Promise<ChatUnderTest> {
  const telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT, privacyMode: false }] });
  const { apiRoot } = await telegram.listen();
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'kite-contract-'));
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, 'local/start/main.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      PORT: String(port),
      KITE_DATA: path.join(folder, 'data'),
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  const origin = `http://127.0.0.1:${port}`;
  try {
    await untilItAnswers(`${origin}/dev/tg`, child);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${output.join('')}`);
  }
  return remoteChat({
    websocketUrl: `ws://127.0.0.1:${port}/dev`,
    apiUrl: `${origin}/dev`,
    telegram,
    bot: BOT,
    async close() {
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
        await ended;
        clearTimeout(timer);
      }
      await telegram.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + 60_000; ;) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
    try {
      if ((await fetch(url)).status === 200) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > end) throw new Error('npm start does not answer');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
