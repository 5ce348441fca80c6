import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../../emulators/loopback';
import { scratchFolder } from './aws/scratch-folder';

const ROOT = resolve(__dirname, '../..');

let program: ChildProcess | undefined;
afterEach(() => void program?.kill('SIGKILL'));

/** How the program ends when it is asked to. */
async function endedBy(signal: NodeJS.Signals): Promise<unknown> {
  const ended = once(program!, 'exit');
  program!.kill(signal);
  return await ended;
}

/** Runs the first example of a README: a program that is left running, and a command for which it answers. */
async function example(page: string): Promise<{ readonly printed: string; readonly answer: unknown }> {
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, page), 'utf8')) ?? [];
  const [, port = ''] = /--port (\d+)/.exec(block) ?? [];
  const folder = scratchFolder();
  const [start = '', ask = ''] = block
    .replaceAll(port, String(await freePort()))
    .replace('.aws-data', join(folder, 'data'))
    .replace('npx tsx', `exec ${process.execPath} --import tsx`)
    .split('\n');
  program = spawn('bash', ['-c', start], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(program.stdout!, 'data')) as [Buffer];
  const asking = spawn('bash', ['-c', ask], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [answer] = (await once(asking.stdout, 'data')) as [Buffer];
  return { printed: printed.toString(), answer: JSON.parse(answer.toString()) };
}

test('the Telegram emulator starts by the command in its README and answers a bot', async () => {
  const { printed, answer } = await example('emulators/telegram/README.md');
  expect(printed).toMatch(/^Bot API {3}http:\/\/127\.0\.0\.1:\d+\/telegram\/api\nConsole {3}http/);
  expect(answer).toMatchObject({ ok: true, result: { id: 1001, is_bot: true, username: 'support_bot' } });
  expect(await endedBy('SIGINT')).toEqual([0, null]);
});

test('the AWS emulator starts by the command in its README with the resources of a file', async () => {
  const { printed, answer } = await example('emulators/aws/README.md');
  expect(printed).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+$/m);
  expect(answer).toEqual({
    QueueUrls: ['failed.fifo', 'orders.fifo'].map((name) => expect.stringMatching(new RegExp(`/${name}$`))),
  });
  expect(await endedBy('SIGTERM')).toEqual([0, null]);
});
