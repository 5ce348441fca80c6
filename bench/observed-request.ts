import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ledger, Service } from './ledger';

/** Notes a request to the embedded cloud, to the management API or to Telegram; others are not counted. */
export function observeRequest(ledger: Ledger, request: IncomingMessage, response: ServerResponse): void {
  const what = classify(request);
  if (!what) return;
  const seen = ledger.request(what.service, what.operation);
  seen.bytes = Number(request.headers['content-length'] ?? 0);
  response.once('prefinish', () => (seen.endedAt = performance.now()));
}

const TARGETS: Readonly<Record<string, Service>> = { AmazonSQS: 'sqs', AmazonSSM: 'ssm' };

function classify(request: IncomingMessage): { service: Service; operation: string } | undefined {
  const { method = 'GET', headers } = request;
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const service = TARGETS[prefix];
    return service && { service, operation };
  }
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const telegram = /^\/telegram\/api\/(?:file\/bot[^/]+\/(?<file>.+)|bot[^/]+\/(?<method>\w+))$/.exec(path)?.groups;
  if (telegram) return { service: 'telegram', operation: telegram['method'] ?? 'file' };
  if (path.includes('/@connections/')) return { service: 'connections', operation: method };
  if (/^\/[a-z]+-files\//.test(path)) return { service: 's3', operation: method };
  return undefined;
}
