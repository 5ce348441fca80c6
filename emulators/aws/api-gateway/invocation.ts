import type { ServedRoute } from './definition';
import { readProxyResponse, type ProxyResponse } from './proxy-response';

/**
 * Runs a function with one event and resolves to what it returned; rejects if the function failed or is not there.
 * The reference is an ARN or a name as the integration has it, e.g. `arn:aws:lambda:...:function:dev-request-dispatcher:live`.
 */
export type Invoke = (functionReference: string, event: object) => Promise<unknown>;

/** What a route's function answered, or why there is no answer. */
export type Integrated = { readonly response: ProxyResponse } | { readonly timedOut: boolean; readonly error: unknown };

/** Invokes the function of a route and waits for it at most the given milliseconds; never rejects. */
export async function integrate(
  invoke: Invoke,
  { functionReference }: ServedRoute,
  event: object,
  milliseconds: number,
  format: 'websocket' | '2.0',
): Promise<Integrated> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Integrated>((resolve) => {
    const error = new Error(`${functionReference} took longer than ${milliseconds} ms.`);
    timer = setTimeout(() => resolve({ timedOut: true, error }), milliseconds);
  });
  const run = async (): Promise<Integrated> => {
    try {
      const response = readProxyResponse(await invoke(functionReference, event), format);
      if (response) return { response };
      const expected = format === '2.0' ? 'of payload format 2.0' : 'an object with a statusCode';
      throw new Error(`${functionReference} returned no proxy response: ${expected}.`);
    } catch (error) {
      return { timedOut: false, error };
    }
  };
  try {
    return await Promise.race([run(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
