import type { IncomingMessage } from 'node:http';

const GONE = 'The client went away while it was sending.';

/**
 * Reads a request's body, or undefined as soon as it is longer than the limit in bytes. What follows is then discarded,
 * so that the client can read the answer.
 */
export async function readLimited(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) {
    request.resume();
    return undefined;
  }
  if (request.destroyed) throw new Error(GONE);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.removeAllListeners('data');
        request.resume();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('aborted', () => reject(new Error(GONE)));
  });
}
