import { request as httpRequest, type Agent } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AwsReply } from './aws-reply';
import type { RawRequest } from './aws-request';

/** Headers of one hop, which a proxy must not pass on (RFC 9110, section 7.6.1). */
const ONE_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'expect',
  'proxy-connection',
  'te',
  'upgrade',
]);

/** Sends a request to a port of this machine and reads the answer to its end. @param host the header, if it is another one there */
export async function forward(
  raw: RawRequest,
  port: number,
  agent?: Agent,
  host = raw.headers.host,
): Promise<AwsReply> {
  const headers = Object.fromEntries(Object.entries(raw.headers).filter(([name]) => !ONE_HOP.has(name)));
  const withLength = raw.body.length > 0 || ['POST', 'PUT', 'PATCH'].includes(raw.method);
  return await new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method: raw.method,
        path: raw.url,
        agent,
        headers: {
          ...headers,
          ...(host ? { host } : {}),
          ...(withLength ? { 'content-length': raw.body.length } : {}),
        },
      },
      (incoming) => {
        const kept = Object.entries(incoming.headers).filter(
          ([name, value]) =>
            value !== undefined && (!ONE_HOP.has(name) || (raw.method === 'HEAD' && name === 'content-length')),
        );
        const headers = Object.fromEntries(kept) as Record<string, string | string[]>;
        const status = incoming.statusCode ?? 502;
        buffer(incoming).then((body) => resolve({ status, headers, body }), reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(raw.body);
  });
}
