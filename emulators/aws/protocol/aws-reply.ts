import { isRecord, parsed } from '../../../json';

/** One HTTP answer of the emulated account. */
export interface AwsReply {
  readonly status: number;
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** A JSON answer; the content type suits both the JSON and the REST JSON protocol. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): AwsReply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** An error as every JSON protocol of AWS writes it: the code in a header and in the body. */
export function failure(code: string, message: string, status = 400): AwsReply {
  return json({ __type: code, code, message, Message: message }, status, { 'x-amzn-errortype': code });
}

/** An answer without a body. */
export function empty(status: number): AwsReply {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

/** The same answer with its JSON object changed; what is not a successful JSON object stays as it is. */
export function changed(reply: AwsReply, change: (value: Record<string, unknown>) => unknown): AwsReply {
  if (reply.status >= 300 || reply.body.length === 0) return reply;
  const value = parsed(reply.body.toString());
  if (!isRecord(value)) return reply;
  return { ...reply, body: Buffer.from(JSON.stringify(change(value) ?? value)) };
}
