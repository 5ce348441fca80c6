// Starts the chat as the README says (`npm start`) on a free port with a new data folder, waits until it says that it is
// ready, and asks it what a newcomer's browser and wscat would.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const WebSocket = createRequire(import.meta.url)('ws');
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const port = await freePort();
const data = mkdtempSync(join(tmpdir(), 'kite-start-'));
const kite = spawn('npm', ['start'], {
  env: { ...process.env, PORT: String(port), KITE_DATA: data },
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
let printed = '';
kite.stdout.on('data', (chunk) => (printed += chunk));
// Closed, not only ended: npm itself dies of Ctrl-C at once, and what it started then has the last word.
const ended = new Promise((resolve) => kite.on('close', () => resolve('ended')));

const expectEqual = (what, actual, expected) => {
  if (actual !== expected)
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  console.log(`${what}: ${actual}`);
};

try {
  const deadline = Date.now() + 60_000;
  while (!printed.includes('Kite is ready')) {
    if (Date.now() > deadline) throw new Error(`npm start was not ready within 60 s. It printed:\n${printed}`);
    if (kite.exitCode !== null) throw new Error(`npm start ended with ${kite.exitCode}. It printed:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const page = await fetch(`http://localhost:${port}/`);
  expectEqual('GET /', page.status, 200);
  expectEqual('the demo page holds the widget', (await page.text()).includes('<kite-chat'), true);
  expectEqual('GET /telegram', (await fetch(`http://localhost:${port}/telegram`)).status, 200);
  expectEqual('GET /dev/tg', await (await fetch(`http://localhost:${port}/dev/tg`)).text(), 'OK');
  const socket = new WebSocket(`ws://localhost:${port}/dev?param=test`, 'k1te.chat.v1');
  const answer = () =>
    new Promise(
      (resolve, reject) => (socket.once('message', (data) => resolve(String(data))), socket.once('error', reject)),
    );
  await new Promise((resolve, reject) => (socket.once('open', resolve), socket.once('error', reject)));
  expectEqual('subprotocol', socket.protocol, 'k1te.chat.v1');
  socket.send('Hi');
  expectEqual('Hi', await answer(), 'OK');
  socket.send('["PING"]');
  expectEqual('["PING"]', await answer(), '["PONG"]');
  socket.close();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  process.kill(-kite.pid, 'SIGINT');
  const patience = new Promise((resolve) => setTimeout(resolve, 10_000, 'still running').unref());
  expectEqual('after Ctrl-C', await Promise.race([ended, patience]), 'ended');
  expectEqual(
    'its last words',
    printed
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^[\d:]+ +/, ''),
    'Ended. The data is kept.',
  );
  rmSync(data, { recursive: true, force: true });
}
