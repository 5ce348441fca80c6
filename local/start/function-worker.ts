import { parentPort } from 'node:worker_threads';
import { dispatcherEnvironment, lifecycleEnvironment } from '../../lambdas/adapters/environment';
import { createLifecycleHandler } from '../../lambdas/lifecycle/wiring';
import { createRequestDispatcher } from '../../lambdas/request-dispatcher/wiring';

/** The functions of a stage by the names that `FunctionHost.invoke` takes. */
export type FunctionName = 'request-dispatcher' | 'lifecycle-handler';

/** One event for a function. */
export interface Invocation {
  readonly id: number;
  readonly name: FunctionName;
  readonly event: object;
}

/** What became of it. */
export interface InvocationAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly stack: string | undefined };
}

// Runs in a thread of its own, bundled by FunctionHost, with the environment that the functions have in AWS.

const functions: Readonly<Record<FunctionName, (event: unknown) => Promise<unknown>>> = {
  'request-dispatcher': createRequestDispatcher(dispatcherEnvironment()),
  'lifecycle-handler': createLifecycleHandler(lifecycleEnvironment()),
};

parentPort?.on('message', ({ id, name, event }: Invocation) => {
  const answer = (result: InvocationAnswer): void => parentPort?.postMessage(result);
  functions[name](event).then(
    // As JSON, which is what Lambda would make of it.
    (value) => answer({ id, value: value === undefined ? undefined : JSON.parse(JSON.stringify(value)) }),
    (error: unknown) => {
      const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
      answer({ id, error: { message, stack } });
    },
  );
});
parentPort?.postMessage('ready');
