import { parsed } from '../../../json';

const EXPRESSION = /^\$?\{?\$?request\.body((?:\.?\[(?:\d+|'[^']+'|"[^"]+")\]|\.[A-Za-z0-9_-]+)+)\}?$/;
const STEP = /\[(\d+)\]|\[['"]([^'"]+)['"]\]|\.([A-Za-z0-9_-]+)/g;

/**
 * Evaluates a WebSocket API's route selection expression (`$request.body.action`, `${request.body.action}`,
 * `$request.body.[0]`) over a message.
 *
 * The result is stringified, as API Gateway does; undefined means that the `$default` route is meant: the message is not
 * JSON, or the path leads nowhere.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 * @throws Error if the expression is none that API Gateway takes
 */
export function selectRouteKey(expression: string, message: string): string | undefined {
  const path = EXPRESSION.exec(expression)?.[1];
  if (path === undefined) {
    throw new Error(
      `The route selection expression "${expression}" is not of the form $request.body.<path>, e.g. $request.body.[0].`,
    );
  }
  let value = parsed(message);
  for (const [, index, quoted, name] of path.matchAll(STEP)) {
    const key = index ?? quoted ?? name ?? '';
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
