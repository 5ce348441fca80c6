import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installDynamoDbLocal } from '../../../../emulators/aws/dynamodb/dynamodb-local/installation';
import { freePort } from '../../../../emulators/loopback';

/** Amazon's DynamoDB Local, in memory, on a free port. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): void;
}

/** Whether this machine has a Java to run it with. */
export function hasJava(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Fetches it if need be, starts it, and waits until it answers. */
export async function startDynamoDbLocal(options: readonly string[] = []): Promise<DynamoDbLocal> {
  if (!hasJava())
    throw new Error('DynamoDB Local needs Java 17 or later on the PATH: apt install default-jre-headless');
  const folder = installDynamoDbLocal();
  const port = await freePort();
  const engine = spawn(
    'java',
    ['-Xmx256m', '-jar', join(folder, 'DynamoDBLocal.jar'), '-inMemory', '-port', String(port), ...options],
    // It would tell Amazon that it is used.
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' } },
  );
  let said = '';
  engine.stderr.on('data', (chunk) => (said = `${said}${chunk}`.slice(-2000)));
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(endpoint))) {
    if (engine.exitCode !== null || Date.now() > deadline) {
      engine.kill('SIGKILL');
      throw new Error(`DynamoDB Local did not start. It said: ${said}`);
    }
    await pause(100);
  }
  return { endpoint, stop: () => engine.kill('SIGKILL') };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint);
    return true;
  } catch {
    return false;
  }
}
