import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { isRecord } from '../../json';

/** An error as the AWS JSON protocols carry it; SDKs turn it into an exception of that name. */
export class AwsJsonError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** An operation of a service: the parsed input in, the output out. @throws AwsJsonError */
export type Operation = (input: Readonly<Record<string, unknown>>) => object | Promise<object>;

/** The parts of AWS that speak JSON, by the `X-Amz-Target` header. */
export interface AwsJsonService {
  /** E.g. `AmazonSQS` */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Runs the operation that a target header names and answers with its output. */
export async function answerAwsJson(
  services: readonly AwsJsonService[],
  target: string,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const [prefix = '', name = ''] = target.split('.', 2);
  try {
    const operation = services.find((service) => service.targetPrefix === prefix)?.operations[name];
    if (!operation) throw new AwsJsonError('UnknownOperationException', `${target} is not emulated on this machine.`);
    answer(response, 200, await operation(parse(body)));
  } catch (error) {
    const known = error instanceof AwsJsonError ? error : new AwsJsonError('InternalFailure', String(error), 500);
    answer(response, known.status, { __type: known.name, message: known.message });
  }
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const input: unknown = JSON.parse(body.toString() || '{}');
    if (isRecord(input)) return input;
  } catch {
    // Said below.
  }
  throw new AwsJsonError('SerializationException', 'The request body is not a JSON object.');
}

function answer(response: ServerResponse, status: number, output: object): void {
  const text = JSON.stringify(output);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}
