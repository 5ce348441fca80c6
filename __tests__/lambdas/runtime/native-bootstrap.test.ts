import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { bundle } from '../../../lambdas/build/bundle';
import { compile } from '../../../lambdas/build/executable';
import { FakeRuntimeApi } from './fake-runtime-api';

/** What this machine can start; undefined: nothing that is made for Lambda. */
const architecture =
  process.platform === 'linux'
    ? ({ x64: 'x86_64', arm64: 'arm64' } as const)[process.arch as 'x64' | 'arm64']
    : undefined;
if (architecture === undefined)
  console.log(`A Lambda executable cannot be started on ${process.platform} ${process.arch}.`);
const describeOnLinux = architecture === undefined ? describe.skip : describe; // Only Linux starts Lambda executables. CI runs it.

describeOnLinux('the native build', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kite-bootstrap-'));
  const projectFolder = path.resolve(__dirname, '../../..');
  let api: FakeRuntimeApi;
  let child: ChildProcess | undefined;

  async function start(source: string, environment: Record<string, string> = {}): Promise<() => string> {
    const entry = path.join(folder, 'index.ts');
    fs.writeFileSync(entry, source);
    const [{ code }] = await bundle({ name: 'function', entry }, 'native', projectFolder);
    fs.rmSync(path.join(folder, 'bootstrap'), { force: true });
    fs.writeFileSync(path.join(folder, 'bootstrap'), await compile(code, architecture ?? 'x86_64'), { mode: 0o755 });
    let printed = '';
    child = spawn(path.join(folder, 'bootstrap'), {
      cwd: folder,
      env: { AWS_LAMBDA_RUNTIME_API: api.address, ...environment },
    });
    child.stderr?.on('data', (chunk) => (printed += chunk));
    return () => printed;
  }

  beforeEach(async () => (api = await new FakeRuntimeApi().start()));
  afterEach(async () => {
    child?.kill('SIGKILL');
    await api.stop();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const ended = () => new Promise((resolve) => child?.on('exit', resolve));

  test('answers invocations, ignoring a .env beside it', async () => {
    fs.writeFileSync(path.join(folder, '.env'), 'STAGE=wrong\n');
    api.invoke({ n: 20 });
    api.invoke({ n: 21 });
    await start(
      'export const handler = async (event: { n: number }) => ({ answer: event.n * 2, stage: process.env.STAGE });',
      {
        STAGE: 'dev',
      },
    );
    expect((await api.heard(2)).map(({ body }) => body)).toEqual([
      { answer: 40, stage: 'dev' },
      { answer: 42, stage: 'dev' },
    ]);
    expect(api.connections).toBe(1);
  }, 30_000);

  test('tells Lambda why it cannot start', async () => {
    await start("if (!process.env.STAGE) throw new Error('STAGE is not set.');\nexport const handler = () => 'never';");
    expect(await ended()).toBe(1);
    expect(api.said).toMatchObject([{ path: '/init/error', body: { errorMessage: 'STAGE is not set.' } }]);
  }, 30_000);

  test('fails the invocation and ends when a promise is forgotten', async () => {
    api.invoke({});
    await start(
      "export const handler = () => { void Promise.reject(new Error('forgotten')); return new Promise(() => setTimeout(() => undefined, 60_000)); };",
    );
    expect(await ended()).toBe(128);
    expect(api.said).toMatchObject([{ path: '/invocation/request-1/error', body: { errorMessage: 'forgotten' } }]);
  }, 30_000);
});
