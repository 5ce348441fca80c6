import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { answerJson } from '../../answer';
import { isRecord, parsed } from '../../../json';

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
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() };
  try {
    const operation = services.find((service) => service.targetPrefix === prefix)?.operations[name];
    if (!operation) throw new AwsJsonError('UnknownOperationException', `${target} is not emulated on this machine.`);
    answerJson(response, 200, await operation(inputOf(body)), headers);
  } catch (error) {
    const known = error instanceof AwsJsonError ? error : new AwsJsonError('InternalFailure', String(error), 500);
    answerJson(response, known.status, { __type: known.name, message: known.message }, headers);
  }
}

function inputOf(body: Buffer): Readonly<Record<string, unknown>> {
  const input = parsed(body.toString() || '{}');
  if (isRecord(input)) return input;
  throw new AwsJsonError('SerializationException', 'The request body is not a JSON object.');
}
