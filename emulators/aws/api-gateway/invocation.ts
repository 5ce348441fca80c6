/**
 * Runs a function with one event and resolves to what it returned; rejects if the function failed or is not there.
 * The reference is an ARN or a name as the integration has it, e.g. `arn:aws:lambda:...:function:dev-request-dispatcher:live`.
 */
export type Invoke = (functionReference: string, event: object) => Promise<unknown>;

/** How an invocation ended. */
export type InvocationOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed-out' };

/** Invokes a function and waits for it at most the given milliseconds; never rejects. */
export async function invokeWithin(
  invoke: Invoke,
  functionReference: string,
  event: object,
  milliseconds: number,
): Promise<InvocationOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<InvocationOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed-out' }), milliseconds);
  });
  const run = async (): Promise<InvocationOutcome> => {
    try {
      return { kind: 'returned', value: await invoke(functionReference, event) };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };
  try {
    return await Promise.race([run(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
