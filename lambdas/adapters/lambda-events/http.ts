import type { OperatorSide } from '../../chat/ports';
import type { VisitorSide } from '../../chat/browser-side';
import type { ProxyAnswer } from './websocket';

/** The part of API Gateway's HTTP event (payload format 2.0) that is read here. */
export interface HttpEvent {
  readonly requestContext: {
    readonly http: { readonly method: string; readonly path: string };
    readonly stage?: string;
    /** `requestId` in the access log. */
    readonly requestId?: string;
  };
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** What an HTTP request may need. */
export interface HttpTargets {
  readonly visitors: VisitorSide;
  readonly operators: OperatorSide;
  /** Whether this is the secret that the webhook was registered with. */
  readonly isWebhookSecret: (secret: string | undefined) => Promise<boolean>;
}

export function isHttpEvent(event: object): event is HttpEvent {
  const context = (event as Partial<HttpEvent>).requestContext;
  return typeof context?.http?.method === 'string' && typeof context.http.path === 'string';
}

/** Nothing that is answered here is ever taken for another type. What it redirects to is S3's answer, which cannot say so. */
const NO_SNIFFING = { 'x-content-type-options': 'nosniff' };

/** A website's script may follow a link to a file: who has the link may have the file, and nothing else is sent along. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*' };

/** Answers a request to the HTTP API: the webhook, its health check, links to files. */
export async function answerHttp(event: HttpEvent, targets: HttpTargets): Promise<ProxyAnswer> {
  const { method } = event.requestContext.http;
  const path = pathInStage(event);
  if (path === '/tg') return method === 'POST' ? receiveUpdate(event, targets) : text(200, 'OK');
  if (path.startsWith('/files/') && method === 'GET') {
    const location = await targets.visitors.fileLink(path.slice('/files/'.length));
    if (location === undefined) return text(404, 'There is no such file');
    return {
      statusCode: 302,
      headers: { location, 'cache-control': 'private, no-store', ...NO_SNIFFING, ...ANY_ORIGIN },
    };
  }
  return text(404, 'Not found');
}

/** 200 for every update that needs not come again; 503 makes Telegram send it again. */
async function receiveUpdate(event: HttpEvent, targets: HttpTargets): Promise<ProxyAnswer> {
  if (!(await targets.isWebhookSecret(event.headers?.['x-telegram-bot-api-secret-token']))) {
    return text(401, 'Unauthorized');
  }
  const update = parseBody(event);
  if (update === undefined) return text(200, 'Ignored: not JSON');
  const outcome = await targets.operators.receiveUpdate(update);
  return outcome === 'retry' ? text(503, 'Try again') : text(200, 'OK');
}

function parseBody({ body, isBase64Encoded }: HttpEvent): unknown {
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? ''));
  } catch {
    return undefined;
  }
}

/** The path without the stage, which a custom domain's mapping has taken off already. */
function pathInStage({ requestContext: { http, stage } }: HttpEvent): string {
  const prefix = `/${stage}`;
  return stage && http.path.startsWith(`${prefix}/`) ? http.path.slice(prefix.length) : http.path;
}

function text(statusCode: number, body: string): ProxyAnswer {
  return { statusCode, headers: { 'content-type': 'text/plain; charset=utf-8', ...NO_SNIFFING }, body };
}
