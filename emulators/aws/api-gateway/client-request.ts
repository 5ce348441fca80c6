import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Where a request came from, as API Gateway sees it. */
export function sourceIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** The path and query of a request's target; the path keeps its percent-encoding. */
export function splitTarget(request: IncomingMessage): { path: string; query: string } {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** The headers that API Gateway adds to every request before a function sees it. */
export function forwardingHeaders(request: IncomingMessage): Record<string, string> {
  return {
    'X-Amzn-Trace-Id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
    'X-Forwarded-For': sourceIp(request),
    'X-Forwarded-Port': String(request.socket.localPort ?? 80),
    'X-Forwarded-Proto': 'http',
  };
}
