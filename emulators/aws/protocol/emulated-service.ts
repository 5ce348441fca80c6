import type { AwsReply } from './aws-reply';
import type { AwsRequest } from './aws-request';

/** Sends a request on to moto and returns its answer. */
export type Send = (request: AwsRequest) => Promise<AwsReply>;

/** What the proxy answers in moto's place, for one service of AWS. */
export interface EmulatedService {
  /** The names this service signs with, such as `sqs`. */
  readonly signingNames: readonly string[];
  /** The answer, or `undefined` when moto's own is right. `send` asks moto, also with a changed request. */
  answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined>;
}
