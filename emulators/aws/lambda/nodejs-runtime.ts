/**
 * What `nodejs*.x` adds to a function's code: it loads the handler and serves the Runtime API.
 * Compiled to a file of its own and run by the plain Node of this machine, never imported. Arguments: address of the
 * Runtime API, handler, folder of the code, and the members of the context object that never change, as JSON.
 */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

interface Answer {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

type Handler = (event: unknown, context: unknown) => unknown;

const [authority = '', handlerName = '', folder = '', constants = '{}'] = process.argv.slice(2);
const [host, port] = authority.split(':');

async function call(method: string, path: string, body?: string): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request({ host, port, method, path: `/2018-06-01/runtime${path}` }, (incoming) => {
      text(incoming).then((body) => resolve({ headers: incoming.headers, body }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function described(error: unknown): string {
  if (!(error instanceof Error))
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') });
}

async function load(): Promise<Handler> {
  const [file = '', name = ''] = [handlerName.slice(0, handlerName.lastIndexOf('.')), handlerName.split('.').at(-1)];
  const path = ['.js', '.mjs', '.cjs']
    .map((ending) => join(folder, file + ending))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`Cannot find module '${file}'`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== 'function') throw new Error(`${handlerName} is undefined or not exported`);
  return handler as Handler;
}

async function serve(): Promise<void> {
  let handler: Handler;
  try {
    handler = await load();
  } catch (error) {
    await call('POST', '/init/error', described(error));
    process.exit(1);
  }
  for (;;) {
    const { headers, body } = await call('GET', '/invocation/next');
    const id = String(headers['lambda-runtime-aws-request-id']);
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    const context = {
      awsRequestId: id,
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      ...(JSON.parse(constants) as object),
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    let path = `/invocation/${id}/response`;
    let answer: string;
    try {
      answer = JSON.stringify((await handler(JSON.parse(body), context)) ?? null);
    } catch (error) {
      path = `/invocation/${id}/error`;
      answer = described(error);
    }
    await call('POST', path, answer);
  }
}

serve().catch(() => process.exit(1));
