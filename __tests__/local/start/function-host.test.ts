import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FunctionHost, type FunctionChange } from '../../../local/start/function-host';
import { newFolder, removeFolder } from './program';

jest.setTimeout(20_000);

let folder: string;
let host: FunctionHost | undefined;
const lines: string[] = [];
const changes: FunctionChange[] = [];

beforeEach(() => {
  folder = newFolder();
  lines.length = 0;
  changes.length = 0;
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  removeFolder(folder);
});

/** A function that answers with its version, after as many milliseconds as the event says. */
function write(version: string, more = ''): void {
  const code = `
    import { parentPort } from 'node:worker_threads';
    ${more}
    parentPort.on('message', async ({ id, event }) => {
      if (event.crash) process.exit(7);
      if (event.fail) {
        const { message, stack } = new Error('refused');
        return parentPort.postMessage({ id, error: { message, stack } });
      }
      console.log(JSON.stringify({ level: 'INFO', message: 'called' }));
      await new Promise((resolve) => setTimeout(resolve, event.wait ?? 0));
      parentPort.postMessage({ id, value: { version: '${version}', stage: process.env.STAGE, path: process.env.PATH } });
    });
    parentPort.postMessage('ready');
  `;
  writeFileSync(join(folder, 'worker.ts'), code);
}

const start = (): Promise<FunctionHost> =>
  FunctionHost.start({
    folder: join(folder, 'built'),
    entryPoint: join(folder, 'worker.ts'),
    environment: { STAGE: 'dev' },
    onLine: (line) => lines.push(line),
    onChange: (change) => changes.push(change),
  });

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${condition}; changes: ${JSON.stringify(changes)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

test('functions run with their own environment and nothing else of it', async () => {
  write('one');
  host = await start();
  expect(await host.invoke('request-dispatcher', {})).toEqual({ version: 'one', stage: 'dev', path: undefined });
  await until(() => lines.includes('{"level":"INFO","message":"called"}'));
});

test('a function that fails rejects with its words, and where in the source it was', async () => {
  write('one');
  host = await start();
  const error = await host.invoke('lifecycle-handler', { fail: true }).catch((cause: Error) => cause);
  expect(error).toMatchObject({ message: 'refused', stack: expect.stringContaining(`${join(folder, 'worker.ts')}:`) });
});

test('a change of the source replaces the functions; what was begun is finished by the old ones', async () => {
  write('one');
  host = await start();
  const slow = host.invoke('request-dispatcher', { wait: 4000 });
  write('two');
  await until(() => changes.length > 0);
  expect(changes).toEqual([{ kind: 'reloaded', duration: expect.any(Number) }]);
  expect(await host.invoke('request-dispatcher', {})).toMatchObject({ version: 'two' });
  expect(await slow).toMatchObject({ version: 'one' });
});

test.each([
  ['cannot be built', 'const = ;', /worker\.ts:3 Expected identifier/],
  ['cannot be started', 'throw new Error("no table");', /no table/],
])('source that %s leaves the functions as they were', async (_, mistake, problem) => {
  write('one');
  host = await start();
  write('two', mistake);
  await until(() => changes.length > 0);
  expect(changes).toEqual([{ kind: 'broken', problems: [expect.stringMatching(problem)] }]);
  expect(await host.invoke('request-dispatcher', {})).toMatchObject({ version: 'one' });
});

test('functions that end by themselves fail what they had begun, and are there for the next event', async () => {
  write('one');
  host = await start();
  const begun = host.invoke('request-dispatcher', { wait: 60_000 });
  const crash = host.invoke('request-dispatcher', { crash: true });
  await expect(begun).rejects.toThrow('The function did not finish');
  await expect(crash).rejects.toThrow('The function did not finish');
  expect(changes).toMatchObject([{ kind: 'crashed' }]);
  const [one, two] = await Promise.all([host.invoke('request-dispatcher', {}), host.invoke('request-dispatcher', {})]);
  expect([one, two]).toEqual([one, one]);
});

test('source that never worked ends in a sentence', async () => {
  write('one', 'const = ;');
  await expect(start()).rejects.toThrow(/^The functions cannot be built: .*worker\.ts:3 /);
  write('one', 'throw new Error("no table");');
  await expect(start()).rejects.toThrow(/^The functions cannot be started: no table/);
});
