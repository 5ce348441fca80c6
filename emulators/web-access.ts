import type { IncomingMessage, ServerResponse } from 'node:http';

/** This machine's own names, with any port: one that was forwarded may be another one here. */
const THIS_MACHINE = /^(?:(?:[\w-]+\.)*(?:localhost|127\.0\.0\.1)|\[::1\])(?::\d+)?$/i;

type Asked = Pick<IncomingMessage, 'headers'>;

/**
 * Whether a request is to this machine by a name of its own. A foreign name may lead here as well (DNS
 * rebinding), and a browser then lets its pages read the answers.
 */
export function isToThisMachine({ headers }: Asked): boolean {
  return THIS_MACHINE.test(headers.host ?? '');
}

/**
 * Whether a browser sends a request for a page of another website. Programs send neither header.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function isFromAnotherWebsite({ headers }: Asked): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) return origin !== `http://${host}`;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Refuses a request in a sentence. */
export function refuse(request: IncomingMessage, response: ServerResponse, status: 403 | 421, sentence: string): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${sentence}\n`);
}
